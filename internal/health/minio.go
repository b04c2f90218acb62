package health

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	prminio "pig/internal/products/minio"
	"pig/internal/value"
)

// MinioUnits are the units of the servers that the object storage may be of. A node has one of them.
var MinioUnits = []string{"silo", "minio"}

// minioState is a MinIO cluster as it is.
type minioState struct{ Cluster }

// Minio compares a MinIO cluster with the answers of its nodes: whether each server runs, which of its drives work, and
// whether the cluster as a whole takes what is written to it.
func Minio(m *prminio.Cluster, answers map[string]Answer) Cluster {
	c := &minioState{Cluster{Module: "minio", Name: m.Name}}
	answered, writes := false, false
	servers := map[string]bool{}
	for _, member := range m.Members {
		a := answers[member.Name]
		live := Member{Name: member.Instance, Host: member.Name}
		live.Units = c.units(member.Instance, member.Name, a, []string{minioUnit(a)})
		if d := a.Said[AboutMinio].Values; d != nil {
			answered, writes = true, writes || d.At("writes") == true
			for _, host := range listOf(d.At("servers")) {
				servers[value.Str(host)] = true
			}
			c.drives(&live, d)
		} else if a.Err == "" && a.Units[minioUnit(a)] == "active" {
			c.problem("%s runs but does not answer", member.Instance)
		}
		c.found(member.Instance, a, live.Units, AboutCertificates)
		c.Members = append(c.Members, live)
	}
	for _, host := range slices.Sorted(maps.Keys(servers)) {
		if !slices.ContainsFunc(m.Members, func(o *prminio.Member) bool { return host == o.Name || host == o.Nodename }) {
			c.stranger("%s is a server of the cluster and not in the inventory: put it back", host)
		}
	}
	switch {
	case !answered:
		c.problem("no node answers")
	case !writes:
		c.problem("too few drives: MinIO is read-only")
	}
	return c.Cluster
}

// minioUnit is the unit of a node's server.
func minioUnit(a Answer) string {
	for _, u := range MinioUnits {
		if state := a.Units[u]; state != "" && state != NotFound {
			return u
		}
	}
	return MinioUnits[len(MinioUnits)-1]
}

// drives takes down what a server says of itself and its drives.
func (c *minioState) drives(m *Member, d *value.Dict) {
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
			c.problem("%s: drive %s is %s", m.Name, value.Str(drive.At("path")), state)
		}
	}
	m.Drives = fmt.Sprintf("%d/%d", well, len(list.Items))
}
