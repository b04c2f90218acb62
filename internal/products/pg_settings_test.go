package products

import (
	"fmt"
	"strings"
	"testing"
)

func TestSettingsAreThoseOfTheVersion(t *testing.T) {
	t.Parallel()
	const one = "pg-t:\n  hosts: { 10.0.0.1: { pg_seq: 1, pg_role: primary } }\n  vars: { pg_cluster: pg-t, pg_version: %d, %s }\n"
	for _, c := range []struct {
		version int
		given   string
		want    []string
	}{
		{17, "pg_parameters: { work_mem: 64MB, autovacuum: on, random_page_cost: 1.1, max_connections: 300, TimeZone: UTC }", nil},
		{17, "pg_parameters: { shard_buffers: 1GB }", []string{`:3:62: invalid setting "shard_buffers": not found in PostgreSQL 17`}},
		{17, "pg_parameters: { work_mem: '64 mb' }", []string{`:3:72: invalid value "64 mb" of work_mem: PostgreSQL 17: must be a whole number with a unit of B, kB, MB, GB, TB`}},
		{17, "pg_parameters: { log_min_duration_statement: '1 sec', autovacuum: 'of', random_page_cost: '1,1' }", []string{
			`:3:90: invalid value "1 sec"`, `:3:111: invalid value "of"`, `:3:135: invalid value "1,1"`}},
		{17, "pg_parameters: { io_method: worker }", []string{`:3:62: invalid setting "io_method": not found in PostgreSQL 17`}},
		{18, "pg_parameters: { io_method: worker }", nil},
		{17, "pg_parameters: { old_snapshot_threshold: 1h }", []string{`:3:62: invalid setting "old_snapshot_threshold"`}},
		{17, "pg_parameters: { port: 5433 }", []string{`:3:62: invalid setting "port" here: pg_port decides it`}},
		{17, "pg_parameters: { archive_command: 'cp %p /x' }", []string{`:3:62: invalid setting "archive_command" here: pgBackRest archives`}},
		{17, "pgbackrest_enabled: false, pg_parameters: { archive_command: 'cp %p /x' }", nil},
		{17, "pg_parameters: { work_mem: '{{ x }}', auto_explain.log_analyze: on, pgsodium.x: y }", nil},
		{17, "pg_parameters: { auto_explain.log_format: html }", []string{`:3:87: invalid value "html" of auto_explain.log_format: PostgreSQL 17: must be one of text, xml, json, yaml`}},
		{17, "pg_parameters: { pg_stat_statements.maxx: 1 }", []string{`:3:62: invalid setting "pg_stat_statements.maxx": not found in PostgreSQL 17 (did you mean pg_stat_statements.max?)`}},
		{15, "pg_parameters: { auto_explain.log_parameter_max_length: 1 }", []string{`:3:62: invalid setting "auto_explain.log_parameter_max_length": not found in PostgreSQL 15 (the first version with the setting is PostgreSQL 16)`}},
		{17, "pg_users: [ { name: u, parameters: { pg_stat_statements.max: 10 } } ]", []string{`:3:82: invalid setting "pg_stat_statements.max" here: the setting has one value for the whole server`}},
		{17, "pg_parameters: { work_mem: }", []string{`:3:72: invalid value of work_mem: must not be empty (remove the line to use the default)`}},
		{17, "pg_databases: [ { name: d, parameters: { work_mem: null } } ]", []string{`:3:96: invalid value of work_mem: must not be empty (write DEFAULT to reset the setting)`}},
		{17, "pg_parameters: { shared_preload_libraries: nix }", []string{`:3:62: invalid setting "shared_preload_libraries" here: pg_libs decides it`}},
		{17, "pg_parameters: { ssl_min_protocol_version: TLSv1.3, ssl_max_protocol_version: TLSv1.2 }", []string{`:3:88: invalid value "TLSv1.3" of ssl_min_protocol_version: ssl_min_protocol_version TLSv1.3 is above ssl_max_protocol_version TLSv1.2`}},
		{17, "pg_parameters: { ssl_max_protocol_version: TLSv1.1 }", []string{`:3:88: invalid value "TLSv1.1" of ssl_max_protocol_version: ssl_min_protocol_version TLSv1.2 is above`}},
		{17, "pg_parameters: { ssl_min_protocol_version: TLSv1.3, ssl_max_protocol_version: '' }", nil},
		{17, "pg_parameters: { ssl_min_protocol_version: TLSv1, ssl_max_protocol_version: TLSv1 }", nil},
		{17, "pg_parameters: { client_encoding: GBK }", nil},
		{17, "pg_parameters: { client_encoding: nix }", []string{`:3:79: invalid value "nix" of client_encoding: unknown encoding "nix"`}},
		{17, "pg_parameters: { work_mem: [ 1, 2 ] }", []string{`:3:72: invalid value of work_mem: must be one text or number`}},
		{17, "pg_parameters: { work_mem: 1GB, WORK_MEM: 2GB }", []string{`:3:77: duplicate setting "WORK_MEM": PostgreSQL does not distinguish it from "work_mem"`}},
		{17, "pg_parameters: { unix_socket_directories: /tmp }", []string{`:3:62: invalid setting "unix_socket_directories" here: pgbouncer and the tools`}},
		{17, "pg_parameters: { unix_socket_directories: '/tmp, /var/run/postgresql' }", nil},
		{17, "pg_parameters: { ssl: off }", []string{`:3:62: invalid setting "ssl" here: replication and the accounts`}},
		{17, "pg_parameters: { wal_level: minimal }", []string{`:3:73: invalid value "minimal" of wal_level`}},
		{17, "pg_parameters: { max_connections: 24 }", []string{`:3:79: invalid value "24" of max_connections`}},
		{17, "pg_users: [ { name: u, parameters: { work_mem: 1GB, search_path: [ a, b ], log_statement: DEFAULT } } ]", nil},
		{17, "pg_users: [ { name: u, parameters: { shared_buffers: 1GB } } ]", []string{`:3:82: invalid setting "shared_buffers" here: the setting has one value for the whole server`}},
		{17, "pg_databases: [ { name: d, parameters: { statement_timout: 1s } } ]", []string{`:3:86: invalid setting "statement_timout"`}},
	} {
		got := mistakes(t, fmt.Sprintf(one, c.version, c.given))
		lines := strings.Split(strings.TrimSuffix(got, "\n"), "\n")
		if got == "" {
			lines = nil
		}
		if len(lines) != len(c.want) {
			t.Errorf("%d, %s:\n%s", c.version, c.given, got)
			continue
		}
		for i, want := range c.want {
			if !strings.HasPrefix(lines[i], want) {
				t.Errorf("%d, %s: %s, want %s", c.version, c.given, lines[i], want)
			}
		}
	}
}
