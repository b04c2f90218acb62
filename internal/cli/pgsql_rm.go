package cli

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"

	"pig/internal/diag"
	"pig/internal/params"
	"pig/internal/value"
)

func pgRemove(ctx context.Context, w *pgWork, named []string) error {
	hosts, err := w.members(named)
	if err != nil {
		return err
	}
	for _, h := range hosts {
		vars := w.vars(w.env, h)
		if v := vars.At("pg_safeguard"); v != nil && !params.IsTemplate(v) && value.Truthy(v) {
			return diag.Errorf(vars.KeyPos("pg_safeguard"), "pg_safeguard is on for %s: nothing is removed", h).
				WithHint("set pg_safeguard: false in the inventory, if you mean it")
		}
	}
	if !w.base.Plan {
		if err := w.confirmed(hosts); err != nil {
			return err
		}
	}
	if err := w.runModule(ctx, w.verb, "pgsql-rm", hosts); err != nil {
		return err
	}
	if len(named) > 0 && !w.base.Plan {
		fmt.Fprintf(w.app.err, "Now take %s out of the inventory, and let the others know: pig pgsql-svc %s\n", strings.Join(hosts, ", "), w.cluster.Name)
	}
	return nil
}

// confirmed wants the cluster's name: nothing irreversible happens with one key.
func (w *pgWork) confirmed(hosts []string) error {
	name := w.cluster.Name
	switch {
	case w.confirm == name:
		return nil
	case w.confirm != "":
		return fmt.Errorf("--confirm says %s, and the cluster is %s: nothing is removed", w.confirm, name)
	}
	if f, ok := w.app.in.(*os.File); !ok || !term.IsTerminal(int(f.Fd())) {
		fmt.Fprintf(w.app.err, "Nothing was removed: nobody is here to confirm. Use --confirm %s\n", name)
		return exitStatus(exitConfirm)
	}
	fmt.Fprintf(w.app.err, "%s and all its data will be removed from %s. Type its name to go on: ", name, strings.Join(hosts, ", "))
	line, err := bufio.NewReader(w.app.in).ReadString('\n')
	if err != nil {
		return err
	}
	if strings.TrimSpace(line) != name {
		fmt.Fprintln(w.app.err, "Nothing was removed.")
		return exitStatus(exitConfirm)
	}
	return nil
}
