package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"pig/internal/value"
	"pig/internal/yaml"
)

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
