package cli

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"pig/internal/diag"
	"pig/internal/value"
	"pig/internal/yaml"
)

// galaxy is ansible-galaxy without its server: roles and collections come from directories and tarballs.
type galaxy struct {
	app          *app
	path, file   string
	force        bool
	installs     kindOfContent
	conf         *ansibleConfig
	ignoreErrors bool
}

type kindOfContent string

const (
	aRole       kindOfContent = "role"
	aCollection kindOfContent = "collection"
)

func (a *app) ansibleGalaxy() *cobra.Command {
	c := &cobra.Command{Use: "ansible-galaxy", Short: "Install roles and collections"}
	for _, kind := range []kindOfContent{aRole, aCollection} {
		sub := &cobra.Command{Use: string(kind), Short: "Install and list " + string(kind) + "s"}
		sub.AddCommand(a.galaxyInstall(kind), a.galaxyList(kind))
		c.AddCommand(sub)
	}
	c.AddCommand(a.galaxyInstall(""), a.galaxyList(aRole))
	return c
}

func (a *app) galaxyInstall(kind kindOfContent) *cobra.Command {
	g := &galaxy{app: a, installs: kind}
	c := &cobra.Command{
		Use: "install [DIRECTORY|TARBALL...]", Short: "Install from directories and tarballs", Args: cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, sources []string) (err error) {
			if g.conf, err = readAnsibleConfig(os.Getenv); err != nil {
				return err
			}
			return g.install(sources)
		},
	}
	f := c.Flags()
	path, file := "roles-path", "role-file"
	if kind == aCollection {
		path, file = "collections-path", "requirements-file"
	}
	f.StringVarP(&g.path, path, "p", "", "directory to install into")
	f.StringVarP(&g.file, file, "r", "", "requirements file, such as requirements.yml")
	f.BoolVarP(&g.force, "force", "f", false, "replace installed roles and collections")
	f.BoolVarP(&g.ignoreErrors, "ignore-errors", "i", false, "others are installed if one cannot be")
	f.CountP("verbose", "v", "more output; without effect here")
	return c
}

// wantedContent is a role or a collection to install.
type wantedContent struct {
	kind         kindOfContent
	source, name string
	version, url string
}

func (g *galaxy) install(sources []string) error {
	var wanted []wantedContent
	for _, s := range sources {
		kind := g.installs
		if kind == "" {
			kind = aRole
		}
		wanted = append(wanted, wantedContent{kind: kind, source: s})
	}
	if g.file != "" {
		more, err := g.requirements()
		if err != nil {
			return err
		}
		wanted = append(wanted, more...)
	}
	if len(wanted) == 0 {
		return options("- you must specify a user/role name or a roles file")
	}
	var errs []error
	if wanted[0].kind == aRole {
		fmt.Fprintln(g.app.out, "Starting galaxy role install process")
	}
	for _, w := range wanted {
		install := g.installRole
		if w.kind == aCollection {
			install = g.installCollection
		}
		if err := install(w); err != nil {
			if !g.ignoreErrors {
				return err
			}
			fmt.Fprintln(g.app.err, g.app.paint.Yellow("[WARNING]: - "+w.source+" was NOT installed successfully: "+err.Error()))
			errs = append(errs, err)
		}
	}
	if len(errs) == len(wanted) {
		return errors.Join(errs...)
	}
	return nil
}

// requirements reads a list of roles, or a mapping with roles and collections.
func (g *galaxy) requirements() (all []wantedContent, err error) {
	text, err := os.ReadFile(g.file)
	if err != nil {
		return nil, err
	}
	v, _, err := yaml.Parse(text, g.file, yaml.Options{})
	if err != nil {
		return nil, err
	}
	lists := map[kindOfContent]value.Value{aRole: v}
	if d, ok := v.(*value.Dict); ok {
		lists = map[kindOfContent]value.Value{aRole: d.At("roles"), aCollection: d.At("collections")}
	}
	for _, kind := range []kindOfContent{aRole, aCollection} {
		list, ok := lists[kind].(*value.List)
		if !ok || g.installs != "" && g.installs != kind {
			continue
		}
		for i, item := range list.Items {
			w := wantedContent{kind: kind, source: value.Str(item)}
			if d, ok := item.(*value.Dict); ok {
				w.source, w.name, w.version = value.Str(first(d, "src", "source", "name")), textAt(d, "name"), textAt(d, "version")
				if kind == aCollection && d.Has("name") && isContent(textAt(d, "name")) {
					w.source = textAt(d, "name")
				}
			}
			if !filepath.IsAbs(w.source) && !isContent(w.source) && isContent(filepath.Join(filepath.Dir(g.file), w.source)) {
				w.source = filepath.Join(filepath.Dir(g.file), w.source)
			}
			if file, ok := strings.CutPrefix(w.source, "file://"); ok {
				w.source, w.url = file, w.source
			}
			if !isContent(w.source) {
				return nil, remote(w.source, list.Pos(i))
			}
			all = append(all, w)
		}
	}
	return all, nil
}

