package products

import (
	"strings"
	"testing"

	"pig/internal/inventory"
	"pig/internal/params"
	"pig/internal/product"
	"pig/internal/value"
)

func TestSeedExamplesAreValid(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"modules", "custom", "secure", "citus", "redis", "storage"} {
		diags := params.Validate(load(t, "../../testdata/seed/"+name+".yml"), product.Checks(All())...)
		if err := diags.Err(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		golden(t, "testdata/validate/"+name+".golden", lines(diags))
	}
}

func TestMistakesAreToldInOneGo(t *testing.T) {
	t.Parallel()
	golden(t, "testdata/validate/mistakes.golden", lines(params.Validate(load(t, "testdata/validate/mistakes.yml"), product.Checks(All())...)))
}

func TestExtraVariablesAreChecked(t *testing.T) {
	t.Parallel()
	got := lines(params.ValidateExtra(value.DictOf("pg_rol", "x", "pg_port", "5433", "pg_conf_x", "1", "redis_mode", "clustr", "mine", "1"), product.Checks(All())...))
	want := "error: unknown parameter pg_rol (did you mean pg_role?)\n" +
		"warning: unknown parameter pg_conf_x (did you mean pg_conf? Otherwise, only your own roles can use the parameter)\n" +
		"error: redis_mode must be one of standalone, cluster, sentinel, not 'clustr' (did you mean cluster?)\n"
	if got != want {
		t.Errorf("got %s", got)
	}
}

func TestClustersThatShare(t *testing.T) {
	t.Parallel()
	inv, _, err := inventory.LoadText("i.yml", []byte(`
pg-a: { hosts: { 10.0.0.1: { pg_seq: 1, pg_role: primary } }, vars: { pg_cluster: pg-a, pg_vip_enabled: true, pg_vip_address: 10.0.0.9/24 } }
pg-b: { hosts: { 10.0.0.1: , 10.0.0.2: { pg_seq: 2, pg_role: replica } }, vars: { pg_cluster: pg-b, pg_vip_enabled: true, pg_vip_address: 10.0.0.9/24 } }
pg-c: { hosts: { 10.0.0.3: { pg_seq: 1, pg_role: primary } }, vars: { pg_cluster: pg-c, pg_vip_enabled: true, pg_vip_address: 10.0.0.9/24 } }
`), inventory.Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = params.Validate(inv, product.Checks(All())...).Err()
	for _, want := range []string{
		"i.yml:3:95: host 10.0.0.1 is in two clusters: pg_cluster pg-a and pg-b",
		"i.yml:4:111: pg_vip_address 10.0.0.9 of pg_cluster pg-c is also the pg_vip_address of pg_cluster pg-b, at i.yml:3:123",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v\nlacks %s", err, want)
		}
	}
}

