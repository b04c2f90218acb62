package modules

import (
	"context"
	"errors"

	"pig/internal/module"
	"pig/internal/node"
	pgsql "pig/internal/products/pgsql/model"
	"pig/internal/value"
)

// patroniCluster tells who is in a cluster and how they are. It changes nothing. Where Patroni does not run yet, there are
// no members.
func patroniCluster() module.Module {
	return module.Module{Name: "patroni_cluster", Spec: module.Spec{Args: patroniArgs()}, Run: runPatroniCluster}
}

func runPatroniCluster(ctx context.Context, c *module.Call) (*value.Dict, error) {
	view, err := newPatroni(ctx, c).view(ctx)
	if err != nil && !errors.Is(err, node.ErrNotYet) {
		return nil, err
	}
	leader, _ := view.Leader()
	members := value.NewList()
	for _, m := range view.Members {
		members.Append(memberValue(m))
	}
	return value.DictOf("cluster", view.Scope, "leader", leader.Name, "paused", view.Paused, "healthy", err == nil && view.Fit() == nil, "members", members, "changed", false), nil
}

func memberValue(m pgsql.MemberView) *value.Dict {
	var lag value.Value
	if n, known := m.Lag(); known {
		lag = n
	}
	return value.DictOf("name", m.Name, "host", m.Host, "port", int64(m.Port), "role", m.Role, "state", m.State, "leads", m.Leads(), "well", m.Well(),
		"timeline", int64(m.Timeline), "lag", lag, "pending_restart", m.PendingRestart, "url", api(m))
}
