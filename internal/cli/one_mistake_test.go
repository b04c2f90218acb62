package cli

import (
	"os"
	"strings"
	"testing"
)

// A misspelt identity is one mistake: what a host lacks because of it is not told as another.
func TestAMisspeltIdentityIsOneMistake(t *testing.T) {
	sound, err := os.ReadFile("testdata/mistakes/sound.yml")
	if err != nil {
		t.Fatal(err)
	}
	for was, now := range map[string]string{
		"pg_seq: 1": "pg_sek: 1", "pg_role: primary": "pg_roel: primary", "pg_cluster:": "pg_clutser:", "etcd_seq: 1": "etcd_sqe: 1", "etcd_cluster:": "etcd_clusetr:",
		"minio_seq: 1": "minio_sep: 1", "minio_cluster:": "minio_clustr:", "redis_node: 1, redis_instances: { 6379": "redis_nod: 1, redis_instances: { 6379",
		"redis_instances: { 6379": "redis_instance: { 6379", "redis_cluster: redis-ms": "redis_clusterr: redis-ms", "infra_seq": "infra_sq",
	} {
		code, out := validateText(t, strings.Replace(string(sound), was, now, 1))
		name, _, _ := strings.Cut(now, ":")
		if code != 1 || strings.Count(out, "error: ") != 1 || !strings.Contains(out, "unknown parameter "+name) || !strings.Contains(out, "did you mean ") {
			t.Errorf("%s: exit status %d\n%s", now, code, out)
		}
	}
}

func TestNamesOfGroupsHaveARule(t *testing.T) {
	for name, want := range map[string]string{
		"'pg test'": `error: invalid group name "pg test"`, "'pg:test'": `error: invalid group name "pg:test"`, "'a,b'": "error: invalid group name", "'~x'": "error: invalid group name",
		"'x[1]'": "error: invalid group name", "'b&w'": "error: invalid group name", "'a/b'": `warning: group name "a/b"`, "büro": `warning: group name "büro"`,
		"pg-test.a_1": "", "'10-x'": "",
	} {
		_, out := validateText(t, "all:\n  children:\n    "+name+": { hosts: { 10.10.10.10: {} } }\n")
		if want == "" && strings.Contains(out, "group name") || !strings.Contains(out, want) {
			t.Errorf("%s: want %q\n%s", name, want, out)
		}
	}
}