// Patroni names the leader of a cluster in etcd: a plan without one would fail in its middle.
func TestClustersNeedEtcd(t *testing.T) {
	t.Parallel()
	const pg, redis = "pg-t: { hosts: { 10.0.0.1: { pg_seq: 1, pg_role: primary } }, vars: { pg_cluster: pg-t } }\n", "r: { hosts: { 10.0.0.2: { redis_node: 1, redis_instances: { 6379: } } }, vars: { redis_cluster: r } }\n"
	const want = "error: i.yml:1:71: pg_cluster pg-t needs etcd: group etcd of the inventory has no hosts (add etcd: { hosts: { 10.0.0.1: { etcd_seq: 1 } }, vars: { etcd_cluster: etcd } })\n"
	for text, want := range map[string]string{pg: want, pg + "etcd: { }\n": want, withEtcd(pg): "", redis: ""} {
		inv, _, err := inventory.LoadText("i.yml", []byte(text), inventory.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := lines(params.Validate(inv, product.Checks(All())...)); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestATemplateIsThereBeforeItsCopies(t *testing.T) {
	t.Parallel()
	for databases, want := range map[string]string{
		"{ name: a }, { name: b, template: a }":                                 "",
		"{ name: b, template: a }, { name: a }":                                 `:3:66: invalid template "a" of database b: databases are created in the order of pg_databases`,
		"{ name: a, template: a }":                                              `:3:66: invalid template "a" of database a`,
		"{ name: b, template: theirs }":                                         "", // one that somebody else made
		"{ name: a, template: a, state: absent }":                               "",
		"{ name: b, template: a, state: create }, { name: a, state: recreate }": `invalid template "a" of database b`,
	} {
		text := "pg-t:\n  hosts: { 10.0.0.1: { pg_seq: 1, pg_role: primary } }\n  vars: { pg_cluster: pg-t, pg_databases: [ " + databases + " ] }\n"
		if got := lines(params.Validate(loadText(t, withEtcd(text)), product.Checks(All())...)); want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", databases, got, want)
		}
	}
}

func TestNumbersThatProgramsRefuse(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]string{
		"pg_shared_buffer_ratio: 1.5":                                   "pg_shared_buffer_ratio must be a part, from 0 to less than 1, not 1.5",
		"pg_shared_buffer_ratio: -0.1":                                  "pg_shared_buffer_ratio must be a part",
		"pg_shared_buffer_ratio: 0.4":                                   "",
		"pg_weight: 257":                                                "pg_weight must be from 0 to 256, not 257",
		"pg_weight: -1":                                                 "pg_weight must be from 0 to 256, not -1",
		"pg_weight: 0":                                                  "",
		"node_admin_uid: 4294967295":                                    "node_admin_uid must be from 1 to 4294967294, not 4294967295",
		"pg_dbsu_uid: 4294967295":                                       "pg_dbsu_uid must be from 1 to 4294967294, not 4294967295",
		"node_sysctl_params: { vm.nr_hugepages: many }":                 `invalid value "many" of kernel parameter vm.nr_hugepages: must be a whole number, 0 or more`,
		"node_sysctl_params: { vm/swappiness: -1 }":                     `invalid value "-1" of kernel parameter vm/swappiness`,
		"node_sysctl_params: { net.core.somaxconn: 1.5 }":               `invalid value "1.5" of kernel parameter net.core.somaxconn`,
		"node_sysctl_params: { kernel.shmmax: 18446744073692774399 }":   "",
		"node_sysctl_params: { vm.swappiness: '{{ mine }}' }":           "",
		"node_sysctl_params: { net.ipv4.tcp_rmem: 4096 87380 6291456 }": "",
		"node_sysctl_params: { fs.nr_open: '0x800000' }":                "",
	} {
		text := "pg-t:\n  hosts: { 10.0.0.1: { pg_seq: 1, pg_role: primary, pg_cluster: pg-t, " + said + " } }\n"
		if got := lines(params.Validate(loadText(t, withEtcd(text)), product.Checks(All())...)); want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", said, got, want)
		}
	}
}

