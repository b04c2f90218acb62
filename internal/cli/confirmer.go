package cli

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"golang.org/x/term"

	"pig/internal/node"
	"pig/internal/plan"
)

// confirmer asks the operator before data are lost or anything is changed.
type confirmer struct {
	in  io.Reader
	err io.Writer
}

// newConfirmer asks on err, and reads the answers from in.
func newConfirmer(in io.Reader, err io.Writer) *confirmer { return &confirmer{in, err} }

// terminal tells whether somebody is there to answer.
func (c *confirmer) terminal() bool { return isTerminal(c.in) }

// isTerminal tells whether a stream is a terminal.
func isTerminal(stream any) bool {
	_, ok := terminalOf(stream)
	return ok
}

// terminalOf gives the descriptor of a stream that is a terminal.
func terminalOf(stream any) (fd int, ok bool) {
	f, ok := stream.(*os.File)
	if !ok {
		return 0, false
	}
	fd = int(f.Fd())
	return fd, term.IsTerminal(fd)
}

// consent asks the operator for what is still missing: a yes, and the name of everything whose data would be lost. A plan
// file is a yes by itself; nothing but its name lets go of data.
func (c *confirmer) consent(o *applyOptions, planned bool, p *plan.Plan) error {
	lost := losses(p)
	lost = slices.DeleteFunc(lost, func(name string) bool { return slices.Contains(o.confirm, name) })
	if len(lost) == 0 && (o.yes || planned) {
		return nil
	}
	if !c.terminal() {
		if len(lost) > 0 {
			fmt.Fprintf(c.err, "Nothing was changed: data would be lost. To allow that, add --confirm %s\n", strings.Join(lost, ","))
		} else {
			fmt.Fprintln(c.err, "Nothing was changed: no terminal to confirm on. Add --yes, or apply a plan file.")
		}
		return exitStatus(exitConfirm)
	}
	in := bufio.NewReader(c.in)
	for _, name := range lost {
		if !c.answers(in, fmt.Sprintf("The data of %s will be lost. Type the name to allow that: ", name), name) {
			return exitStatus(exitConfirm)
		}
	}
	if !o.yes && !planned && !c.answers(in, "Apply these changes? [y/N] ", "y", "yes") {
		return exitStatus(exitConfirm)
	}
	return nil
}

// answers asks and tells whether the answer is one of those wanted.
func (c *confirmer) answers(in *bufio.Reader, question string, wanted ...string) bool {
	fmt.Fprint(c.err, question)
	line, err := in.ReadString('\n')
	if err == nil && slices.Contains(wanted, strings.TrimSpace(line)) {
		return true
	}
	fmt.Fprintln(c.err, "Nothing was changed.")
	return false
}

// losses names what a plan takes data from.
func losses(p *plan.Plan) []string {
	var names []string
	for _, u := range p.Units {
		for _, e := range u.Entries {
			for _, c := range e.Changes {
				if c.Impact == node.ImpactDataLoss && !slices.Contains(names, c.ID) {
					names = append(names, c.ID)
				}
			}
		}
	}
	return names
}

// typed wants the name of what loses its data, told by loss: nothing irreversible happens with one key.
func (c *confirmer) typed(name, given, loss string) error {
	switch {
	case given == name:
		return nil
	case given != "":
		return fmt.Errorf("invalid --confirm %q: want %q: nothing was changed", given, name)
	}
	if !c.terminal() {
		fmt.Fprintf(c.err, "Nothing was changed: no terminal to confirm on. Add --confirm %s\n", name)
		return exitStatus(exitConfirm)
	}
	if !c.answers(bufio.NewReader(c.in), loss+" Type the name to go on: ", name) {
		return exitStatus(exitConfirm)
	}
	return nil
}
