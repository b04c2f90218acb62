package products

import (
	"strings"
	"testing"

	"pig/internal/params"
	"pig/internal/product"
)

// Values that read well and that no program could work with.
func TestValuesThatCannotWork(t *testing.T) {
	t.Parallel()
	const system = " must be an absolute path without blanks, quotes and .., and no directory of the system's"
	for said, want := range map[string]string{
		"haproxy_exporter_port: 22":                                              "the SSH server and haproxy_exporter_port use the same port 22",
		"ansible_port: 9101":                                                     "the SSH server and haproxy_exporter_port use the same port 9101",
		"ansible_port: 9101, ansible_host: 10.0.0.1":                             "",
		"pgbouncer_port: 80":                                                     "pgbouncer_port must be a port from 1024",
		"pg_fs_main: /etc/postgres":                                              "pg_fs_main" + system + ", not '/etc/postgres'",
		"pg_log_dir: /var/log":                                                   "pg_log_dir" + system,
		"pg_log_dir: /var/log/postgres":                                          "",
		"pg_data: /pg/../data":                                                   "pg_data" + system,
		"pg_bin_dir: /usr/bin":                                                   "",
		"pg_dns_suffix: -.-":                                                     "pg_dns_suffix must be the end of a domain name",
		"pg_dns_suffix: .db.local":                                               "",
		"pg_databases: [ { name: postgres, allowconn: false } ]":                 "invalid allowconn false of database postgres",
		"pg_databases: [ { name: d, allowconn: false } ]":                        "",
		"pg_databases: [ { name: d, connlimit: 3000000000 } ]":                   "connlimit must be from -1 to 2147483647",
		"pg_databases: [ { name: d, tablespace: pg_global } ]":                   "invalid tablespace pg_global of database d",
		"pg_databases: [ { name: a, state: absent }, { name: b, template: a } ]": `invalid template "a" of database b: the database has state: absent`,
		"pg_databases: [ { name: a, extensions: [ pg_cron ] }, { name: b, extensions: [ pg_cron ] } ]":        "invalid extension pg_cron of database b: database a has it, and only one database of a cluster can have it",
		"pg_databases: [ { name: a, extensions: [ pg_cron ] }, { name: b, extensions: [ postgis ] } ]":        "",
		"pgbackrest_repo: { local: { path: / } }":                                                             `invalid path "/" of backup repository local: a directory of the system's`,
		"pgbackrest_repo: { local: { path: /pg/data/backup } }":                                               "the path is inside the data of the cluster",
		"pgbackrest_repo: { local: { path: /data/postgres/pg-t-18/backup } }":                                 "the path is inside the data of the cluster",
		"pgbackrest_repo: { local: { path: /pg/backup } }":                                                    "",
		"node_crontab: [ '0 1 * * * nobody-there /bin/true' ]":                                                `account "nobody-there" of node_crontab is not created by pig or the system`,
		"node_crontab: [ '0 1 * * * postgres /bin/true', '@daily root /bin/true' ]":                           "",
		"redis_cluster: r, redis_node: 1, redis_instances: { 80: }":                                           `invalid key "80" in redis_instances: only root can use ports below 1024`,
		"minio_cluster: m, minio_seq: 1, minio_data: /etc":                                                    "minio_data must be an absolute path other than the system's directories",
		"minio_cluster: m, minio_seq: 1, minio_data: '/data{1...2}/../x'":                                     "minio_data must be",
		"minio_cluster: m, minio_seq: 1, minio_data: '/mnt/disk{1...4}/minio'":                                "",
		"minio_cluster: m, minio_seq: 1, minio_users: [ { access_key: minioadmin, secret_key: A.Long.One } ]": `invalid access_key "minioadmin": this is the name of the root user`,
		"minio_cluster: m, minio_seq: 1, minio_extra_vars: nonsense":                                          "invalid line in minio_extra_vars: want NAME=value",
		"minio_cluster: m, minio_seq: 1, minio_extra_vars: MINIO_ROOT_USER=x":                                 "invalid variable MINIO_ROOT_USER in minio_extra_vars: minio_access_key decides it",
		"minio_cluster: m, minio_seq: 1, minio_extra_vars: \"# a\\nMINIO_BROWSER=off\"":                       "",
	} {
		text := "pg-t:\n  hosts: { 10.0.0.1: { pg_seq: 1, pg_role: primary, pg_cluster: pg-t, " + said + " } }\n"
		if got := lines(params.Validate(loadText(t, withEtcd(text)), product.Checks(All())...)); want == "" && got != "" || !strings.Contains(got, want) || strings.Count(got, "\n") > 1 {
			t.Errorf("%s: %q, want %q", said, got, want)
		}
	}
}

func TestAddressesThatServicesListenOn(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]string{
		"pg_services: [ { name: a, port: 5440, selector: '[]', ip: 10.0.0.7 } ]":                                                    "no member of pg-t has a known address 10.0.0.7, the listen address of service a",
		"pg_services: [ { name: a, port: 5440, selector: '[]', ip: 10.0.0.1 } ]":                                                    "",
		"pg_services: [ { name: a, port: 5440, selector: '[]', ip: '*' } ]":                                                         "",
		"pg_vip_enabled: true, pg_vip_address: 10.0.0.9/24, pg_services: [ { name: a, port: 5440, selector: '[]', ip: 10.0.0.9 } ]": "",
	} {
		got := mistakes(t, "pg-t:\n  hosts: { 10.0.0.1: { pg_seq: 1, pg_role: primary } }\n  vars: { pg_cluster: pg-t, "+said+" }\n")
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", said, got, want)
		}
	}
}
