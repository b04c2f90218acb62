package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"pig/internal/diag"
	"pig/internal/module"
	"pig/internal/playbook"
	"pig/internal/value"
)

// ansibleDoc is ansible-doc, as far as pig knows: the modules of this build and their arguments.
func (a *app) ansibleDoc() *cobra.Command {
	var list, snippet, asJSON bool
	var kind string
	c := &cobra.Command{
		Use: "ansible-doc [MODULE...]", Short: "Show modules and their arguments", Args: cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, names []string) error {
			switch {
			case list:
				return a.listModules(names, asJSON)
			case len(names) == 0:
				return options("Missing target, must specify a plugin")
			}
			if asJSON {
				return a.modulesAsJSON(names)
			}
			for _, name := range names {
				m, err := a.moduleNamed(name)
				if err != nil {
					return err
				}
				show := describeModule
				if snippet {
					show = snippetOf
				}
				if _, err := fmt.Fprint(a.out, show(playbook.Bare(name), m.Spec)); err != nil {
					return err
				}
			}
			return nil
		},
	}
	f := c.Flags()
	f.BoolVarP(&list, "list", "l", false, "list of the modules")
	f.BoolVarP(&snippet, "snippet", "s", false, "a task to paste into a playbook")
	f.BoolVarP(&asJSON, "json", "j", false, "output as JSON")
	f.VarP(oneOf{&kind, []string{"module"}}, "type", "t", "plugin type: module")
	return c
}

func (a *app) moduleNamed(name string) (module.Module, error) {
	if m, ok := a.Modules[playbook.Bare(name)]; ok {
		return m, nil
	}
	return module.Module{}, diag.Errorf(diag.Pos{}, "module %s not found", name).WithHint("%s", diag.DidYouMean(name, module.Names(a.Modules)))
}

func (a *app) listModules(only []string, asJSON bool) error {
	all := value.NewDict()
	for _, name := range module.Names(a.Modules) {
		if len(only) > 0 && !strings.HasPrefix(name, strings.TrimSuffix(only[0], ".")) {
			continue
		}
		var args []string
		for _, arg := range a.Modules[name].Spec.Args {
			if arg.Required {
				args = append(args, arg.Name)
			}
		}
		about := ""
		if len(args) > 0 {
			about = "needs " + strings.Join(args, ", ")
		}
		all.Set(name, about)
	}
	if asJSON {
		text, err := prettyJSON(all)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(a.out, text)
		return err
	}
	for name, about := range all.All() {
		fmt.Fprintln(a.out, strings.TrimRight(fmt.Sprintf("%-40s %s", value.KeyText(name), value.Str(about)), " "))
	}
	return nil
}

// describeModule tells the arguments of a module.
func describeModule(name string, s module.Spec) string {
	var b strings.Builder
	fmt.Fprintf(&b, "> MODULE %s\n\nOPTIONS (= is mandatory):\n", name)
	for _, arg := range s.Args {
		sign := "-"
		if arg.Required {
			sign = "="
		}
		fmt.Fprintf(&b, "\n%s %s\n", sign, arg.Name)
		if len(arg.Aliases) > 0 {
			fmt.Fprintf(&b, "        aliases: [%s]\n", strings.Join(arg.Aliases, ", "))
		}
		if len(arg.Choices) > 0 {
			fmt.Fprintf(&b, "        choices: [%s]\n", strings.Join(arg.Choices, ", "))
		}
		if !arg.Required {
			fmt.Fprintf(&b, "        default: %s\n", textOr(arg.Default, "null"))
		}
		if arg.Elements != "" {
			fmt.Fprintf(&b, "        elements: %s\n", arg.Elements)
		}
		fmt.Fprintf(&b, "        type: %s\n", kindOfArg(arg))
	}
	return b.String() + "\n"
}

func kindOfArg(arg module.Arg) module.Type {
	if arg.Type == "" {
		return module.Str
	}
	return arg.Type
}

func textOr(v value.Value, absent string) string {
	if v == nil {
		return absent
	}
	return string(value.JSON(v))
}

// snippetOf is a task with every argument of a module.
func snippetOf(name string, s module.Spec) string {
	var b strings.Builder
	fmt.Fprintf(&b, "- name: Use %s\n  %s:\n", name, name)
	for _, arg := range s.Args {
		about := string(kindOfArg(arg))
		if arg.Required {
			about = "(required) " + about
		}
		if len(arg.Choices) > 0 {
			about += ": " + strings.Join(arg.Choices, ", ")
		}
		fmt.Fprintf(&b, "      %s:   # %s\n", arg.Name, about)
	}
	return b.String()
}

func (a *app) modulesAsJSON(names []string) error {
	all := value.NewDict()
	for _, name := range names {
		m, err := a.moduleNamed(name)
		if err != nil {
			return err
		}
		args := value.NewDict()
		for _, arg := range m.Spec.Args {
			d := value.DictOf("type", string(kindOfArg(arg)), "required", arg.Required)
			if arg.Default != nil {
				d.Set("default", arg.Default)
			}
			if arg.Elements != "" {
				d.Set("elements", string(arg.Elements))
			}
			if len(arg.Choices) > 0 {
				d.Set("choices", value.Strings(arg.Choices))
			}
			if len(arg.Aliases) > 0 {
				d.Set("aliases", value.Strings(arg.Aliases))
			}
			args.Set(arg.Name, d)
		}
		all.Set(name, value.DictOf("doc", value.DictOf("module", playbook.Bare(name), "options", args)))
	}
	text, err := prettyJSON(all)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(a.out, text)
	return err
}
