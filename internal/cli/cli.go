// Package cli is pig's command line: one file for each verb, and no business of its own.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"pig/internal/diag"
	"pig/internal/engine"
	"pig/internal/fleet"
	"pig/internal/module"
	"pig/internal/product"
	"pig/internal/report"
	"pig/internal/ui"
)

// app is what verbs share: what this build can do, the streams, and how to stop.
type app struct {
	Build
	in     io.Reader
	out    io.Writer
	err    io.Writer
	paint  ui.Palette
	cancel context.CancelCauseFunc
	args   []string
	// fleet, if it is there, makes the way to the nodes, in place of SSH.
	fleet func(map[string]module.Module) *fleet.Fleet
	// format is that of diagnostics, which verb writes on standard output where it is not text.
	format report.Format
	verbed string
	// file is the inventory, where mistakes count that have no place.
	file string
	// redact masks the secrets of the inventory that was read; nil before.
	redact func(string) string
	// tables is the text that the tables of a CMDB were read as; "" before.
	tables string
	// interrupts delivers Ctrl-C; the first one asks to stop, the second one insists.
	interrupts chan os.Signal
}

// Build is what a build of pig can do.
type Build struct {
	// Products are what can be run on hosts, in the order of need.
	Products []product.Product
	// Modules are those of tasks, by name.
	Modules map[string]module.Module
}

// Main runs pig and gives its exit code.
func Main(b Build, args []string, in io.Reader, out, errw io.Writer) int {
	syscall.Umask(0o022)
	interrupts := make(chan os.Signal, 2)
	signal.Notify(interrupts, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(interrupts)
	return Run(context.Background(), Deps{Build: b, In: in, Out: out, Err: errw, Interrupts: interrupts}, args)
}

// Deps are what pig works with besides its arguments.
type Deps struct {
	Build
	In       io.Reader
	Out, Err io.Writer
	// Interrupts delivers Ctrl-C.
	Interrupts chan os.Signal
	// Fleet makes the way to the nodes; nil goes over SSH.
	Fleet func(map[string]module.Module) *fleet.Fleet
}

// Run runs pig with args, the first of which is its name, and gives its exit code.
func Run(ctx context.Context, d Deps, args []string) int {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	a := &app{Build: d.Build, args: args[1:], in: d.In, out: d.Out, err: d.Err, cancel: cancel, interrupts: d.Interrupts, fleet: d.Fleet, paint: ui.NewPalette(colorful(d.Out))}
	root, name := a.root(), filepath.Base(args[0])
	root.SetArgs(a.verb(root, name, args[1:]))
	return a.guarded(name, func() int {
		err := root.ExecuteContext(ctx)
		if isProgram(name) {
			err = asProgram(err)
		}
		return a.report(err)
	})
}

// verb puts the verb in front where it is not the first argument: it is the name that pig was started by (bin/pgsql-add is a
// link to pig), or a playbook that is run like a program (its first line says so).
func (a *app) verb(root *cobra.Command, name string, argv []string) []string {
	known := func(verb string) bool {
		c, _, err := root.Find([]string{verb})
		return err == nil && c != root
	}
	switch {
	case name == "ansible-playbook":
		return append([]string{"play", "--output", "ansible"}, argv...)
	case name == "ansible":
		return append([]string{name}, argv...)
	case strings.Contains(name, "-") && known(name):
		return append([]string{name}, argv...)
	case len(argv) == 0 || filepath.Ext(argv[0]) != ".yml":
		return argv
	}
	own := strings.TrimSuffix(filepath.Base(argv[0]), ".yml")
	if filepath.Base(filepath.Dir(argv[0])) == "playbooks" && known(own) {
		return append([]string{own}, argv[1:]...)
	}
	return append([]string{"play"}, argv...)
}

// Command is the command line of a build, for what is written about it. It runs nothing.
func Command(b Build) *cobra.Command {
	return (&app{Build: b, in: strings.NewReader(""), out: io.Discard, err: io.Discard}).root()
}

func colorful(out io.Writer) bool {
	return isTerminal(out) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

// errInterrupted is why work ends after the second Ctrl-C.
var errInterrupted = errors.New("interrupted")

// watch passes interrupts on to a running engine until done is closed.
func (a *app) watch(e *engine.Engine, done <-chan struct{}) {
	stops := 0
	for {
		select {
		case <-done:
			return
		case <-a.interrupts:
			stops++
			if stops == 1 {
				fmt.Fprintln(a.err, "\nStopping: running tasks are finished first. Press Ctrl-C again to cancel them.")
				e.Stop()
				continue
			}
			fmt.Fprintln(a.err, "\nCancelling the running tasks.")
			a.cancel(errInterrupted)
		}
	}
}

// report tells err to the user and gives the exit code.
func (a *app) report(err error) int {
	var status exitStatus
	var list diag.List
	var one *diag.Diagnostic
	var b strings.Builder
	switch {
	case err == nil, errors.As(err, &status):
	case code(err) == exitInterrupted:
		fmt.Fprintln(a.err, a.paint.Yellow(err.Error()))
	case !a.format.Plain():
		if wrong := a.reported(findings(err)); wrong != nil {
			fmt.Fprintf(&b, "error: %s\n", a.veil(wrong.Error()))
		}
	case errors.As(err, &list):
		for _, d := range list {
			a.render(&b, d)
		}
	case errors.As(err, &one):
		a.render(&b, one)
	default:
		fmt.Fprintf(&b, "error: %s\n", a.veil(err.Error()))
	}
	fmt.Fprint(a.err, diag.Visible(b.String()))
	return code(err)
}

// veil masks the secrets of the inventory that was read.
func (a *app) veil(text string) string {
	if a.redact == nil {
		return text
	}
	return a.redact(text)
}

// render writes a mistake with the secrets masked that are in it, and in the line of its file.
func (a *app) render(b *strings.Builder, d *diag.Diagnostic) {
	diag.Render(b, d.Masked(a.veil), a.excerpts(a.redact))
}

// code is the exit code for err.
func code(err error) int {
	var status exitStatus
	var own coded
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &status):
		return int(status)
	case errors.As(err, &own):
		return own.code
	case errors.Is(err, errInterrupted), errors.Is(err, engine.ErrStopped):
		return exitInterrupted
	}
	return exitError
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "pig",
		Short: "Apply a pigsty.yml to its hosts",
		Long: `pig creates and updates what pigsty.yml declares: highly available PostgreSQL, etcd, and the services around them.

  pig plan                 show the changes that apply would make
  pig apply                apply the inventory to its hosts
  pig pgsql-add pg-test    create one cluster

Edit pigsty.yml, plan, review, apply. A plan changes nothing.

` + exitHelp,
		SilenceErrors: true,
		SilenceUsage:  true,
		Version:       Version,
	}
	root.SetVersionTemplate("pig {{ .Version }}\n")
	root.CompletionOptions.DisableDefaultCmd = true // pig completion has help of the form of all others
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.err)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return misused{fmt.Errorf("%w%s\nsee: %s --help", err, nearFlag(c, err), c.CommandPath())}
	})
	a.addVerbs(root)
	a.completeAll(root)
	tellUsage(root)
	tellExits(root)
	return root
}

