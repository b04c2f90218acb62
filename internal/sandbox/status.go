//go:build linux

package sandbox

import (
	"context"
	"fmt"
	"net/netip"
	"slices"

	"golang.org/x/sync/errgroup"
)

// NodeStatus is how a node is right now.
type NodeStatus struct {
	Name    string     `json:"name"`
	Addr    netip.Addr `json:"addr"`
	Machine string     `json:"machine"`
	Image   string     `json:"image"`
	State   string     `json:"state"` // stopped, offline (boots, or hangs), or systemd's own: starting, running, degraded, ...
	PID     int        `json:"pid,omitempty"`
	SSH     bool       `json:"ssh"`     // sshd answers from the control namespace
	Cut     bool       `json:"cut"`     // its cable is pulled
	Console string     `json:"console"` // path of the console log
}

// Status looks at every node, in the order of the configuration.
func (s *Sandbox) Status(ctx context.Context) ([]NodeStatus, error) {
	cut := map[string]bool{}
	if ns := controlNS(s.state.Name); nsExists(ns) {
		ls, err := links(ctx, ns)
		if err != nil {
			return nil, fmt.Errorf("cannot inspect sandbox %s: %w", s.state.Name, err)
		}
		for _, l := range ls {
			cut[l.Name] = !slices.Contains(l.Flags, "UP")
		}
	}
	out := make([]NodeStatus, len(s.state.Nodes))
	var g errgroup.Group
	g.SetLimit(8)
	for i, n := range s.state.Nodes {
		g.Go(func() error {
			out[i] = s.nodeStatus(ctx, n)
			out[i].Cut = cut[linkName(n.Addr)]
			return nil
		})
	}
	return out, g.Wait()
}

func (s *Sandbox) nodeStatus(ctx context.Context, n nodeState) NodeStatus {
	st := NodeStatus{Name: n.Name, Addr: n.Addr, Machine: n.Machine, Image: n.Image.ID, State: "stopped",
		Console: s.files.node(n.Machine).console()}
	p, ok := s.running(n)
	if !ok {
		return st
	}
	st.PID = p.PID
	st.State = s.systemState(ctx, n)
	st.SSH = s.sshAnswers(ctx, n) == nil
	return st
}