func first(d *value.Dict, names ...string) value.Value {
	for _, n := range names {
		if v := d.At(n); v != nil {
			return v
		}
	}
	return ""
}

func textAt(d *value.Dict, name string) string {
	if v := d.At(name); v != nil {
		return value.Str(v)
	}
	return ""
}

// isContent tells a directory or a tarball.
func isContent(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// remote refuses what is not on this machine.
func remote(source string, pos diag.Pos) error {
	return diag.Errorf(pos, "invalid source %q: want a directory or a tarball of this machine", source).
		WithHint("fetch it first, and name its directory or its .tar.gz")
}

// into is the directory to install into.
func (g *galaxy) into(kind kindOfContent) string {
	if g.path != "" {
		return g.path
	}
	dirs := g.conf.rolesPath()
	if kind == aCollection {
		dirs = g.conf.collectionsPath()
	}
	return dirs[0]
}

func (g *galaxy) installRole(w wantedContent) error {
	if !isContent(w.source) {
		return remote(w.source, diag.Pos{})
	}
	files, err := contentOf(w.source, "meta/main.yml", "meta/main.yaml", "tasks/main.yml", "tasks/main.yaml")
	if err != nil {
		return err
	}
	name := w.name
	if name == "" {
		name = filepath.Base(w.source) // as it is: requirements.yml gives a role another name
	}
	to := filepath.Join(g.into(aRole), name)
	if _, err := os.Stat(to); err == nil {
		if !g.force {
			_, err := fmt.Fprintf(g.app.out, "- %s is already installed, skipping.\n", name)
			return err
		}
		fmt.Fprintf(g.app.out, "- changing role %s from %s to %s\n", name, roleVersion(to, ""), cmp.Or(w.version, "unspecified"))
	}
	if w.url != "" {
		fmt.Fprintln(g.app.out, "- downloading role from "+w.url)
	}
	fmt.Fprintf(g.app.out, "- extracting %s to %s\n", name, placed(to, "."))
	files.add("meta/.galaxy_install_info", []byte("install_date: ''\nversion: "+quotedVersion(w.version)+"\n"))
	if err := files.replace(to); err != nil {
		return err
	}
	shown := name
	if w.version != "" {
		shown += " (" + w.version + ")"
	}
	_, err = fmt.Fprintf(g.app.out, "- %s was installed successfully\n", shown)
	return err
}

func quotedVersion(v string) string {
	if v == "" {
		return "''"
	}
	return strings.TrimSuffix(yaml.Dump(v, yaml.DumpOptions{}), "\n...\n")
}

// identity is what a collection says of itself.
type identity struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Version   string `json:"version"`
}

func (g *galaxy) installCollection(w wantedContent) error {
	if !isContent(w.source) {
		return remote(w.source, diag.Pos{})
	}
	files, err := contentOf(w.source, "galaxy.yml", "MANIFEST.json")
	if err != nil {
		return err
	}
	id, err := files.identity(w.source)
	if err != nil {
		return err
	}
	fmt.Fprintln(g.app.out, "Starting galaxy collection install process")
	full := id.Namespace + "." + id.Name
	to := filepath.Join(collectionsIn(g.into(aCollection)), id.Namespace, id.Name)
	if have, err := installedVersion(to); err == nil && have == id.Version && !g.force {
		_, err := fmt.Fprintln(g.app.out, "Nothing to do. All requested collections are already installed. If you want to reinstall them, consider using `--force`.")
		return err
	}
	fmt.Fprintf(g.app.out, "Process install dependency map\nStarting collection install process\nInstalling '%s:%s' to '%s'\n", full, id.Version, placed(to, "."))
	built := files.has("MANIFEST.json")
	if err := files.manifest(id); err != nil {
		return err
	}
	if err := files.replace(to); err != nil {
		return err
	}
	if !built {
		fmt.Fprintf(g.app.out, "Created collection for %s:%s at %s\n", full, id.Version, placed(to, "."))
	}
	_, err = fmt.Fprintf(g.app.out, "%s:%s was installed successfully\n", full, id.Version)
	return err
}

// collectionsIn is where collections lie below a directory.
func collectionsIn(dir string) string {
	if filepath.Base(dir) == "ansible_collections" {
		return dir
	}
	return filepath.Join(dir, "ansible_collections")
}

