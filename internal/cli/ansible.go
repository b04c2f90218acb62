package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"pig/internal/playbook"
	"pig/internal/ui"
	"pig/internal/value"
)

// single is what ansible runs: one task without a playbook.
type single struct {
	runOptions
	module, args, tree string
	background, poll   int
	timeLimit          int
	oneLine, list      bool
	connection, method string
	playbookDir        string
}

// ansible is the program of one task.
func (a *app) ansible() *cobra.Command {
	o := &single{}
	c := &cobra.Command{
		Use: "ansible PATTERN", Short: "Run a single task on hosts", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.runSingle(c, o, args[0]) },
	}
	f := c.Flags()
	o.reachFlags(f)
	o.taskFlags(f)
	f.StringVarP(&o.module, "module-name", "m", "command", "name of the module to run")
	f.StringVarP(&o.args, "args", "a", "", "arguments of the module: k=v, JSON or free text")
	f.IntVarP(&o.background, "background", "B", 0, "seconds after which an asynchronous task fails")
	f.IntVarP(&o.poll, "poll", "P", 15, "seconds between questions about an asynchronous task")
	f.BoolVarP(&o.oneLine, "one-line", "o", false, "results in one line each")
	f.StringVarP(&o.tree, "tree", "t", "", "directory that gets a file with the result of each host")
	f.BoolVar(&o.list, "list-hosts", false, "list of the hosts, without running tasks")
	f.IntVar(&o.timeLimit, "task-timeout", 0, "seconds that the task may take")
	f.StringVarP(&o.connection, "connection", "c", "", "default connection to hosts: ssh or local")
	f.StringVar(&o.method, "become-method", "", "become method: sudo")
	f.StringVar(&o.playbookDir, "playbook-dir", "", "directory to use as the playbook directory")
	return c
}

func (a *app) runSingle(c *cobra.Command, o *single, pattern string) error {
	if err := a.configuredFrom(&o.runOptions, c); err != nil {
		return err
	}
	o.playbooks = basedir(o.playbookDir)
	s, err := a.open(c.Context(), &o.runOptions)
	if err != nil {
		return err
	}
	defer s.close()
	names, err := s.named(pattern)
	if err != nil && o.limit != "" {
		return err
	}
	if err != nil || len(names) == 0 {
		fmt.Fprintln(a.err, a.paint.Yellow("[WARNING]: No hosts matched, nothing to do"))
	}
	if o.list {
		fmt.Fprintf(a.out, "  hosts (%d):\n", len(names))
		for _, n := range names {
			fmt.Fprintln(a.out, "    "+n)
		}
		return nil
	}
	if o.args == "" && commandLine(o.module) {
		hint := ""
		if strings.HasSuffix(pattern, ".yml") {
			hint = " (did you mean to run ansible-playbook?)"
		}
		return options("No argument passed to %s module%s", o.module, hint)
	}
	if len(names) == 0 {
		return nil
	}
	return s.single(c.Context(), o, pattern)
}

// named are the hosts that a pattern and -l select.
func (s *source) named(pattern string) ([]string, error) {
	limited, err := s.hosts()
	if err != nil {
		return nil, err
	}
	found, err := s.matched(&playbook.Play{Hosts: pattern}, limited)
	names := make([]string, len(found))
	for i, h := range found {
		names[i] = h.Name
	}
	return names, err
}

// single runs the task.
func (s *session) single(ctx context.Context, o *single, pattern string) error {
	var args value.Value = o.args
	if strings.HasPrefix(o.args, "{") && strings.HasSuffix(o.args, "}") {
		if d, err := value.ParseJSON([]byte(o.args)); err == nil {
			args = d
		}
	}
	if o.args == "" {
		args = nil
	}
	task := value.DictOf(o.module, args)
	if o.timeLimit > 0 {
		task.Set("timeout", int64(o.timeLimit))
	}
	if o.background > 0 {
		task.Set("async", int64(o.background))
		task.Set("poll", int64(o.poll))
	}
	play := value.DictOf("name", "Ansible Ad-Hoc", "hosts", pattern, "gather_facts", false, "tasks", value.NewList(task))
	for name, v := range map[string]string{"connection": o.connection, "become_method": o.method} {
		if v != "" {
			play.Set(name, v)
		}
	}
	plays, err := s.loader().Plays(value.NewList(play), o.playbooks+"/<adhoc>")
	if err != nil {
		return coded{err, exitUnread}
	}
	s.base.Forgetful = true
	return s.run(ctx, "ansible", s.engine(s.base, s.minimal(o, args)), plays)
}

// minimal shows the results of hosts.
func (s *session) minimal(o *single, args value.Value) *ui.Minimal {
	shown, ok := args.(*value.Dict)
	if !ok {
		shown = value.NewDict()
		pairs, rest, err := playbook.ParsePairs(o.args, commandLine(o.module))
		for _, p := range pairs {
			shown.Set(p[0], p[1])
		}
		if rest != "" && err == nil {
			shown.Set("_raw_params", rest)
		}
	}
	told := value.Repr(value.DictOf("action", o.module, "args", shown, "timeout", int64(o.timeLimit), "async_val", int64(o.background), "poll", int64(o.poll)))
	return &ui.Minimal{
		Ansible: ui.NewAnsible(ui.NewTerminal(s.app.out), s.app.paint, ui.AnsibleOptions{
			Verbosity: o.verbosity, Diff: o.diff, Format: o.format, Warn: func(text string) { fmt.Fprintln(s.app.err, text) },
		}),
		OneLine: o.oneLine, Tree: o.tree, Args: s.redacted(told),
	}
}

// commandLine tells whether the text of a module's arguments is a command.
func commandLine(module string) bool {
	return slices.Contains([]string{"command", "shell", "raw", "script"}, strings.TrimPrefix(module, "ansible.builtin."))
}