// What a server would refuse in the middle of a run: roles that go away and are wanted, circles, what the cluster itself needs.
func TestRolesAndWhatTheyNeed(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]string{
		"pg_users: [ { name: a, roles: [ b ] }, { name: b, state: absent } ]":                                                  `:3:61: invalid role "b" of user a: the role has state: absent`,
		"pg_users: [ { name: a, roles: [ { name: b, state: absent } ] }, { name: b, state: absent } ]":                         "",
		"pg_users: [ { name: a, state: absent, roles: [ b ] }, { name: b, state: absent } ]":                                   "",
		"pg_users: [ { name: b, state: absent } ], pg_databases: [ { name: d, owner: b } ]":                                    `invalid owner "b" of database d: the user has state: absent`,
		"pg_users: [ { name: b, state: absent } ], pg_databases: [ { name: d, owner: b, state: absent } ]":                     "",
		"pg_users: [ { name: u, roles: [ v ] }, { name: v, roles: [ u ] } ]":                                                   `:3:88: invalid role "u" of user v: u would be a member of itself`,
		"pg_users: [ { name: b, state: absent } ], pg_databases: [ { name: d, schemas: [ { name: s, owner: b } ] } ]":          `invalid owner "b" of schema s: the user has state: absent`,
		"pg_version: 16, pg_default_privileges: [ GRANT MAINTAIN ON TABLES TO dbrole_admin ]":                                  "not supported by PostgreSQL 16, requires 17",
		"pg_version: 17, pg_default_privileges: [ GRANT MAINTAIN ON TABLES TO dbrole_admin ]":                                  "",
		"pg_default_privileges: [ GRANT MAINTAIN ON SEQUENCES TO dbrole_admin ]":                                               "privilege MAINTAIN does not exist on sequences",
		"pg_users: [ { name: u, roles: [ u ] } ]":                                                                              `invalid role "u" of user u: u would be a member of itself`,
		"pg_users: [ { name: u, roles: [ v, w ] }, { name: v, roles: [ w ] }, { name: w } ]":                                   "",
		"pg_users: [ { name: u, roles: [ { name: v } ] }, { name: v, roles: [ { name: u, state: absent } ] } ]":                "",
		"pg_users: [ { name: postgres, state: absent } ]":                                                                      "invalid state absent of user postgres: the cluster itself needs the user",
		"pg_users: [ { name: replicator, state: absent } ]":                                                                    "invalid state absent of user replicator",
		"pg_users: [ { name: dbrole_readonly, state: absent } ]":                                                               "invalid state absent of user dbrole_readonly",
		"pg_users: [ { name: dbuser_old, state: absent } ]":                                                                    "",
		"pg_users: [ { name: a, expire_at: '2030-12-31 nonsense' } ]":                                                          "pg_users[0].expire_at must be a day",
		"pg_databases: [ { name: template1, state: recreate } ]":                                                               "invalid state recreate of database template1: the cluster itself needs the database",
		"pg_databases: [ { name: postgres, state: absent } ]":                                                                  "invalid state absent of database postgres",
		"pg_default_schemas: [ monitor, pg_mine ]":                                                                             `:3:60: invalid schema name "pg_mine"`,
		"pg_default_schemas: [ { name: pg_mine } ]":                                                                            `invalid schema name "pg_mine"`,
		"pg_default_privileges: [ GRANT SELECT ON TABLES TO dbrole_readonly, SELECT ON TABLES ]":                               `:3:97: invalid default privilege "SELECT ON TABLES"`,
		"pg_default_privileges: [ GRANT EXECUTE ON TABLES TO dbrole_readonly ]":                                                "privilege EXECUTE does not exist on tables",
		"pg_default_privileges: [ GRANT SELECT ON TABLES TO dbrole_readonly now ]":                                             "dbrole_readonly now is not a name of a role",
		"pg_default_privileges: [ IN SCHEMA app GRANT USAGE ON SCHEMAS TO app ]":                                               "schemas are in no schema",
		"pg_default_privileges: [ 'IN SCHEMA \"My App\" GRANT SELECT ON TABLES TO public, \"An App\" WITH GRANT OPTION' ]":     "invalid default privilege",
		"pg_default_privileges: [ 'IN SCHEMA app GRANT SELECT ON TABLES TO public, \"An App\" WITH GRANT OPTION', '{{ x }}' ]": "",
	} {
		text := "pg-t:\n  hosts: { 10.0.0.1: { pg_seq: 1, pg_role: primary } }\n  vars: { pg_cluster: pg-t, " + said + " }\n"
		if got := lines(params.Validate(loadText(t, withEtcd(text)), product.Checks(All())...)); want == "" && got != "" || !strings.Contains(got, want) || strings.Count(got, "\n") > 1 {
			t.Errorf("%s: %q, want %q", said, got, want)
		}
	}
}
