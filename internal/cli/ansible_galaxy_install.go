package cli

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"pig/internal/diag"
	"pig/internal/value"
	"pig/internal/yaml"
)

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
