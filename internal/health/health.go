// Package health compares what an inventory declares with what its nodes say of themselves. It asks nothing: it is given
// the answers.
package health

import (
	"cmp"
	"fmt"
	"slices"

	"pig/internal/value"
)

// NotFound is the state of a unit that a node does not have.
const NotFound = "not-found"

// Report is the state of all clusters that were asked for.
type Report struct {
	Clusters []Cluster `json:"clusters"`
}

// Cluster is a cluster as it is.
type Cluster struct {
	Module   string   `json:"module"`
	Name     string   `json:"name"`
	Leader   string   `json:"leader,omitempty"`
	Slots    string   `json:"slots,omitempty"`  // of a native Redis cluster: how many are served
	Group    string   `json:"group,omitempty"`  // of a distributed database (Citus): which one, of which shard
	Shards   *int64   `json:"shards,omitempty"` // that its leader says the group has
	Paused   bool     `json:"paused,omitempty"`
	Members  []Member `json:"members"`
	Problems []string `json:"problems,omitempty"`
	// Strangers are those of the problems that tell of what lives on and is not in the inventory: nothing that is planned ends them.
	Strangers []string `json:"strangers,omitempty"`
	// Passing are problems that pass by themselves, and are no fault of what was made: a replica that has to catch up.
	Passing []string `json:"passing,omitempty"`
	// Kept is what stays as it was made though something else is declared: it is told, and no fault of what runs.
	Kept []string `json:"kept,omitempty"`
}

// Member is an instance as it is.
type Member struct {
	Name     string `json:"name"`
	Host     string `json:"host"`
	Declared string `json:"declared,omitempty"` // role
	Live     string `json:"live,omitempty"`     // role
	State    string `json:"state,omitempty"`
	Lag      *int64 `json:"lag,omitempty"` // bytes; nil: not known, or it leads
	Timeline int64  `json:"timeline,omitempty"`
	Offset   *int64 `json:"offset,omitempty"` // how far Redis's replication is
	Slots    int64  `json:"slots,omitempty"`  // of a primary of a native Redis cluster
	Drives   string `json:"drives,omitempty"` // of a node of MinIO: how many of them work
	Units    []Unit `json:"units"`

	At string `json:"-"` // address:port, of an instance that shares its host
}

// Unit is a service of a node.
type Unit struct {
	Name  string `json:"name"`
	State string `json:"state"`
}

// Well tells whether nothing is wrong.
func (r Report) Well() bool {
	return !slices.ContainsFunc(r.Clusters, func(c Cluster) bool { return len(c.Problems)+len(c.Passing) > 0 })
}

// Problem takes down what is wrong.
func (c *Cluster) Problem(format string, args ...any) {
	c.Problems = append(c.Problems, fmt.Sprintf(format, args...))
}

// Stranger takes down what lives on and is not in the inventory.
func (c *Cluster) Stranger(format string, args ...any) {
	c.Problem(format, args...)
	c.Strangers = append(c.Strangers, fmt.Sprintf(format, args...))
}

// Keep takes down, once, what stays as it was made.
func (c *Cluster) Keep(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !slices.Contains(c.Kept, text) {
		c.Kept = append(c.Kept, text)
	}
}

// Units takes down the state of a node's units, and what is wrong with them.
func (c *Cluster) Units(instance, host string, a Answer, names []string) []Unit {
	if a.Err != "" {
		c.Problem("%s: %s does not answer: %s", instance, host, a.Err)
		return nil
	}
	var list []Unit
	for _, n := range names {
		state := cmp.Or(a.Units[n], "unknown")
		list = append(list, Unit{n, state})
		if state != "active" {
			c.Problem("%s: %s is %s on %s", instance, n, state, host)
		}
	}
	return list
}

// Bytes is a size for people.
func Bytes(n int64) string {
	for _, u := range []struct {
		name string
		size int64
	}{{"TB", 1 << 40}, {"GB", 1 << 30}, {"MB", 1 << 20}, {"kB", 1 << 10}} {
		if n >= u.size {
			return fmt.Sprintf("%.1f %s", float64(n)/float64(u.size), u.name)
		}
	}
	return fmt.Sprintf("%d B", n)
}

// Items are the elements of a list, none of what is no list.
func Items(v value.Value) []value.Value {
	if l, ok := v.(*value.List); ok {
		return l.Items
	}
	return nil
}
