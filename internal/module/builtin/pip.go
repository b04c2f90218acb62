package builtin

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"regexp"
	"slices"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// pip installs packages of Python.
func pip() module.Module {
	return module.Module{
		Name: "pip",
		Spec: module.Spec{
			Args: []module.Arg{
				{Name: "name", Type: module.List, Elements: module.Str}, {Name: "version"}, {Name: "requirements"}, {Name: "state", Default: "present", Choices: []string{"absent", "forcereinstall", "latest", "present"}},
				{Name: "virtualenv", Type: module.Path}, {Name: "virtualenv_command", Type: module.Path, Default: "virtualenv"}, {Name: "virtualenv_python"}, {Name: "virtualenv_site_packages", Type: module.Bool},
				{Name: "editable", Type: module.Bool}, {Name: "extra_args"}, {Name: "chdir", Type: module.Path}, {Name: "executable", Type: module.Path}, {Name: "umask", Type: module.Mode}, {Name: "break_system_packages", Type: module.Bool},
			},
			OneOf: [][]string{{"name", "requirements"}}, Exclusive: [][]string{{"name", "requirements"}, {"executable", "virtualenv"}},
		},
		Run: runPip,
	}
}

// python is one installation of Python, with its packages.
type python struct {
	*module.Call
	ctx     context.Context //nolint:containedctx // it lives as long as the call
	program string
	umask   int
	fresh   bool // the environment is made by this call
}

func runPip(ctx context.Context, c *module.Call) (*value.Dict, error) {
	p := &python{Call: c, ctx: ctx, program: "pip3"}
	if program := c.Args.String("executable"); program != "" {
		p.program = program
	}
	names, state := c.Args.Strings("name"), c.Args.String("state")
	if v := c.Args.String("version"); v != "" {
		if len(names) != 1 || state == "latest" {
			return nil, fmt.Errorf("'version' argument is ambiguous when installing multiple package distributions, and no argument of state latest: put it into the name")
		}
		names = []string{names[0] + "==" + v}
	}
	if c.Args.Has("umask") {
		mode, err := ParseMode(c.Args.Get("umask"), node.Info{})
		if err != nil {
			return nil, fmt.Errorf("umask: %w", err)
		}
		p.umask = int(mode)
	}
	if err := p.environment(); err != nil {
		return nil, err
	}
	result := value.DictOf("name", c.Args.Get("name"), "version", c.Args.Get("version"), "state", state, "requirements", c.Args.Get("requirements"), "virtualenv", c.Args.Get("virtualenv"))
	if c.Args.Has("requirements") {
		return result, p.requirements(state, result)
	}
	return result, p.settle(names, state)
}

// environment makes the virtual environment if there is none.
func (p *python) environment() error {
	env := p.Args.String("virtualenv")
	if env == "" {
		return nil
	}
	p.program = env + "/bin/pip"
	i, err := p.System.Files().Stat(env+"/bin/activate", true)
	if err != nil || i.Exists() {
		return err
	}
	if _, planned := p.System.Foreseen("virtualenv " + env); planned {
		p.fresh = true
		return nil
	}
	words, err := module.SplitWords(p.Args.String("virtualenv_command"))
	if err != nil || len(words) == 0 {
		return errors.Join(err, fmt.Errorf("invalid virtualenv_command %q", p.Args.String("virtualenv_command")))
	}
	if p.Args.Bool("virtualenv_site_packages") {
		words = append(words, "--system-site-packages")
	}
	if python := p.Args.String("virtualenv_python"); python != "" {
		words = append(words, "-p"+python)
	}
	p.fresh = true
	change := node.Change{Kind: "virtualenv", ID: env, Action: "create", Makes: map[string]string{"virtualenv " + env: "there"}}
	return carryOutWith(p.ctx, p.Call, change, node.Cmd{Argv: append(words, env), Dir: p.Args.String("chdir"), Umask: p.umask})
}

// pipLine is a package with its version, as pip lists it.
var pipLine = regexp.MustCompile(`^([A-Za-z0-9._-]+)==(\S+)$`)

// pipName is a name of a package as pip compares it.
func pipName(name string) string {
	return strings.ToLower(regexp.MustCompile(`[-_.]+`).ReplaceAllString(name, "-"))
}

// installed are the packages that are there, by name.
func (p *python) installed() (map[string]string, error) {
	there := map[string]string{}
	out, err := p.System.Exec(p.ctx, node.Cmd{Argv: []string{p.program, "list", "--format=freeze", "--disable-pip-version-check"}, Env: plainWords, ReadOnly: true})
	if p.fresh && err != nil && (isUnknown(err) || errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist)) {
		return there, nil // a plan made the environment
	}
	if err != nil {
		return nil, err
	}
	if out.RC != 0 {
		return nil, &node.CommandError{Argv: []string{p.program}, Output: out}
	}
	for line := range strings.Lines(string(out.Stdout)) {
		if m := pipLine.FindStringSubmatch(strings.TrimSpace(line)); m != nil {
			there[pipName(m[1])] = m[2]
		}
	}
	return there, nil
}

