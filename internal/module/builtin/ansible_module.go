package builtin

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"strings"

	"pig/internal/format"
	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

//go:embed ansible_module.py
var startModule []byte

// ansibleModule runs a module that is not part of pig, as the controller sends it. Check mode is the module's own affair: it looks at the
// machine itself, and what an earlier step of a plan changes is not there yet.
func ansibleModule() module.Module {
	kept := &programs{}
	return module.Module{
		Name: "ansible_module",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "name", Required: true},
			{Name: "style", Required: true, Choices: []string{"python", "json_args", "want_json", "old", "binary"}},
			{Name: "interpreter", Type: module.List, Elements: module.Str},
			{Name: "content"},
			{Name: "digest", Required: true},
			{Name: "python_name"},
			{Name: "params", Type: module.Dict},
			{Name: "check", Type: module.Bool},
			{Name: "read_only", Type: module.Bool},
		}},
		Run: func(ctx context.Context, c *module.Call) (*value.Dict, error) {
			content, ok := kept.take(c.Args.String("digest"), c.Args.String("content"))
			if !ok {
				return value.DictOf("changed", false, WantsContent, true), nil
			}
			return runAnsibleModule(ctx, c, content)
		},
	}
}

// WantsContent is the key of a result that asks for a module which is not here yet. No module can return it.
const WantsContent = "_ansible_wants_content"

func runAnsibleModule(ctx context.Context, c *module.Call, content string) (*value.Dict, error) {
	cmd, err := moduleCommand(c, content)
	if err != nil {
		return nil, err
	}
	check := c.Args.Bool("check")
	_, early := c.System.Foreseen(node.AnyChange)
	out, err := c.System.Exec(ctx, cmd)
	if !errors.Is(err, node.ErrUnknown) && (errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist)) {
		out, err = node.Output{RC: 127, Stderr: []byte("/bin/sh: 1: " + cmd.Argv[0] + ": not found\n")}, nil
	}
	if err != nil {
		return nil, err
	}
	r := readModule(out, moduleInterpreter(cmd.Argv))
	for _, w := range r.warnings {
		c.Facts.Warn("%s", w)
	}
	if check && early && (r.failed || !r.changed) {
		return nil, fmt.Errorf("module %s sees the machine as it is before the changes of this plan: %w", c.Args.String("name"), node.ErrUnknown)
	}
	if r.failed {
		return nil, &module.Failure{Msg: r.msg, Values: r.values}
	}
	if r.changed {
		change := node.Change{Kind: "module", ID: changedBy(c), Action: "run", Diff: moduleDiff(r.values.At("diff"))}
		err = c.System.Do(ctx, change, func(context.Context) error { return nil })
	}
	return r.values, err
}

// moduleDiff is the difference that a module returned, as text.
func moduleDiff(v value.Value) string {
	if l, ok := v.(*value.List); ok {
		var all strings.Builder
		for _, item := range l.Items {
			all.WriteString(moduleDiff(item))
		}
		return all.String()
	}
	d, ok := v.(*value.Dict)
	if !ok {
		return ""
	}
	text := func(key string) string {
		s, ok := value.Plain(d.At(key))
		if !ok && d.At(key) != nil {
			return value.Display(d.At(key)) + "\n"
		}
		return s
	}
	if d.Has("prepared") {
		return text("prepared")
	}
	return node.TextDiff(text("before_header"), text("before"), text("after"))
}

// changedBy names what a module changes: the module, and the argument that most of them have for the thing.
func changedBy(c *module.Call) string {
	id := c.Args.String("name")
	for _, name := range []string{"path", "dest", "name"} {
		if text, ok := c.Args.Dict("params").At(name).(string); ok && text != "" {
			return id + " " + text
		}
	}
	return id
}

// moduleCommand is how a module of this style is started.
func moduleCommand(c *module.Call, content string) (node.Cmd, error) {
	const program, args = node.GivenDir + "/module", node.GivenDir + "/args"
	params := c.Args.Dict("params")
	if params == nil {
		params = value.NewDict()
	}
	interpreter, err := interpreterOf(c)
	if err != nil {
		return node.Cmd{}, err
	}
	cmd := node.Cmd{ReadOnly: c.Args.Bool("check") || c.Args.Bool("read_only"), Stdin: []byte{}}
	cmd.Argv = append(interpreter, program)
	switch style := c.Args.String("style"); style {
	case "python":
		cmd.Argv = append(interpreter, node.GivenDir+"/start.py", c.Args.String("python_name"))
		cmd.Given = []node.Given{{Name: "start.py", Content: startModule}, {Name: "module.zip", Content: []byte(content)}}
		cmd.Stdin = value.PlainJSON(params)
	case "json_args":
		text := strings.ReplaceAll(content, "<<INCLUDE_ANSIBLE_MODULE_JSON_ARGS>>", string(value.PlainJSON(params)))
		cmd.Given = []node.Given{{Name: "module", Content: []byte(text), Program: true}}
	default:
		text := value.PlainJSON(params)
		if style == "old" {
			text = pairs(params)
		}
		cmd.Argv = append(cmd.Argv, args)
		cmd.Given = []node.Given{{Name: "module", Content: []byte(content), Program: true}, {Name: "args", Content: text}}
	}
	return cmd, nil
}

// pairs are arguments as a shell reads them.
func pairs(params *value.Dict) []byte {
	var b strings.Builder
	for k, v := range params.All() {
		fmt.Fprintf(&b, "%s=%s ", value.KeyText(k), format.ShlexWord(value.Str(v)))
	}
	return []byte(b.String())
}

// pythons are where Python is looked for on a node, in order.
var pythons = []string{
	"/usr/bin/python3", "/usr/local/bin/python3", "/usr/bin/python3.14", "/usr/bin/python3.13", "/usr/bin/python3.12", "/usr/bin/python3.11",
	"/usr/bin/python3.9", "/usr/libexec/platform-python", "/usr/bin/python",
}

// interpreterOf is what starts the program: given by the controller, or the Python of this machine.
func interpreterOf(c *module.Call) ([]string, error) {
	given := c.Args.Strings("interpreter")
	if len(given) != 1 || given[0] != "python" {
		return given, nil
	}
	for _, path := range pythons {
		i, err := c.System.Files().Stat(path, true)
		switch {
		case err != nil:
			return nil, err
		case i.Assumed:
			return nil, fmt.Errorf("whether there is %s: %w", path, node.ErrUnknown)
		case i.Exists():
			return []string{path}, nil
		}
	}
	return nil, errors.New("Python not found on this host: looked for " + strings.Join(pythons, ", ") + "\ninstall it, as module " + c.Args.String("name") + " needs it, or set ansible_python_interpreter")
}
