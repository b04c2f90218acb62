package cli

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"pig/internal/value"
	"pig/internal/yaml"
)

// settingsTable has a line for each setting of Ansible: name, type, default, variables of the environment, keys of ansible.cfg.
//
//go:embed ansible_settings.tsv
var settingsTable string

// setting is one setting of Ansible.
type setting struct {
	name, kind, absent string
	variables, keys    []string
}

// settings are those of the table.
func settings() (all []setting) {
	lines := strings.Split(strings.TrimSpace(settingsTable), "\n")
	list := func(text string) []string {
		return slices.DeleteFunc(strings.Split(text, ","), func(s string) bool { return s == "" })
	}
	for _, line := range lines[1:] {
		f := append(strings.Split(line, "\t"), "", "")
		all = append(all, setting{f[0], f[1], f[2], list(f[3]), list(f[4])})
	}
	return all
}

// ansibleSettings is ansible-config.
func (a *app) ansibleSettings() *cobra.Command {
	c := &cobra.Command{Use: "ansible-config", Short: "Show settings of Ansible"}
	var file, format, kind string
	var changed bool
	read := func() (*ansibleConfig, error) {
		if file == "" {
			return readAnsibleConfig(os.Getenv)
		}
		if _, err := os.Stat(file); err != nil {
			return nil, options("The provided configuration file is missing or not accessible: %s", file)
		}
		return readAnsibleConfig(func(name string) string {
			if name == "ANSIBLE_CONFIG" {
				return file
			}
			return os.Getenv(name)
		})
	}
	add := func(use, short string, run func() error) *cobra.Command {
		sub := &cobra.Command{Use: use, Short: short, Args: cobra.NoArgs, RunE: func(*cobra.Command, []string) error { return run() }}
		sub.Flags().StringVarP(&file, "config", "c", "", "ansible.cfg to read")
		sub.Flags().VarP(oneOf{&kind, []string{"base", "all"}}, "type", "t", "kind of settings: base")
		sub.Flags().CountP("verbose", "v", "more output; without effect here")
		c.AddCommand(sub)
		return sub
	}
	dump := add("dump", "Show all settings and their sources", func() error {
		conf, err := read()
		if err != nil {
			return err
		}
		return a.dumpSettings(conf, format, changed)
	})
	dump.Flags().BoolVar(&changed, "only-changed", false, "settings that are not the default")
	dump.Flags().BoolVar(&changed, "changed-only", false, "settings that are not the default")
	dump.Flags().VarP(oneOf{&format, []string{"display", "json", "yaml"}}, "format", "f", "form of the output: display, json or yaml")
	add("view", "Show ansible.cfg", func() error {
		conf, err := read()
		if err != nil {
			return err
		}
		if conf.file == "" {
			return options("Invalid or no config file was supplied")
		}
		text, err := os.ReadFile(conf.file)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(a.out, strings.TrimSuffix(string(text), "\n"))
		return err
	})
	add("list", "Show the names, types, defaults, variables and keys of all settings", a.listSettings)
	return c
}

// dumpSettings prints the settings that are in force.
func (a *app) dumpSettings(conf *ansibleConfig, format string, changed bool) error {
	all := value.NewList()
	if conf.file != "" || !changed {
		all.Append(value.DictOf("name", "CONFIG_FILE", "origin", "", "value", orNone(conf.file)))
	}
	for _, s := range settings() {
		v, origin := conf.inForce(s)
		if !changed || origin != "default" {
			all.Append(value.DictOf("name", s.name, "origin", origin, "value", v))
		}
	}
	slices.SortStableFunc(all.Items, func(x, y value.Value) int {
		return strings.Compare(value.Str(x.(*value.Dict).At("name")), value.Str(y.(*value.Dict).At("name")))
	})
	switch format {
	case "json", "yaml":
		all.Append(value.DictOf("GALAXY_SERVERS", value.NewDict()))
		if format == "yaml" {
			_, err := fmt.Fprint(a.out, yaml.Dump(all, yaml.DumpOptions{Flow: yaml.FlowNever}))
			return err
		}
		text, err := prettyJSON(all)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(a.out, text)
		return err
	}
	for _, one := range all.Items {
		d := one.(*value.Dict)
		fmt.Fprintf(a.out, "%s(%s) = %s\n", value.Str(d.At("name")), value.Str(d.At("origin")), value.Str(d.At("value")))
	}
	_, err := fmt.Fprintln(a.out, "\nGALAXY_SERVERS:")
	return err
}

func orNone(text string) value.Value {
	if text == "" {
		return nil
	}
	return text
}

// listSettings prints what there is to set.
func (a *app) listSettings() error {
	all := value.NewDict()
	for _, s := range settings() {
		d := value.DictOf("default", s.value(s.absent, "."))
		variables, keys := value.NewList(), value.NewList()
		for _, v := range s.variables {
			variables.Append(value.DictOf("name", v))
		}
		for _, k := range s.keys {
			section, key, _ := strings.Cut(k, ".")
			keys.Append(value.DictOf("key", key, "section", section))
		}
		if variables.Len() > 0 {
			d.Set("env", variables)
		}
		if keys.Len() > 0 {
			d.Set("ini", keys)
		}
		d.Set("type", s.kind)
		all.Set(s.name, d)
	}
	_, err := fmt.Fprint(a.out, yaml.Dump(all, yaml.DumpOptions{Flow: yaml.FlowNever, SortKeys: true}))
	return err
}

// inForce is the value of a setting, and where it comes from: the variable, the file, or default.
func (c *ansibleConfig) inForce(s setting) (v value.Value, origin string) {
	for _, name := range s.variables {
		if text := c.env(name); text != "" {
			return s.value(text, "."), "env: " + name
		}
	}
	for _, key := range s.keys {
		if text, ok := c.values[key]; ok {
			return s.value(text, filepath.Dir(c.file)), c.file
		}
	}
	return s.value(s.absent, "."), "default"
}

// value is a text as the type of the setting has it; dir is where relative paths begin.
func (s setting) value(text, dir string) value.Value {
	if text == "None" {
		return nil
	}
	switch s.kind {
	case "bool", "boolean":
		switch strings.ToLower(text) {
		case "yes", "true", "on", "1", "y", "t":
			return true
		}
		return false
	case "int", "integer":
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n
		}
	case "float":
		if f, err := strconv.ParseFloat(text, 64); err == nil {
			return f
		}
	case "path":
		return placed(text, dir)
	case "pathspec":
		return paths(strings.Split(text, ":"), dir)
	case "pathlist":
		return paths(items(text), dir)
	case "list":
		return value.Strings(items(text))
	}
	return text
}

// items are those of a text with commas, or of a list as Python writes it.
func items(text string) []string {
	if inner, ok := strings.CutPrefix(text, "["); ok {
		text = strings.ReplaceAll(strings.TrimSuffix(inner, "]"), "'", "")
	}
	var all []string
	for item := range strings.SplitSeq(text, ",") {
		if item = strings.TrimSpace(item); item != "" {
			all = append(all, item)
		}
	}
	if all == nil {
		all = []string{}
	}
	return all
}

func paths(all []string, dir string) *value.List {
	l := value.NewList()
	for _, p := range all {
		l.Append(placed(strings.TrimSpace(p), dir))
	}
	return l
}

func placed(path, dir string) string {
	switch {
	case path == "~" || strings.HasPrefix(path, "~/"):
		return filepath.Join(os.Getenv("HOME"), path[1:])
	case filepath.IsAbs(path):
		return filepath.Clean(path)
	}
	full, err := filepath.Abs(filepath.Join(dir, path))
	if err != nil {
		return path
	}
	return full
}
