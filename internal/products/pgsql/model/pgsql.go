// Package model is what there is to know about PostgreSQL clusters apart from doing it: host-based authentication rules,
// which members serve which service, and the sizes that follow from a machine. It does no I/O.
package model

import "fmt"

// Role is the part that an instance plays when its cluster is made.
type Role string

// The roles that an inventory may declare.
const (
	Primary Role = "primary"
	Replica Role = "replica"
	Standby Role = "standby"
	Offline Role = "offline"
	Delayed Role = "delayed"
)

// InstanceName is <pg_cluster>-<pg_seq>.
func InstanceName(cluster string, seq int) string { return fmt.Sprintf("%s-%d", cluster, seq) }
