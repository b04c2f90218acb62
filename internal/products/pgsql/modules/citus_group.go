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

// citusGroup adds a group of workers to a distributed database, or takes it out. It is run on the members of the coordinator, and the one that leads
// acts; leads in its result tells which that is.
//
// state: present adds host and port as the node of the group, where the coordinator leads already: Patroni does that by itself for a group that it has
// never seen, and not for one that was removed. empty fails as long as the group has shards, and changes nothing; absent removes the nodes of the group.
func citusGroup() module.Module {
	return module.Module{
		Name: "citus_group",
		Spec: module.Spec{Args: append(psqlArgs(),
			module.Arg{Name: "database", Required: true},
			module.Arg{Name: "group", Type: module.Int, Required: true},
			module.Arg{Name: "state", Choices: []string{"present", "empty", "absent"}, Default: "absent"},
			module.Arg{Name: "host"}, module.Arg{Name: "host_port", Type: module.Int, Default: int64(5432)},
			module.Arg{Name: "coordinator", Type: module.List, Elements: module.Str},
			module.Arg{Name: "patroni_port", Type: module.Int, Default: int64(8008)},
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
	p, group, db, state := newPsql(c), c.Args.Int("group"), c.Args.String("database"), c.Args.String("state")
	if state == "present" && !ledAt(ctx, c, c.Args.Strings("coordinator")) {
		return value.DictOf("leads", false), nil
	}
	var part citusPart
	if err := p.query(ctx, db, fmt.Sprintf(citusPartQuery, group), &part); err != nil {
		return nil, err
	}
	result := value.DictOf("leads", !part.Recovery)
	if part.Recovery {
		return result, nil
	}
	if state == "present" {
		if len(part.Nodes) > 0 {
			return result, nil
		}
		return result, citusNode{c.Args.String("host"), c.Args.Int("host_port")}.add(ctx, p, group, db)
	}
	if len(part.Shards) > 0 {
		return nil, part.holds(group)
	}
	if state == "empty" {
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
	remove := "SELECT citus_remove_node(" + n.args() + ")"
	err := p.apply(ctx, []pgsql.Step{n.step("delete", group, db, remove)})
	if err == nil || !strings.Contains(err.Error(), "connection to the remote node") {
		return err
	}
	if again := p.apply(ctx, []pgsql.Step{n.step("delete", group, db, "SELECT citus_disable_node("+n.args()+", synchronous := true)", remove)}); again != nil {
		return fmt.Errorf("%w; and as a node that does not run: %w", err, again)
	}
	return nil
}

// add makes it the node of a group, as Patroni would. Where Patroni does it at the same time, that is one node.
func (n citusNode) add(ctx context.Context, p psql, group int, db string) error {
	return p.apply(ctx, []pgsql.Step{n.step("create", group, db, fmt.Sprintf("SELECT citus_add_node(%s, %d, 'primary', 'default')", n.args(), group))})
}

func (n citusNode) step(action string, group int, db string, statements ...string) pgsql.Step {
	return pgsql.Step{Kind: "citus node", Name: fmt.Sprintf("%s of group %d", format.HostPort(n.Host, n.Port), group), Action: action, DB: db, SQL: statements}
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
