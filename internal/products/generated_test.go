package products

import (
	"strings"
	"testing"

	"pig/internal/inventory"
	"pig/internal/product"
	"pig/internal/value"
)

// resolved resolves the text of an inventory with passwords that tell their names.
func resolved(t *testing.T, text string) *product.Environment {
	t.Helper()
	inv, _, err := inventory.LoadText("pigsty.yml", []byte(text), inventory.Options{})
	if err != nil {
		t.Fatal(err)
	}
	env, found := product.Resolve(inv, All(), product.Options{Password: func(name string) string { return "made:" + name }})
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

// The shards of a distributed cluster are one user of etcd.
func TestShardsShareTheirPasswordInEtcd(t *testing.T) {
	t.Parallel()
	env := resolved(t, citusText)
	for _, host := range []string{"10.0.0.1", "10.0.0.2", "10.0.0.3"} {
		if got, _ := value.Plain(env.Vars(host).At("pg_etcd_password")); got != "made:pg-citus.pg_etcd_password" {
			t.Errorf("%s has %q", host, got)
		}
	}
}

const citusText = `
all:
  children:
    infra: { hosts: { 10.0.0.1: { infra_seq: 1 } } }
    etcd: { hosts: { 10.0.0.1: { etcd_seq: 1 } }, vars: { etcd_cluster: etcd } }
    pg-citus0: { hosts: { 10.0.0.1: { pg_seq: 1, pg_role: primary } }, vars: { pg_cluster: pg-citus0, pg_group: 0 } }
    pg-citus1: { hosts: { 10.0.0.2: { pg_seq: 1, pg_role: primary }, 10.0.0.4: { pg_seq: 2, pg_role: replica } }, vars: { pg_cluster: pg-citus1, pg_group: 1 } }
    pg-citus2: { hosts: { 10.0.0.3: { pg_seq: 1, pg_role: primary } }, vars: { pg_cluster: pg-citus2, pg_group: 2 } }
  vars: { admin_ip: 10.0.0.1, pg_mode: citus, pg_shard: pg-citus, pg_primary_db: meta, pg_dbsu_password: Written.34, pg_databases: [ { name: meta, extensions: [ citus ] } ] }
`

// Who leaves the inventory is in nobody's rules, lists of addresses and services any more.
func TestWhoLeavesIsInNoRule(t *testing.T) {
	t.Parallel()
	const member, group = ", 10.0.0.4: { pg_seq: 2, pg_role: replica }", "    pg-citus2: { hosts: { 10.0.0.3: { pg_seq: 1, pg_role: primary } }, vars: { pg_cluster: pg-citus2, pg_group: 2 } }\n"
	texts := func(host, text string) string {
		vars := resolved(t, text).Vars(host)
		var all strings.Builder
		for _, name := range []string{"patroni_allowlist", "pg_hba_lines", "pgb_hba_lines", "pg_service_list", "pg_cluster_members"} {
			all.Write(value.PlainJSON(vars.At(name)))
		}
		return all.String()
	}
	for _, c := range []struct{ gone, address, host string }{{member, "10.0.0.4", "10.0.0.2"}, {group, "10.0.0.3", "10.0.0.1"}, {group, "10.0.0.3", "10.0.0.2"}} {
		if c.gone == member && !strings.Contains(texts(c.host, citusText), c.address) {
			t.Errorf("%s does not know its member %s: this proves nothing", c.host, c.address)
		}
		if got := texts(c.host, strings.Replace(citusText, c.gone, "", 1)); strings.Contains(got, c.address) {
			t.Errorf("%s still lets in %s:\n%s", c.host, c.address, got)
		}
	}
	const infra = "10.0.0.9: { infra_seq: 2 }"
	with := strings.Replace(citusText, "{ infra_seq: 1 } }", "{ infra_seq: 1 }, "+infra+" }", 1)
	if !strings.Contains(texts("10.0.0.1", with), "10.0.0.9") || strings.Contains(texts("10.0.0.1", citusText), "10.0.0.9") {
		t.Error("an infra node is not in the lists, or stays there")
	}
}