// unknownVerb refuses a word after a verb that only has others below it.
func unknownVerb(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return c.Help()
	}
	var names []string
	for _, sub := range c.Commands() {
		names = append(names, sub.Name())
	}
	d := diag.Errorf(diag.Pos{}, "unknown command %q for %q", args[0], c.CommandPath())
	if near := diag.DidYouMean(args[0], names); near != "" {
		return misused{d.WithHint("%s", near)}
	}
	return misused{d.WithHint("the commands are %s", strings.Join(names, ", "))}
}

// noArgument tells of a word after a verb that takes none, and which flag may be meant.
func noArgument(c *cobra.Command, word string) error {
	switch {
	case strings.HasSuffix(word, ".yml") && c.Flags().Lookup("inventory") != nil:
		return fmt.Errorf("%s takes no argument %q: name an inventory with -i %s", c.CommandPath(), word, word)
	case c.Flags().Lookup("limit") != nil:
		return fmt.Errorf("%s takes no argument %q: select hosts with -l %s", c.CommandPath(), word, word)
	}
	return fmt.Errorf("%s takes no argument %q", c.CommandPath(), word)
}

// tellUsage makes verbs that get too few or too many arguments tell which they take.
func tellUsage(c *cobra.Command) {
	if c.HasSubCommands() && c.HasParent() && !c.Runnable() {
		c.RunE = unknownVerb
	}
	if check := c.Args; check != nil {
		c.Args = func(c *cobra.Command, args []string) error {
			err := check(c, args)
			if err == nil {
				return nil
			}
			switch more, fewer := takes(c, check, args); {
			case fewer && check(c, nil) == nil && takesNone(c):
				err = noArgument(c, args[0])
			case fewer:
				err = fmt.Errorf("%s takes %s: unexpected argument %q", c.CommandPath(), argumentsOf(c), args[len(args)-1])
			case more:
				err = fmt.Errorf("%s needs %s: %s", c.CommandPath(), argumentsOf(c), missingArgument(c, len(args)))
			}
			return misused{fmt.Errorf("%w\nusage: %s", err, c.UseLine())}
		}
	}
	for _, sub := range c.Commands() {
		tellUsage(sub)
	}
}

// group is a part of the list of verbs that --help shows.
type group struct {
	title string
	verbs []*cobra.Command
}

// addVerbs adds the verbs in the groups in which --help lists them.
func (a *app) addVerbs(root *cobra.Command) {
	root.AddCommand(a.agent())
	root.AddCommand(a.ansiblePrograms()...)
	for _, g := range a.groups() {
		root.AddGroup(&cobra.Group{ID: g.title, Title: g.title})
		for _, v := range g.verbs {
			v.GroupID = g.title
			root.AddCommand(v)
		}
	}
	root.SetHelpCommandGroupID(moreGroup)
	if node, _, err := root.Find([]string{"node"}); err == nil && node != root {
		node.AddCommand(a.nodeTrust())
	}
}

const moreGroup = "More:"

// groups are those of the whole inventory, those of products, and the rest.
func (a *app) groups() []group {
	verbs, own := a.productVerbs()
	all := []group{
		{"The whole inventory:", []*cobra.Command{a.plan(), a.show(), a.apply(), a.status(), a.ssh(), a.drift(), a.policy(), a.lock(), a.journal()}},
		{product.ModuleGroup, verbs[product.ModuleGroup]},
	}
	for _, title := range own {
		all = append(all, group{title, verbs[title]})
	}
	return append(all,
		group{product.MembersGroup, verbs[product.MembersGroup]},
		group{"Inventory, secrets and certificates:", []*cobra.Command{a.configure(), a.validate(), a.lint(), a.explain(), a.why(), a.inventory(), a.graph(), a.schema(), a.secret(), a.pki(), a.cmdb()}},
		group{moreGroup, []*cobra.Command{a.repo(), a.play(), a.sandbox(), a.completion(), a.version()}},
	)
}
