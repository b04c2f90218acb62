package builtin

import (
	"context"
	"fmt"
	"slices"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// iniFile keeps options in the sections of a file.
func iniFile() module.Module {
	return module.Module{
		Name: "ini_file",
		Spec: module.Spec{Args: append(fileArgs(),
			module.Arg{Name: "path", Type: module.Path, Required: true, Aliases: []string{"dest"}}, module.Arg{Name: "section"},
			module.Arg{Name: "section_has_values", Type: module.List, Elements: module.Dict},
			module.Arg{Name: "option"}, module.Arg{Name: "value"}, module.Arg{Name: "values", Type: module.List, Elements: module.Str},
			module.Arg{Name: "state", Default: "present", Choices: []string{"absent", "present"}}, module.Arg{Name: "exclusive", Type: module.Bool, Default: true},
			module.Arg{Name: "backup", Type: module.Bool}, module.Arg{Name: "create", Type: module.Bool, Default: true}, module.Arg{Name: "follow", Type: module.Bool},
			module.Arg{Name: "no_extra_spaces", Type: module.Bool}, module.Arg{Name: "ignore_spaces", Type: module.Bool},
			module.Arg{Name: "allow_no_value", Type: module.Bool}, module.Arg{Name: "modify_inactive_option", Type: module.Bool, Default: true},
		), Exclusive: [][]string{{"value", "values"}}},
		Run: runIniFile,
	}
}

func runIniFile(_ context.Context, c *module.Call) (*value.Dict, error) {
	path := c.Args.String("path")
	if c.Args.Bool("follow") {
		var err error
		if path, err = followed(c, path); err != nil {
			return nil, err
		}
	}
	present := c.Args.String("state") == "present"
	values, err := iniValues(c)
	if err != nil {
		return nil, err
	}
	if present && len(values) == 0 && !c.Args.Bool("allow_no_value") {
		return nil, fmt.Errorf("Parameter 'value(s)' must be defined if state=present and allow_no_value=False.") //nolint:staticcheck,revive // Ansible's words
	}
	text, before, err := textAt(c, path)
	if err != nil {
		return nil, err
	}
	if !before.Exists() && !c.Args.Bool("create") {
		return nil, &module.Failure{Msg: fmt.Sprintf("Destination %s does not exist!", path), Values: value.DictOf("rc", int64(257))}
	}
	required, err := iniSettings(c)
	if err != nil {
		return nil, err
	}
	e := &iniEdit{option: c.Args.String("option"), values: values, exclusive: c.Args.Bool("exclusive"), tight: c.Args.Bool("no_extra_spaces"),
		loose: c.Args.Bool("ignore_spaces"), inactive: c.Args.Bool("modify_inactive_option"), bare: c.Args.Bool("allow_no_value")}
	edited, msg := e.edit(text, c.Args.String("section"), required, present)
	result := value.DictOf("path", path, "msg", msg)
	if edited == text && (before.Exists() || !present) {
		return result, settle(c, path, true)
	}
	if !before.Exists() {
		if err := mkdirAbove(c, path); err != nil {
			return nil, err
		}
	}
	a, err := attrs(c.Args, before)
	if err != nil {
		return nil, err
	}
	if c.Args.Bool("backup") && before.Exists() {
		name, err := backup(c, path, []byte(text), before)
		if err != nil {
			return nil, err
		}
		result.Set("backup_file", name)
	}
	return result, c.System.Files().Write(path, []byte(edited), a)
}

// iniValues are the values that an option is to have, each once.
func iniValues(c *module.Call) (values []string, err error) {
	if c.Args.Has("value") {
		return []string{c.Args.String("value")}, nil
	}
	for _, v := range c.Args.Strings("values") {
		if !slices.Contains(values, v) {
			values = append(values, v)
		}
	}
	return values, nil
}

// iniSetting is an option of which a section must have all values.
type iniSetting struct {
	option string
	values []string
}

func iniSettings(c *module.Call) (all []iniSetting, err error) {
	for i, item := range c.Args.List("section_has_values") {
		d, ok := item.(*value.Dict)
		if !ok || d.At("option") == nil {
			return nil, fmt.Errorf("section_has_values: item %d needs option", i+1)
		}
		s := iniSetting{option: value.Str(d.At("option"))}
		if v := d.At("value"); v != nil {
			s.values = append(s.values, value.Str(v))
		}
		if l, ok := d.At("values").(*value.List); ok {
			for _, v := range l.Items {
				s.values = append(s.values, value.Str(v))
			}
		}
		all = append(all, s)
	}
	return all, nil
}

// mkdirAbove makes the directory in which a file is to be.
func mkdirAbove(c *module.Call, path string) error {
	return mkdirAll(c, parentOf(path), node.Attrs{})
}
