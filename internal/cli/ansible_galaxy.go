package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
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
