package products

import (
	"fmt"
	"strings"
	"testing"

	"pig/internal/product"
	"pig/internal/value"
)

func mistakes(t *testing.T, text string) string {
	t.Helper()
	_, diags := product.Resolve(loadText(t, text), All(), product.Options{})
	var b strings.Builder
	for _, d := range diags {
		fmt.Fprintln(&b, strings.TrimPrefix(d.Error(), d.Pos.File))
	}
	return b.String()
}

func TestWhatAClusterCannotBe(t *testing.T) {
	t.Parallel()
	const one = "pg-t:\n  hosts: { 10.0.0.1: { pg_seq: 1, pg_role: primary } }\n  vars: { pg_cluster: pg-t, %s }\n"
	for given, want := range map[string]string{
		"patroni_enabled: false":                       ":3:46: invalid patroni_enabled of pg-t",
		"patroni_mode: remove":                         ":3:43: invalid patroni_mode \"remove\"",
		"pg_mode: mssql":                               "",
		"pg_mode: gpsql":                               ":3:38: invalid pg_mode \"gpsql\": Patroni does not run the coordinator",
		"pg_mode: oracle":                              ":3:38: invalid pg_mode \"oracle\": packages of this server exist only for Red Hat 7",
		"pg_mode: oriole, pg_libs: pg_stat_statements": "library \"orioledb\" not found in pg_libs: OrioleDB (pg_mode oriole) needs it (write pg_libs: 'orioledb, pg_stat_statements')",
		"pg_mode: mysql, pg_version: 14, pg_parameters: { mysql.port: 3307, second_level_cache: on }": "",
		"pg_files: [ a/pg_hba.conf ]":                            ":3:41: invalid file \"pg_hba.conf\" in pg_files",
		"pg_files: [ x/map.csv, y/map.csv ]":                     ":3:52: duplicate file \"map.csv\" in pg_files",
		"pgsodium_key: abc":                                      ":3:43: pgsodium_key must be 64 hexadecimal digits",
		"pg_service_provider: proxy":                             ":3:50: invalid pg_service_provider \"proxy\": want a group with hosts",
		"pg_parameters: { superuser_reserved_connections: 500 }": "invalid value 500 of superuser_reserved_connections: 500 of 500",
		"pg_parameters: { superuser_reserved_connections: 90, reserved_connections: 10, max_connections: 100 }": "invalid value 90 of superuser_reserved_connections: 100 of 100",
		"pg_conf: mine.yml, pg_parameters: { superuser_reserved_connections: 900 }":                             "",
		"pg_parameters: '{{ mine }}'": "",
		"pg_parameters: { superuser_reserved_connections: 10, max_connections: 100 }":                   "",
		"pg_vip_enabled: true, pg_vip_address: 192.168.1.2/24":                                          "virtual address 192.168.1.2 of pg-t: no member is in its network 192.168.1.0/24",
		"pg_vip_enabled: true, pg_vip_address: 10.0.0.9/24":                                             "",
		"pgb_hba_rules: [ { rules: [ 'hostgssenc all all 10.0.0.0/8 md5' ] } ]":                         "must begin with one of local, host, hostssl, hostnossl",
		"pgb_hba_rules: [ { rules: [ 'host all all 10.0.0.0/8 ident' ] } ]":                             "the method must be one of cert, ldap, md5",
		"pgb_hba_rules: [ { rules: [ 'host all all db.example.com md5' ] } ]":                           "want a network or all, not the name db.example.com",
		"pgb_hba_rules: [ { rules: [ 'host all all 10.0.0.0 255.0.0.0 md5', 'local all all peer' ] } ]": "",
		"pgbouncer_enabled: false":                                    ":3:48: services of pg-t use pgbouncer, but pgbouncer_enabled is false (set pg_default_service_dest: postgres)",
		"pgbouncer_enabled: false, pg_default_service_dest: postgres": "",
		"pgbouncer_enabled: '{{ mine }}'":                             "",
		"pgbouncer_enabled: false, pg_default_service_dest: postgres, pg_services: [ { name: a, port: 5440, selector: '[]', dest: pgbouncer } ]": "service a of pg-t uses pgbouncer, but pgbouncer_enabled is false (write dest: postgres)",
		"pgbouncer_enabled: false, pg_default_service_dest: postgres, pg_services: [ { name: a, port: 5440, selector: '[]', dest: 6432 } ]":      "service a of pg-t uses pgbouncer",
		"pg_default_extensions: [ pg_stat_statements, { name: pgstattupel } ]":                                                                   "no known package provides extension pgstattupel (did you mean pgstattuple?",
		"pg_default_extensions: [ my_own ], pg_packages: [ pgsql-common, my_own ]":                                                               "",
		"pg_mode: citus":                 "",
		"pg_extensions: [ pgvectr ]":     ":3:46: \"pgvectr\" in pg_extensions is not a name of an extension or of a group of packages",
		"pg_packages: [ 'pgsql-comon' ]": ":3:44: \"pgsql-comon\" in pg_packages is not a name",
		"pg_extensions: [ pgsql-gis, 'postgis, pgvector my_own_thing', pg17-time, postgresql-$v-cron, '{{ x }}' ]": "",
		"pg_files: [ tls/server.key, '{{ x }}' ]":       "",
		"pg_libs: pgsodium, pgsodium_key: '{{ k }}'":    "",
		"patroni_mode: pause, pg_mode: '{{ m }}'":       "",
		"pg_libs: pgsodium, pgsodium_getkey_script: /x": "",
	} {
		got := mistakes(t, fmt.Sprintf(one, given))
		if want == "" && got != "" || !strings.Contains(got, want) || strings.Count(got, "\n") > 1 {
			t.Errorf("%s: %q, want %q", given, got, want)
		}
	}
}

