package resolve

import (
	"strings"
	"testing"

	"pig/internal/inventory"
	"pig/internal/value"
)

// resolved resolves the text of an inventory with passwords that tell their names.
func resolved(t *testing.T, text string) *Environment {
	t.Helper()
	inv, _, err := inventory.LoadText("pigsty.yml", []byte(text), inventory.Options{})
	if err != nil {
		t.Fatal(err)
	}
	env, found := Resolve(inv, Options{Password: func(name string) string { return "made:" + name }})
	if found.HasErrors() {
		t.Fatal(found)
	}
	return env
}

const generatedText = `
all:
  children:
    infra: { hosts: { 10.0.0.1: { infra_seq: 1 } } }
    etcd: { hosts: { 10.0.0.1: { etcd_seq: 1 } }, vars: { etcd_cluster: etcd } }
    pg-a: { hosts: { 10.0.0.1: { pg_seq: 1, pg_role: primary } }, vars: { pg_cluster: pg-a, pg_etcd_password: '' } }
    pg-b: { hosts: { 10.0.0.2: { pg_seq: 1, pg_role: primary } }, vars: { pg_cluster: pg-b, pg_etcd_password: mine } }
    redis-a: { hosts: { 10.0.0.3: { redis_node: 1, redis_instances: { 6379: {} } } }, vars: { redis_cluster: redis-a } }
    redis-open: { hosts: { 10.0.0.4: { redis_node: 1, redis_instances: { 6379: {} } } }, vars: { redis_cluster: redis-open, redis_password: '' } }
    watch:
      hosts: { 10.0.0.5: { redis_node: 1, redis_instances: { 26379: {} } } }
      vars: { redis_cluster: watch, redis_mode: sentinel, redis_sentinel_monitor: [ { name: redis-a, host: 10.0.0.3, port: 6379, quorum: 1 } ] }
  vars: { admin_ip: 10.0.0.1 }
`

func TestEachClusterHasPasswordsOfItsOwn(t *testing.T) {
	t.Parallel()
	env := resolved(t, generatedText)
	for _, c := range []struct{ host, name, want string }{
		{"10.0.0.1", "pg_etcd_password", "made:pg-a.pg_etcd_password"}, // an empty one counts as not written
		{"10.0.0.2", "pg_etcd_password", ""},                           // the inventory's counts
		{"10.0.0.3", "redis_password", "made:redis-a.redis_password"},
		{"10.0.0.4", "redis_password", ""}, // none is what the inventory says
		{"10.0.0.1", "pgsodium_key", ""},   // nothing reads it
	} {
		got, _ := value.Plain(env.Vars(c.host).At(c.name))
		if got != c.want {
			t.Errorf("%s of %s: %q, want %q", c.name, c.host, got, c.want)
		}
	}
	watched := env.Vars("10.0.0.5").At("redis_sentinel_monitor").(*value.List).Items[0].(*value.Dict)
	if got, _ := value.Plain(watched.At("password")); got != "made:redis-a.redis_password" {
		t.Errorf("sentinels watch redis-a with the password %q", got)
	}
}

func TestTheEnvironmentHasPasswordsInItsDefaults(t *testing.T) {
	t.Parallel()
	env := resolved(t, generatedText)
	for _, name := range []string{"pg_admin_password", "pg_monitor_password", "pg_replication_password", "patroni_password", "etcd_root_password", "haproxy_admin_password", "grafana_admin_password", "minio_secret_key"} {
		if got, _ := value.Plain(env.Defaults.At(name)); got != "made:"+name {
			t.Errorf("%s: %q", name, got)
		}
	}
	if text := string(value.PlainJSON(env.Defaults)); strings.Contains(text, "<generated") {
		t.Errorf("a password was not put in: %s", text)
	}
}

func TestTheBackupUserHasOnePassword(t *testing.T) {
	t.Parallel()
	const minio = `
    minio: { hosts: { 10.0.0.1: { minio_seq: 1 } }, vars: { minio_cluster: minioUSERS } }
  vars: { admin_ip: 10.0.0.1REPO }
`
	for _, c := range []struct{ users, repo, want string }{
		{"", "", "made:minio_user_pgbackrest"},
		{", minio_users: [ { access_key: pgbackrest, secret_key: from-users } ]", "", "from-users"},
		{"", ", pgbackrest_repo: { minio: { type: s3, s3_key: pgbackrest, s3_key_secret: from-repo } }", "from-repo"},
	} {
		env := resolved(t, "all:\n  children:"+strings.NewReplacer("USERS", c.users, "REPO", c.repo).Replace(minio))
		for _, name := range []string{"minio_users", "pgbackrest_repo"} {
			if strings.Contains(c.users+c.repo, name) {
				continue // its default counts for nobody
			}
			text := string(value.PlainJSON(env.Defaults.At(name)))
			if !strings.Contains(text, c.want) {
				t.Errorf("%s%s: %s is %s", c.users, c.repo, name, text)
			}
		}
	}
}
