package cli

import (
	"bufio"
	"fmt"
	"os"

	"golang.org/x/term"

	"pig/internal/diag"
	"pig/internal/params"
	"pig/internal/product"
	"pig/internal/value"
)

// unguarded fails if the safeguard is on for any of hosts.
func (s *session) unguarded(env *product.Environment, safeguard string, hosts []string) error {
	for _, h := range hosts {
		vars := s.vars(env, h)
		if v := vars.At(safeguard); v != nil && !params.IsTemplate(v) && value.Truthy(v) {
			return diag.Errorf(vars.KeyPos(safeguard), "%s is on for %s: nothing is removed", safeguard, h).
				WithHint("to allow the removal, write %s: false in the inventory", safeguard)
		}
	}
	return nil
}

// typed wants the name of what loses its data, told by loss: nothing irreversible happens with one key.
func (s *session) typed(name, given, loss string) error {
	switch {
	case given == name:
		return nil
	case given != "":
		return fmt.Errorf("invalid --confirm %q: want %q: nothing was changed", given, name)
	}
	if f, ok := s.app.in.(*os.File); !ok || !term.IsTerminal(int(f.Fd())) {
		fmt.Fprintf(s.app.err, "Nothing was changed: no terminal to confirm on. Add --confirm %s\n", name)
		return exitStatus(exitConfirm)
	}
	if !s.app.answers(bufio.NewReader(s.app.in), loss+" Type the name to go on: ", name) {
		return exitStatus(exitConfirm)
	}
	return nil
}