func TestWhatANodeCannotBeCalled(t *testing.T) {
	t.Parallel()
	const two = "nodes:\n  hosts: { 10.0.0.1: { nodename: %s }, 10.0.0.2: { nodename: %s } }\n"
	long := strings.Repeat("n", 65)
	for _, c := range []struct{ one, two, want string }{
		{"a", "b", ""}, {"a", "a", ":2:61: nodes 10.0.0.1 and 10.0.0.2 have the same name a ("}, {"a", long, `invalid name "` + long + `" of node 10.0.0.2: at most 64 characters`},
	} {
		if got := mistakes(t, fmt.Sprintf(two, c.one, c.two)); c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s and %s: %q, want %q", c.one, c.two, got, c.want)
		}
	}
}

func TestWhichCommandsOfRedisHaveOtherNames(t *testing.T) {
	t.Parallel()
	const one = "redis-t:\n  hosts: { 10.0.0.1: { redis_node: 1, redis_instances: { 6379: {} } } }\n  vars: { redis_cluster: redis-t, redis_rename_commands: { %s } }\n"
	for given, want := range map[string]string{
		"FLUSHALL: ''":                  "",
		"config: x-config, x: y":        `unknown command "x": Redis does not start with it`,
		"flushal: ''":                   `unknown command "flushal": Redis would not start with it; did you mean flushall?`,
		"'config|set': ''":              `unknown command "config|set": all subcommands of config share one name`,
		"config: get":                   "command config of redis-t cannot be renamed to get: Redis has a command of that name",
		"get: old-get, config: get":     "",
		"KEYS: '', config: keys":        "",
		"hgetex: x-hgetex, vadd: x-add": "",
	} {
		if got := mistakes(t, fmt.Sprintf(one, given)); want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", given, got, want)
		}
	}
}

func TestServicesAtALoadBalancerElsewhere(t *testing.T) {
	t.Parallel()
	env, _ := product.Resolve(loadText(t, `all:
  children:
    proxy: { hosts: { 10.0.0.9: } }
    pg-a: { hosts: { 10.0.0.1: { pg_seq: 1, pg_role: primary } }, vars: { pg_cluster: pg-a, pg_service_provider: proxy } }
`), All(), product.Options{})
	if got := value.Repr(env.Vars("10.0.0.1").At("pg_service_hosts")); got != "['10.0.0.9']" {
		t.Errorf("the services of pg-a are on %s", got)
	}
}

func TestNodesOfMinIOHaveNamesOfTheirOwn(t *testing.T) {
	t.Parallel()
	const two = "minio:\n  hosts: { 10.0.0.1: { minio_seq: 1 }, 10.0.0.2: { minio_seq: 2 } }\n  vars: { minio_cluster: minio, minio_data: '/data{1...2}', %s }\n"
	for given, want := range map[string]string{
		"minio_node: same.pigsty": "invalid minio_node: same.pigsty is the name of both 10.0.0.1 and 10.0.0.2 (add ${minio_seq} to the name)",
		"minio_volumes: 'https://other-{1...2}.pigsty:9000/data{1...2}'": "invalid minio_volumes: host \"other-1.pigsty\" not found in minio (the members are 10.0.0.1, 10.0.0.2)",
		"minio_volumes: 'https://minio-{1...2}.pigsty:9000/data{1...2}'": "",
		"minio_volumes: 'https://10.0.0.{1...2}:9000/data{1...2}'":       "",
		"minio_volumes: '{{ v }}'":                                       "",
	} {
		got := mistakes(t, fmt.Sprintf(two, given))
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", given, got, want)
		}
	}
}

func TestWhatRedisAndMinioDoNotStartWith(t *testing.T) {
	t.Parallel()
	const redis = "r:\n  hosts: { 10.0.0.1: { redis_node: 1, redis_instances: { 6379: {} } } }\n  vars: { redis_cluster: r, redis_password: a1b2c3d4, redis_rename_commands: %s }\n"
	for given, want := range map[string]string{
		"{ FLUSHALL: x, KEYS: X }":   "commands FLUSHALL and KEYS of r cannot have one name",
		"{ FLUSHALL: '', KEYS: '' }": "",
		"{ FLUSHALL: x, KEYS: y }":   "",
	} {
		if got := mistakes(t, fmt.Sprintf(redis, given)); (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%s: %s", given, got)
		}
	}
}
