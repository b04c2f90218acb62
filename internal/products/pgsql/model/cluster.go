package model

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// ClusterView is what Patroni's /cluster says.
type ClusterView struct {
	Scope   string       `json:"scope"` // from Patroni 3.3 on
	Members []MemberView `json:"members"`
	Paused  bool         `json:"pause"`
}

// MemberView is a member in it.
type MemberView struct {
	Name           string          `json:"name"`
	Role           string          `json:"role"`  // leader, standby_leader, replica, sync_standby, quorum_standby
	State          string          `json:"state"` // running, streaming, in archive recovery, stopped, starting, start failed ...
	API            string          `json:"api_url"`
	Host           string          `json:"host"`
	Port           int             `json:"port"`
	Timeline       int             `json:"timeline"`
	PendingRestart bool            `json:"pending_restart"`
	LagText        json.RawMessage `json:"lag"` // bytes, or "unknown"
	Tags           map[string]any  `json:"tags"`
}

// Leads tells whether the member leads its cluster, also one that follows another.
func (m MemberView) Leads() bool {
	return m.Role == "leader" || m.Role == "master" || m.Role == "primary" || m.Role == "standby_leader"
}

// Well tells whether the member is up and, if it follows, does so.
func (m MemberView) Well() bool {
	return m.State == "running" || m.State == "streaming" || m.State == "in archive recovery"
}

// Lag is how many bytes the member is behind; false if that is not known.
func (m MemberView) Lag() (int64, bool) {
	var n int64
	if m.Leads() {
		return 0, true
	}
	err := json.Unmarshal(m.LagText, &n)
	return n, err == nil
}

func (m MemberView) tagged(name string) bool {
	switch v := m.Tags[name].(type) {
	case bool:
		return v
	case string:
		return truth(v) == "on"
	}
	return false
}

// Leader is the member that leads; false if nobody does.
func (v ClusterView) Leader() (MemberView, bool) {
	i := slices.IndexFunc(v.Members, MemberView.Leads)
	if i < 0 {
		return MemberView{}, false
	}
	return v.Members[i], true
}

// Member finds a member by name.
func (v ClusterView) Member(name string) (MemberView, bool) {
	i := slices.IndexFunc(v.Members, func(m MemberView) bool { return m.Name == name })
	if i < 0 {
		return MemberView{}, false
	}
	return v.Members[i], true
}

// Failed tells whether PostgreSQL of a member does not start.
func (v ClusterView) Failed() bool {
	return slices.ContainsFunc(v.Members, func(m MemberView) bool { return m.State == "start failed" || m.State == "restart failed" })
}

// Fit tells why no member may be taken down now; nil if one may.
func (v ClusterView) Fit() error {
	if v.Paused {
		return fmt.Errorf("the cluster is in maintenance mode: resume the cluster first (pig pgsql-resume, or patroni_mode: default where that is pause)")
	}
	if _, ok := v.Leader(); !ok {
		return fmt.Errorf("the cluster has no leader now")
	}
	var ill []string
	for _, m := range v.Members {
		if !m.Well() {
			ill = append(ill, m.Name+" is "+m.State)
		}
	}
	if len(ill) > 0 {
		return fmt.Errorf("not all members are healthy: %s", strings.Join(ill, ", "))
	}
	return nil
}

// Candidate is the member to hand the lead to: a synchronous standby before others, the least behind before those further
// behind. False if there is none.
func (v ClusterView) Candidate() (MemberView, bool) {
	var list []MemberView
	for _, m := range v.Members {
		_, known := m.Lag()
		if !m.Leads() && m.Well() && known && !m.tagged("nofailover") {
			list = append(list, m)
		}
	}
	if len(list) == 0 {
		return MemberView{}, false
	}
	sync := func(m MemberView) int {
		if m.Role == "sync_standby" || m.Role == "quorum_standby" {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(list, func(a, b MemberView) int {
		lagA, _ := a.Lag()
		lagB, _ := b.Lag()
		return cmp.Or(cmp.Compare(sync(a), sync(b)), cmp.Compare(lagA, lagB), strings.Compare(a.Name, b.Name))
	})
	return list[0], true
}

// RestartOrder puts those of names that are members in the order in which they are restarted: by name, the leader last; or
// first, where standbys could not start with less than it has.
func (v ClusterView) RestartOrder(names []string, leaderFirst bool) []MemberView {
	var order []MemberView
	for _, m := range v.Members {
		if slices.Contains(names, m.Name) {
			order = append(order, m)
		}
	}
	last := func(m MemberView) int {
		if m.Leads() != leaderFirst {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(order, func(a, b MemberView) int {
		return cmp.Or(cmp.Compare(last(a), last(b)), strings.Compare(a.Name, b.Name))
	})
	return order
}

// StrangerLeads tells that a cluster is led by a member that is not on one of hosts, and what to do.
func StrangerLeads(cluster string, v ClusterView, hosts []string) string {
	leader, _ := v.Leader()
	text := fmt.Sprintf("%s leads %s and is not in the inventory: put %s back into the cluster", leader.Name, cluster, leader.Host)
	for _, m := range v.Members {
		if !m.Leads() && m.Well() && !m.tagged("nofailover") && slices.Contains(hosts, m.Host) {
			return text + fmt.Sprintf(", or switch over first: pig pgsql-switchover %s %s", cluster, m.Name)
		}
	}
	return text
}