// identity reads MANIFEST.json, or galaxy.yml.
func (c *content) identity(source string) (id identity, err error) {
	if text, ok := c.text("MANIFEST.json"); ok {
		var m struct {
			Info identity `json:"collection_info"`
		}
		err = json.Unmarshal(text, &m)
		id = m.Info
	} else if text, ok := c.text("galaxy.yml"); ok {
		var v value.Value
		v, _, err = yaml.Parse(text, filepath.Join(source, "galaxy.yml"), yaml.Options{})
		if d, ok := v.(*value.Dict); ok {
			id = identity{textAt(d, "namespace"), textAt(d, "name"), textAt(d, "version")}
		}
	}
	valid := func(s string) bool { return s != "" && !strings.ContainsAny(s, "/\\. ") }
	if err == nil && (!valid(id.Namespace) || !valid(id.Name)) {
		err = diag.Errorf(diag.Pos{File: source}, "invalid collection: namespace and name are letters, digits and underscores")
	}
	return id, err
}

// installedVersion is the version of a collection that is there.
func installedVersion(dir string) (string, error) {
	c := &content{}
	for _, name := range []string{"MANIFEST.json", "galaxy.yml"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err == nil {
			c.add(name, text)
			id, err := c.identity(dir)
			return id.Version, err
		}
	}
	return "", os.ErrNotExist
}

func (a *app) galaxyList(kind kindOfContent) *cobra.Command {
	g := &galaxy{app: a}
	c := &cobra.Command{
		Use: "list [NAME]", Short: "List installed roles or collections", Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, names []string) (err error) {
			if g.conf, err = readAnsibleConfig(os.Getenv); err != nil {
				return err
			}
			only := ""
			if len(names) > 0 {
				only = names[0]
			}
			if kind == aRole {
				return g.listRoles(only)
			}
			return g.listCollections(only)
		},
	}
	c.Flags().StringVarP(&g.path, "path", "p", "", "directory to look in")
	c.Flags().CountP("verbose", "v", "more output; without effect here")
	return c
}

// listed are the directories to list.
func (g *galaxy) listed(kind kindOfContent) (dirs []string) {
	dirs = g.conf.rolesPath()
	if kind == aCollection {
		dirs = g.conf.collectionsPath()
	}
	if g.path != "" {
		dirs = slices.Concat(strings.Split(g.path, ":"), dirs)
	}
	return slices.DeleteFunc(dirs, func(d string) bool { return !isContent(d) })
}

// roleVersion is the version that a role was installed as.
func roleVersion(dir, absent string) string {
	text, err := os.ReadFile(filepath.Join(dir, "meta", ".galaxy_install_info"))
	if err != nil {
		return absent
	}
	v, _, err := yaml.Parse(text, dir, yaml.Options{})
	if d, ok := v.(*value.Dict); err == nil && ok && textAt(d, "version") != "" {
		return textAt(d, "version")
	}
	return absent
}

func (g *galaxy) listRoles(only string) error {
	for _, dir := range g.listed(aRole) {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return err
		}
		fmt.Fprintf(g.app.out, "# %s\n", placed(dir, "."))
		for _, e := range entries {
			role := filepath.Join(dir, e.Name())
			if only != "" && e.Name() != only || !isContent(filepath.Join(role, "meta", "main.yml")) && !isContent(filepath.Join(role, "meta", "main.yaml")) {
				continue
			}
			fmt.Fprintf(g.app.out, "- %s, %s\n", e.Name(), roleVersion(role, "(unknown version)"))
		}
	}
	return nil
}

func (g *galaxy) listCollections(only string) error {
	for _, dir := range g.listed(aCollection) {
		dir = collectionsIn(dir)
		found, _ := filepath.Glob(filepath.Join(dir, "*", "*"))
		type row struct{ name, version string }
		rows := []row{{"Collection", "Version"}}
		for _, path := range found {
			name := filepath.Base(filepath.Dir(path)) + "." + filepath.Base(path)
			if info, err := os.Stat(path); err != nil || !info.IsDir() || only != "" && only != name {
				continue
			}
			version, err := installedVersion(path)
			if err != nil || version == "" {
				version = "*"
			}
			rows = append(rows, row{name, version})
		}
		if len(rows) == 1 {
			continue
		}
		wide, wideVersion := len("ansible._protomatter"), len("Version") // as wide as Ansible's own collection, which it lists too
		for _, r := range rows {
			wide, wideVersion = max(wide, len(r.name)), max(wideVersion, len(r.version))
		}
		rows = slices.Insert(rows, 1, row{strings.Repeat("-", wide), strings.Repeat("-", wideVersion)})
		fmt.Fprintf(g.app.out, "\n# %s\n", placed(dir, "."))
		for _, r := range rows {
			fmt.Fprintf(g.app.out, "%-*s %-*s\n", wide, r.name, wideVersion, r.version)
		}
	}
	return nil
}
