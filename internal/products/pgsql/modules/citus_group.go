package modules

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"pig/internal/format"
	"pig/internal/module"
	pgsql "pig/internal/products/pgsql/model"
	"pig/internal/value"
)

// citusGroup takes a group of workers out of a distributed database. It is run on the members of the coordinator, and the one that leads acts; leads
// in its result tells which that is.
//
// state: empty fails as long as the group has shards, and changes nothing; absent removes the nodes of the group.
func citusGroup() module.Module {
	return module.Module{
		Name: "citus_group",
		Spec: module.Spec{Args: append(psqlArgs(),
			module.Arg{Name: "database", Required: true},
			module.Arg{Name: "group", Type: module.Int, Required: true},
			module.Arg{Name: "state", Choices: []string{"empty", "absent"}, Default: "absent"},
		)},
		Run: runCitusGroup,
	}
}

// citusPart is what a distributed database has of a group.
type citusPart struct {
	Recovery bool           `json:"recovery"`
	Nodes    []citusNode    `json:"nodes"`
	Shards   map[string]int `json:"shards"` // by table; reference tables are on each node, and have none of their own
}

type citusNode struct {
	Host string `json:"host"`
	Port int    `json:"port"`
}

func (n citusNode) args() string { return fmt.Sprintf("%s, %d", pgsql.Literal(n.Host), n.Port) }

const citusPartQuery = `SELECT jsonb_build_object('recovery', pg_is_in_recovery(),
 'nodes', (SELECT jsonb_agg(jsonb_build_object('host', nodename, 'port', nodeport) ORDER BY nodeid) FROM pg_dist_node WHERE groupid = %[1]d),
 'shards', (SELECT jsonb_object_agg(t, n) FROM (SELECT logicalrelid::regclass::text AS t, count(*) AS n FROM pg_dist_placement JOIN pg_dist_shard USING (shardid)
   JOIN pg_dist_partition USING (logicalrelid) WHERE groupid = %[1]d AND (partmethod, repmodel) <> ('n', 't') GROUP BY 1) x));
`

func runCitusGroup(ctx context.Context, c *module.Call) (*value.Dict, error) {
	p, group, db := newPsql(c), c.Args.Int("group"), c.Args.String("database")
	var part citusPart
	if err := p.query(ctx, db, fmt.Sprintf(citusPartQuery, group), &part); err != nil {
		return nil, err
	}
	result := value.DictOf("leads", !part.Recovery)
	if part.Recovery {
		return result, nil
	}
	if len(part.Shards) > 0 {
		return nil, part.holds(group)
	}
	if c.Args.String("state") == "empty" {
		return result, nil
	}
	for _, n := range part.Nodes {
		if err := n.remove(ctx, p, group, db); err != nil {
			return nil, err
		}
	}
	return result, nil
}

// remove takes a node out of the database. One that does not run is disabled first: Citus connects to a node that it removes.
func (n citusNode) remove(ctx context.Context, p psql, group int, db string) error {
	statements := []string{"SELECT citus_remove_node(" + n.args() + ")"}
	step := pgsql.Step{Kind: "citus node", Name: fmt.Sprintf("%s of group %d", format.HostPort(n.Host, n.Port), group), Action: "delete", DB: db, SQL: statements}
	err := p.apply(ctx, []pgsql.Step{step})
	if err == nil || !strings.Contains(err.Error(), "connection to the remote node") {
		return err
	}
	step.SQL = append([]string{"SELECT citus_disable_node(" + n.args() + ", synchronous := true)"}, statements...)
	if again := p.apply(ctx, []pgsql.Step{step}); again != nil {
		return fmt.Errorf("%w; and as a node that does not run: %w", err, again)
	}
	return nil
}

// holds is why a group cannot leave.
func (p citusPart) holds(group int) error {
	var tables []string
	for _, t := range slices.Sorted(maps.Keys(p.Shards)) {
		tables = append(tables, fmt.Sprintf("%s (%d)", t, p.Shards[t]))
	}
	drain := "SELECT citus_drain_node(HOST, PORT)"
	if len(p.Nodes) > 0 {
		drain = "SELECT citus_drain_node(" + p.Nodes[0].args() + ")"
	}
	return fmt.Errorf("group %d of Citus has shards of %s: move them to the other groups first, on the coordinator: %s", group, strings.Join(tables, ", "), drain)
}
