package minio

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"pig/internal/health"
	"pig/internal/value"
)

// Units are the units of the servers that the object storage may be of. A node has one of them.
var Units = []string{"silo", "minio"}

// state is a MinIO cluster as it is.
type state struct{ health.Cluster }

// status compares a MinIO cluster with the answers of its nodes: whether each server runs, which of its drives work, and
// whether the cluster as a whole takes what is written to it.
func status(m *Cluster, answers map[string]health.Answer) health.Cluster {
	c := &state{health.Cluster{Module: "minio", Name: m.Name}}
	answered, writes := false, false
	servers := map[string]bool{}
	for _, member := range m.Members {
		a := answers[member.Name]
		live := health.Member{Name: member.Instance, Host: member.Name}
		live.Units = c.Units(member.Instance, member.Name, a, []string{unitOf(a)})
		if d := a.Said[aboutMinio].Values; d != nil {
			answered, writes = true, writes || d.At("writes") == true
			for _, host := range health.Items(d.At("servers")) {
				servers[value.Str(host)] = true
			}
			c.drives(&live, d)
		} else if a.Err == "" && a.Units[unitOf(a)] == "active" {
			c.Problem("%s runs but does not answer", member.Instance)
		}
		c.Found(member.Instance, a, live.Units, health.AboutCertificates)
		c.Members = append(c.Members, live)
	}
	for _, host := range slices.Sorted(maps.Keys(servers)) {
		if !slices.ContainsFunc(m.Members, func(o *Member) bool { return host == o.Name || host == o.Nodename }) {
			c.Stranger("%s is a server of the cluster and not in the inventory: put it back", host)
		}
	}
	switch {
	case !answered:
		c.Problem("no node answers")
	case !writes:
		c.Problem("too few drives: MinIO is read-only")
	}
	return c.Cluster
}

// unitOf is the unit of a node's server.
func unitOf(a health.Answer) string {
	for _, u := range Units {
		if state := a.Units[u]; state != "" && state != health.NotFound {
			return u
		}
	}
	return Units[len(Units)-1]
}

// drives takes down what a server says of itself and its drives.
func (c *state) drives(m *health.Member, d *value.Dict) {
	m.State = value.Str(cmp.Or(d.At("state"), value.Value("online")))
	list, _ := d.At("drives").(*value.List)
	if list == nil {
		return
	}
	well := 0
	for _, item := range list.Items {
		drive, ok := item.(*value.Dict)
		if !ok {
			continue
		}
		if state := value.Str(drive.At("state")); state == "ok" {
			well++
		} else {
			c.Problem("%s: drive %s is %s", m.Name, value.Str(drive.At("path")), state)
		}
	}
	m.Drives = fmt.Sprintf("%d/%d", well, len(list.Items))
}
