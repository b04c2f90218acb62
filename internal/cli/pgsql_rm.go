package cli

import (
	"context"
	"fmt"
	"strings"
)

func pgRemove(ctx context.Context, w *pgWork, named []string) error {
	hosts, err := w.members(named)
	if err != nil {
		return err
	}
	if err := w.unguarded(w.env, "pg_safeguard", hosts); err != nil {
		return err
	}
	if !w.base.Plan {
		if err := w.typed(w.cluster.Name, w.confirm, removed(w.cluster.Name, hosts)); err != nil {
			return err
		}
	}
	err = w.runModule(ctx, w.verb, "pgsql-rm", hosts)
	if w.base.Plan {
		return err
	}
	if departed(err) {
		w.tellKnown(w.env, "pgsql", hosts)
	}
	if err != nil {
		return err
	}
	if len(named) > 0 {
		fmt.Fprintf(w.app.err, "Remove %s from the inventory, then update the other members: pig pgsql-svc %s\n", strings.Join(hosts, ", "), w.cluster.Name)
	}
	return nil
}
