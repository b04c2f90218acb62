package modules

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"slices"
	"strconv"

	"pig/internal/module"
	pgsql "pig/internal/products/pgsql/model"
	"pig/internal/value"
)

// patroniLeader fails where a cluster is led by a member that the inventory does not have: what only a leader can do would be left undone
// without a word, as no host of the run leads. hosts are the addresses of the members in the inventory. It changes nothing, in a run as in a
// plan. Who does not answer tells nothing: a cluster that is not there yet has no leader, and one that is down none to lose.
//
// A leader that the run does not go to (selected) is told.
//
// It returns leader and leader_host, "" where nobody tells.
func patroniLeader() module.Module {
	return module.Module{
		Name: "patroni_leader",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "cluster", Required: true}, {Name: "hosts", Type: module.List, Elements: module.Str, Required: true},
			{Name: "patroni_port", Type: module.Int, Default: int64(8008)}, {Name: "unit", Default: "patroni.service"},
			// peers are other members, asked in turn where this node's Patroni does not answer.
			{Name: "peers", Type: module.List, Elements: module.Str},
			// selected are the hosts that this run goes to.
			{Name: "selected", Type: module.List, Elements: module.Str},
		}},
		Run: runPatroniLeader,
	}
}

func runPatroniLeader(ctx context.Context, c *module.Call) (*value.Dict, error) {
	for _, at := range patroniDoors(ctx, c) {
		var view pgsql.ClusterView
		body, err := askPatroniAt(ctx, c, at, "/cluster")
		if err != nil || json.Unmarshal(body, &view) != nil {
			continue
		}
		leader, _ := view.Leader()
		result := value.DictOf("leader", leader.Name, "leader_host", leader.Host)
		if hosts := c.Args.Strings("hosts"); leader.Host != "" && !slices.Contains(hosts, leader.Host) {
			return result, errors.New(pgsql.StrangerLeads(c.Args.String("cluster"), view, hosts))
		}
		if selected := c.Args.Strings("selected"); leader.Host != "" && len(selected) > 0 && !slices.Contains(selected, leader.Host) {
			c.Facts.Warn("leader %s of %s is not selected: settings, roles and databases of the cluster are not changed", leader.Host, c.Args.String("cluster"))
		}
		return result, nil
	}
	return value.DictOf("leader", "", "leader_host", ""), nil
}

// patroniDoors are where Patroni may answer: this node's port as declared, the ports that it has now, then those of the peers.
func patroniDoors(ctx context.Context, c *module.Call) []string {
	doors := append([]string{module.Listener(ctx, c, patroniPort(c))}, module.ListensAt(ctx, c, c.Args.String("unit"))...)
	for _, peer := range c.Args.Strings("peers") {
		doors = append(doors, net.JoinHostPort(peer, strconv.Itoa(patroniPort(c))))
	}
	return doors
}
