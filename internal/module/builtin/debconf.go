package builtin

import (
	"context"
	"fmt"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// debconf answers a question that a package of Debian asks when it is installed.
func debconf() module.Module {
	return module.Module{
		Name: "debconf",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "name", Required: true, Aliases: []string{"pkg"}}, {Name: "question", Aliases: []string{"selection", "setting"}},
			{Name: "vtype", Choices: []string{"boolean", "error", "multiselect", "note", "password", "seen", "select", "string", "text", "title"}},
			{Name: "value", Type: module.Raw, Aliases: []string{"answer"}}, {Name: "unseen", Type: module.Bool},
		}},
		Run: runDebconf,
	}
}

func runDebconf(ctx context.Context, c *module.Call) (*value.Dict, error) {
	name, question := c.Args.String("name"), c.Args.String("question")
	answers, err := debconfAnswers(ctx, c, name)
	if err != nil {
		return nil, err
	}
	if missing := missingOf(c, "question", "vtype", "value"); missing != "" {
		if missing == "question, vtype, value" {
			return value.DictOf("msg", "", "current", answers), nil
		}
		return nil, fmt.Errorf("parameters are required together: question, vtype, value")
	}
	wanted, kind := debconfValue(c), c.Args.String("vtype")
	fact := "debconf " + name + " " + question
	now, known := c.System.Foreseen(fact)
	if !known {
		now = value.Str(answers.At(question))
		known = answers.Has(question)
		if kind == "password" && known {
			if now, err = debconfPassword(ctx, c, question); err != nil {
				return nil, err
			}
		}
	}
	if known && (now == wanted || kind == "boolean" && strings.EqualFold(now, wanted)) {
		return value.DictOf("msg", "", "current", answers), nil
	}
	argv := []string{"debconf-set-selections"}
	if c.Args.Bool("unseen") {
		argv = append(argv, "-u")
	}
	change := node.Change{Kind: "debconf answer", ID: name + " " + question, Action: "update", Makes: map[string]string{fact: wanted}}
	if kind != "password" {
		change.Attrs = []node.Attr{{Name: "value", Before: now, After: wanted}}
	}
	line := strings.Join([]string{name, question, kind, wanted}, " ")
	if err := carryOutWith(ctx, c, change, node.Cmd{Argv: argv, Stdin: []byte(line)}); err != nil {
		return nil, err
	}
	var shown value.Value = wanted
	if kind == "password" { // it stays the secret that it came as
		shown = c.Args.Get("value")
	}
	previous := answers.Clone()
	if known {
		previous = value.DictOf(question, now)
	} else {
		previous.Set(question, "")
	}
	if kind == "password" {
		previous.Set(question, "")
	}
	return value.DictOf("msg", "", "current", value.DictOf(question, shown), "previous", previous), nil
}

// debconfValue is the answer as debconf writes it.
func debconfValue(c *module.Call) string {
	switch v := c.Args.Get("value").(type) {
	case bool:
		return map[bool]string{true: "true", false: "false"}[v]
	case *value.List:
		return strings.Join(c.Args.Strings("value"), ", ")
	}
	text := c.Args.String("value")
	if c.Args.String("vtype") == "boolean" {
		return strings.ToLower(text)
	}
	return text
}

// debconfAnswers are those of a package now.
func debconfAnswers(ctx context.Context, c *module.Call, name string) (*value.Dict, error) {
	text, err := learned(ctx, c, "debconf-show", name)
	if err != nil {
		return nil, err
	}
	answers := value.NewDict()
	for line := range strings.Lines(text) {
		question, answer, ok := strings.Cut(strings.TrimSpace(strings.TrimLeft(line, "* ")), ":")
		if ok {
			answers.Set(strings.TrimSpace(question), strings.TrimSpace(answer))
		}
	}
	return answers, nil
}

// debconfPassword asks for an answer that debconf-show hides.
func debconfPassword(ctx context.Context, c *module.Call, question string) (string, error) {
	out, err := c.System.Exec(ctx, node.Cmd{Argv: []string{"debconf-communicate"}, Stdin: []byte("GET " + question + "\n"), Env: plainWords, ReadOnly: true})
	if err != nil {
		return "", err
	}
	_, answer, _ := strings.Cut(strings.TrimSpace(string(out.Stdout)), " ")
	return answer, nil
}

// dpkgSelections says what is to become of a package when dpkg is asked to bring all to the state that is selected.
func dpkgSelections() module.Module {
	return module.Module{
		Name: "dpkg_selections",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "name", Required: true}, {Name: "selection", Required: true, Choices: []string{"install", "hold", "deinstall", "purge"}},
		}},
		Run: runDpkgSelections,
	}
}

func runDpkgSelections(ctx context.Context, c *module.Call) (*value.Dict, error) {
	name, wanted := c.Args.String("name"), c.Args.String("selection")
	fact := "selection of package " + name
	now, known := c.System.Foreseen(fact)
	if !known {
		out, err := c.System.Exec(ctx, node.Cmd{Argv: []string{"dpkg", "--get-selections", name}, Env: plainWords, ReadOnly: true, Brought: name})
		if err != nil {
			return nil, err
		}
		words := strings.Fields(string(out.Stdout))
		if len(words) < 2 {
			return nil, fmt.Errorf("Failed to find package '%s' to perform selection '%s'.", name, wanted) //nolint:staticcheck,revive // Ansible's words
		}
		now = words[1]
	}
	result := value.DictOf("before", now, "after", wanted)
	if now == wanted {
		return result, nil
	}
	change := node.Change{Kind: "package selection", ID: name, Action: "update", Attrs: []node.Attr{{Name: "selection", Before: now, After: wanted}}, Makes: map[string]string{fact: wanted}}
	return result, carryOutWith(ctx, c, change, node.Cmd{Argv: []string{"dpkg", "--set-selections"}, Stdin: []byte(name + " " + wanted)})
}
