package pgsql

import (
	"pig/internal/health"
	"pig/internal/value"
)

// Roles are who leads a PostgreSQL cluster, and who runs in it, as Patroni sees them.
type Roles struct {
	Leader  string // "" for nobody
	Standby bool   // the leader follows another cluster itself
	states  map[string]string
}

// Running tells whether a member serves queries.
func (r Roles) Running(instance string) bool {
	return r.states[instance] == "running" || r.states[instance] == "streaming"
}

// RolesOf are the roles of a cluster's members.
func RolesOf(p *Cluster, answers map[string]health.Answer) Roles {
	var c state
	r := Roles{states: map[string]string{}}
	for name, d := range c.view(p, answers) {
		r.states[name] = value.Str(d.At("state"))
		r.Standby = r.Standby || d.At("role") == "standby_leader"
	}
	r.Leader = c.Leader
	return r
}
