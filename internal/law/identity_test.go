package law

import (
	"strings"
	"testing"
)

// The name of a member that has data is what Patroni, etcd, the backups and the metrics know it by: another one is refused, and nothing is changed.
func TestAMemberOfPostgreSQLIsNotRenamed(t *testing.T) {
	whole := settled(t, checkedWorld, oneMember...)
	for edit, says := range map[[2]string]string{
		{"pg_seq: 1", "pg_seq: 3"}:                    "cannot rename pg-test-1 to pg-test-3: keep pg_seq: 1, or remove the member first (pig pgsql-rm pg-test 10.10.10.11), then add it again",
		{"pg_cluster: pg-test", "pg_cluster: pg-new"}: "cannot rename pg-test-1 to pg-new-1: keep pg_cluster: pg-test, or",
		{"pg_version: 17", "pg_version: 16"}:          "pg_version: the cluster runs 17, not 16: keep pg_version: 17",
	} {
		otherRefused(t, whole, checkedWorld, strings.Replace(checkedWorld, edit[0], edit[1], 1), says, []string{"pgsql", "-t", "pg_user"})
	}
}

// Two members that swap their names would each begin with the data of the other.
func TestTwoMembersOfPostgreSQLDoNotSwapNames(t *testing.T) {
	text, addrs := sample(t, "ha")
	whole := settled(t, text, addrs...)
	swapped := strings.NewReplacer("pg_seq: 2", "pg_seq: 3", "pg_seq: 3", "pg_seq: 2").Replace(text)
	otherRefused(t, whole, text, swapped, "cannot rename pg-test-2 to pg-test-3: keep pg_seq: 2")
}

// etcd keeps the name of a member and the identity of its cluster in its data.
func TestAMemberOfEtcdIsNotRenamed(t *testing.T) {
	whole := settled(t, checkedWorld, oneMember...)
	for edit, says := range map[[2]string]string{
		{"etcd_seq: 1", "etcd_seq: 2"}:                "cannot rename etcd-1 to etcd-2: keep etcd_seq: 1, or remove the member first (pig etcd-rm), then add it again",
		{"etcd_cluster: etcd", "etcd_cluster: other"}: "cannot rename cluster etcd to other, of which etcd-1 has data: keep etcd_cluster: etcd, or",
	} {
		otherRefused(t, whole, checkedWorld, strings.Replace(checkedWorld, edit[0], edit[1], 1), says, []string{"etcd", "-t", "etcd_cert"})
	}
}