// pipSpec is a package as a task names it.
var pipSpec = regexp.MustCompile(`^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?\s*(?:(==|>=|<=|!=|~=|>|<)\s*(.+))?$`)

func (p *python) settle(names []string, state string) error {
	there, err := p.installed()
	if err != nil {
		return err
	}
	var wanted []string
	for _, spec := range names {
		m := pipSpec.FindStringSubmatch(strings.TrimSpace(spec))
		have, is := "", false
		if m != nil {
			have, is = there[pipName(m[1])]
		}
		planned, ok := p.System.Foreseen(p.fact(spec))
		switch {
		case ok && (planned == "delete") == (state == "absent") && state != "forcereinstall":
		case state == "absent" && is:
			wanted = append(wanted, m[1])
		case state == "present" && (!is || m[2] == "==" && m[3] != have || m[2] != "" && m[2] != "=="):
			wanted = append(wanted, spec)
		case state == "latest" || state == "forcereinstall":
			wanted = append(wanted, spec)
		}
	}
	if state == "latest" && len(wanted) > 0 {
		if wanted, err = p.outdated(wanted, there); err != nil {
			return err
		}
	}
	return p.transact(wanted, state)
}

func (p *python) fact(spec string) string { return "python package " + p.program + " " + spec }

// outdated gives the packages that are not there, or of which there is a newer version.
func (p *python) outdated(specs []string, there map[string]string) ([]string, error) {
	if len(there) == 0 {
		return specs, nil
	}
	text, err := learned(p.ctx, p.Call, p.program, "list", "--outdated", "--format=freeze", "--disable-pip-version-check")
	if err != nil {
		text, err = learned(p.ctx, p.Call, p.program, "list", "--outdated", "--format=json", "--disable-pip-version-check")
	}
	newer := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^([A-Za-z0-9._-]+)==|"name": *"([^"]+)"`).FindAllStringSubmatch(text, -1) {
		newer[pipName(m[1]+m[2])] = true
	}
	return slices.DeleteFunc(specs, func(spec string) bool {
		m := pipSpec.FindStringSubmatch(spec)
		return m != nil && there[pipName(m[1])] != "" && !newer[pipName(m[1])]
	}), err
}

// words are pip with the options that a call asks for.
func (p *python) words(state string) ([]string, error) {
	words := []string{p.program, "install"}
	switch state {
	case "absent":
		words = []string{p.program, "uninstall", "-y"}
	case "latest":
		words = append(words, "-U")
	case "forcereinstall":
		words = append(words, "-U", "--force-reinstall")
	}
	if p.Args.Bool("break_system_packages") {
		words = append(words, "--break-system-packages")
	}
	extra, err := module.SplitWords(p.Args.String("extra_args"))
	return append(words, extra...), err
}

// transact installs or removes packages in one go.
func (p *python) transact(specs []string, state string) error {
	if len(specs) == 0 {
		return nil
	}
	words, err := p.words(state)
	if err != nil {
		return err
	}
	for _, spec := range specs {
		if p.Args.Bool("editable") && state != "absent" {
			words = append(words, "-e")
		}
		words = append(words, spec)
	}
	action := map[string]string{"absent": "delete", "present": "install", "latest": "upgrade", "forcereinstall": "install"}[state]
	for i, spec := range specs {
		change := node.Change{Kind: "python package", ID: spec, Action: action, Makes: map[string]string{p.fact(spec): action}}
		err := p.System.Do(p.ctx, change, func(ctx context.Context) error {
			if i > 0 {
				return nil // all of them go together
			}
			out, err := p.Scratch.Exec(ctx, node.Cmd{Argv: words, Dir: p.Args.String("chdir"), Env: plainWords, Umask: p.umask})
			if err == nil && out.RC != 0 {
				return &module.Failure{Msg: strings.TrimSpace("stdout: " + string(out.Stdout) + "\n:stderr: " + string(out.Stderr)), Values: outputOf(out)}
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// requirements has pip read what a file names: only a run can tell what that changes.
func (p *python) requirements(state string, result *value.Dict) error {
	words, err := p.words(state)
	if err != nil {
		return err
	}
	out, err := p.System.Exec(p.ctx, node.Cmd{Argv: append(words, "-r", p.Args.String("requirements")), Dir: p.Args.String("chdir"), Env: plainWords, Umask: p.umask})
	if err != nil {
		return err
	}
	if out.RC != 0 {
		return &module.Failure{Msg: strings.TrimSpace("stdout: " + string(out.Stdout) + "\n:stderr: " + string(out.Stderr)), Values: outputOf(out)}
	}
	result.Update(outputOf(out))
	said := string(out.Stdout)
	result.Set("changed", p.fresh || strings.Contains(said, "Successfully installed") || strings.Contains(said, "Successfully uninstalled"))
	return nil
}
