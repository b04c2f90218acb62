package law

import (
	"strings"
	"testing"
)

// The name of a member that has data is what Patroni, etcd, the backups and the metrics know it by: another one is refused, and nothing is changed.
func TestAMemberOfPostgreSQLIsNotRenamed(t *testing.T) {
	whole := settled(t, checkedWorld, oneMember...)
	for edit, says := range map[[2]string]string{
		{"pg_seq: 1", "pg_seq: 3"}:                    "cannot rename pg-test-1 to pg-test-3: restore pg_seq: 1, or remove the member first (pig pgsql-rm pg-test 10.10.10.11), then add it again",
		{"pg_cluster: pg-test", "pg_cluster: pg-new"}: "cannot rename pg-test-1 to pg-new-1: restore pg_cluster: pg-test, or",
		{"pg_version: 17", "pg_version: 16"}:          "pg_version: the cluster runs 17, not 16: restore pg_version: 17",
	} {
		otherRefused(t, whole, checkedWorld, strings.Replace(checkedWorld, edit[0], edit[1], 1), says, []string{"pgsql", "-t", "pg_user"})
	}
}

// Two members that swap their names would each begin with the data of the other.
func TestTwoMembersOfPostgreSQLDoNotSwapNames(t *testing.T) {
	text, addrs := sample(t, "ha")
	whole := settled(t, text, addrs...)
	swapped := strings.NewReplacer("pg_seq: 2", "pg_seq: 3", "pg_seq: 3", "pg_seq: 2").Replace(text)
	otherRefused(t, whole, text, swapped, "cannot rename pg-test-2 to pg-test-3: restore pg_seq: 2")
}

// etcd keeps the name of a member and the identity of its cluster in its data.
func TestAMemberOfEtcdIsNotRenamed(t *testing.T) {
	whole := settled(t, checkedWorld, oneMember...)
	for edit, says := range map[[2]string]string{
		{"etcd_seq: 1", "etcd_seq: 2"}:                "cannot rename etcd-1 to etcd-2: restore etcd_seq: 1, or remove the member first (pig etcd-rm), then add it again",
		{"etcd_cluster: etcd", "etcd_cluster: other"}: "cannot rename cluster etcd to other, of which etcd-1 has data: restore etcd_cluster: etcd, or",
	} {
		otherRefused(t, whole, checkedWorld, strings.Replace(checkedWorld, edit[0], edit[1], 1), says, []string{"etcd", "-t", "etcd_cert"})
	}
}

// twoRedises are a primary and a replica of Redis.
const twoRedises = `
all:
  children:
    redis-ms:
      hosts:
        10.10.10.10: { redis_node: 1, redis_instances: { 6379: {} } }
        10.10.10.11: { redis_node: 2, redis_instances: { 6379: { replica_of: '10.10.10.10 6379' } } }
      vars: { redis_cluster: redis-ms, redis_password: Some.Password.7 }
  vars:
    admin_ip: 10.10.10.10
    node_repo_modules: ''
    node_repo_remove: false
    node_tune: none
`

// Instances under another number of their node would take the ports of those that run, and begin without their data.
func TestInstancesOfRedisAreNotRenamed(t *testing.T) {
	whole := settled(t, twoRedises, oneMember...)
	for edit, says := range map[[2]string]string{
		{"redis_node: 2", "redis_node: 5"}:                        "cannot rename redis-ms-2-6379 to redis-ms-5-6379: restore redis_node: 2, or remove the instance first (pig redis-rm redis-ms-2-6379), then create it again",
		{"redis_cluster: redis-ms", "redis_cluster: redis-other"}: "cannot rename redis-ms-1-6379 to redis-other-1-6379: restore redis_cluster: redis-ms, or",
	} {
		otherRefused(t, whole, twoRedises, strings.Replace(twoRedises, edit[0], edit[1], 1), says, []string{"redis", "-t", "redis_config"})
	}
}

// Where other ports are declared too, both live: those of the former number are told as any that nobody declares.
func TestInstancesOfAFormerNumberAreTold(t *testing.T) {
	text := strings.Replace(twoRedises, "{ replica_of: '10.10.10.10 6379' }", "{}", 1)
	whole := settled(t, text, oneMember...)
	bubble(t, func(t *testing.T) {
		l := whole.edited(t, text, "# as before")
		if out := l.must("status"); strings.Contains(out, "declared") {
			t.Errorf("nothing has changed:\n%s", out)
		}
		l.write(strings.Replace(text, "redis_node: 2, redis_instances: { 6379:", "redis_node: 5, redis_instances: { 6380:", 1))
		l.must("apply", "--yes")
		const told = "is no longer declared, but still exists: to remove the instance, declare it again and run pig redis-rm redis-ms-2-6379"
		if out, _ := l.pig("plan"); strings.Count(out, told) != 1 {
			t.Errorf("the plan:\n%s", out)
		}
		if out, code := l.pig("status"); code == 0 || !strings.Contains(out, "redis-ms-2-6379 on 10.10.10.11 "+told) {
			t.Errorf("exit status %d\n%s", code, out)
		}
	})
}

// MinIO refuses drives that it finds in the place of others.
func TestNodesOfMinioDoNotSwapNumbers(t *testing.T) {
	text, addrs := sample(t, "minio")
	whole := settled(t, text, addrs...)
	swapped := strings.NewReplacer("minio_seq: 2", "minio_seq: 3", "minio_seq: 3", "minio_seq: 2").Replace(text)
	otherRefused(t, whole, text, swapped, "cannot rename minio-2 to minio-3: MinIO does not accept drives in another order: restore minio_seq: 2, or", []string{"minio", "-t", "minio_cert"})
}
