package cli

import (
	"bufio"
	"fmt"
	"os"
	"slices"
	"strings"

	"golang.org/x/term"

	"pig/internal/node"
	"pig/internal/plan"
)

// consent asks the operator for what is still missing: a yes, and the name of everything whose data would be lost. A plan
// file is a yes by itself; nothing but its name lets go of data.
func (a *app) consent(o *applyOptions, planned bool, p *plan.Plan) error {
	lost := losses(p)
	lost = slices.DeleteFunc(lost, func(name string) bool { return slices.Contains(o.confirm, name) })
	if len(lost) == 0 && (o.yes || planned) {
		return nil
	}
	f, ok := a.in.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		if len(lost) > 0 {
			fmt.Fprintf(a.err, "Nothing was changed: data would be lost. To allow that, add --confirm %s\n", strings.Join(lost, ","))
		} else {
			fmt.Fprintln(a.err, "Nothing was changed: no terminal to confirm on. Add --yes, or apply a plan file.")
		}
		return exitStatus(exitConfirm)
	}
	in := bufio.NewReader(a.in)
	for _, name := range lost {
		if !a.answers(in, fmt.Sprintf("The data of %s will be lost. Type the name to allow that: ", name), name) {
			return exitStatus(exitConfirm)
		}
	}
	if !o.yes && !planned && !a.answers(in, "Apply these changes? [y/N] ", "y", "yes") {
		return exitStatus(exitConfirm)
	}
	return nil
}

// answers asks and tells whether the answer is one of those wanted.
func (a *app) answers(in *bufio.Reader, question string, wanted ...string) bool {
	fmt.Fprint(a.err, question)
	line, err := in.ReadString('\n')
	if err == nil && slices.Contains(wanted, strings.TrimSpace(line)) {
		return true
	}
	fmt.Fprintln(a.err, "Nothing was changed.")
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
