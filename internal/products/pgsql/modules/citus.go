package modules

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// citusNodes waits until Patroni has made the groups of a distributed database nodes of it. On the coordinator, workers are those that it has to
// know: what creates distributed tables needs them. On a worker, coordinator is the addresses of the members that know of it: if one of them
// leads, it copies its roles and tables to a new worker, and whoever creates roles there meanwhile meets it in the middle.
//
// A group that does not come in time is told by a warning: its hosts may be down, and the others are no worse for it. It returns missing.
func citusNodes() module.Module {
	return module.Module{
		Name: "citus_nodes",
		Spec: module.Spec{Args: append(psqlArgs(),
			module.Arg{Name: "database", Required: true},
			module.Arg{Name: "group", Type: module.Int, Required: true},
			module.Arg{Name: "workers", Type: module.List, Elements: module.Dict},
			module.Arg{Name: "coordinator", Type: module.List, Elements: module.Str},
			module.Arg{Name: "patroni_port", Type: module.Int, Default: int64(8008)},
			module.Arg{Name: "timeout", Type: module.Int, Default: int64(90)},
		)},
		Run: runCitusNodes,
	}
}

// citusState is what a member of a distributed database knows of it.
type citusState struct {
	Group int   `json:"group"`
	Nodes []int `json:"nodes"`
}

const citusQuery = `SELECT jsonb_build_object('group', (SELECT groupid FROM pg_dist_local_group),
 'nodes', (SELECT coalesce(jsonb_agg(groupid), '[]') FROM pg_dist_node WHERE noderole = 'primary' AND isactive AND (hasmetadata OR groupid = 0)));
`

func runCitusNodes(ctx context.Context, c *module.Call) (*value.Dict, error) {
	group := c.Args.Int("group")
	if group != 0 && !ledAt(ctx, c, c.Args.Strings("coordinator")) {
		return value.DictOf("missing", value.NewList()), nil
	}
	p := newPsql(c)
	var missing []string
	var state citusState
	err := c.System.Await(ctx, node.Wait{
		Limit: time.Duration(c.Args.Int("timeout")) * time.Second,
		Met: func(ctx context.Context) error {
			state = citusState{Group: -1}
			if err := p.query(ctx, c.Args.String("database"), citusQuery, &state); err != nil {
				return err
			}
			if missing = citusMissing(group, c.Args.List("workers"), state); len(missing) > 0 {
				return citusLate(missing)
			}
			return nil
		},
		Late: func(_ context.Context, why error) error {
			if late := citusLate(nil); errors.As(why, &late) {
				c.Facts.Warn("%v: Patroni of the coordinator does that when the group has a leader: run pig status, then pig apply", late)
				return nil
			}
			return why
		},
		Assume: func(error) { missing = nil },
	})
	if err == nil && group == 0 {
		for _, g := range citusStrange(c.Args.List("workers"), state) {
			c.Facts.Warn("group %d is a node of Citus but not in the inventory: remove its cluster with pig pgsql-rm", g)
		}
	}
	return value.DictOf("missing", value.Strings(missing)), err
}

// citusStrange are the groups that are nodes and are not declared.
func citusStrange(workers []value.Value, state citusState) (strange []int) {
	for _, n := range state.Nodes {
		declared := slices.ContainsFunc(workers, func(w value.Value) bool { return value.Equal(w.(*value.Dict).At("group"), int64(n)) })
		if n != 0 && !declared {
			strange = append(strange, n)
		}
	}
	return strange
}

// citusLate are the names of groups that are no nodes yet.
type citusLate []string

func (l citusLate) Error() string {
	return fmt.Sprintf("%s is not a node of Citus yet", strings.Join(l, ", "))
}

// citusMissing are the groups that are to be nodes and are not.
func citusMissing(group int, workers []value.Value, state citusState) (missing []string) {
	if group != 0 {
		if state.Group != group {
			missing = append(missing, fmt.Sprintf("group %d", group))
		}
		return missing
	}
	there := map[int64]bool{}
	for _, n := range state.Nodes {
		there[int64(n)] = true
	}
	for _, item := range workers {
		w := item.(*value.Dict)
		if n, ok := w.At("group").(int64); ok && !there[n] {
			missing = append(missing, fmt.Sprintf("%s (group %d)", value.Str(w.At("name")), n))
		}
	}
	return missing
}
