package products

import (
	"strings"
	"testing"

	"pig/internal/params"
	"pig/internal/product"
)

// What would change accounts of the cluster in each run, or keep them out.
func TestAccountsOfTheClusterAreDeclaredOnce(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]string{
		"pg_users: [ { name: replicator, password: Another.One.1 } ]":                                                                                     `:3:71: invalid password of user replicator: pg_replication_password decides it (write the password as pg_replication_password, and remove it from the list)`,
		"pg_replication_password: A.Long.One.1, pg_users: [ { name: replicator, password: A.Long.One.1 } ]":                                               "",
		"pg_replication_password: '{{ p }}', pg_users: [ { name: replicator, password: A.Long.One.1 } ]":                                                  "",
		"pg_admin_username: boss, pg_users: [ { name: boss, password: Another.One.1 } ]":                                                                  "pg_admin_password decides it",
		"pg_users: [ { name: dbuser_monitor, password: Another.One.1 } ]":                                                                                 "pg_monitor_password decides it",
		"pg_users: [ { name: postgres, password: Another.One.1 } ]":                                                                                       "",
		"pg_dbsu_password: A.Long.One.1, pg_users: [ { name: postgres, password: Another.One.1 } ]":                                                       "pg_dbsu_password decides it",
		"pg_users: [ { name: replicator, login: false } ]":                                                                                                `invalid login false of user replicator: the cluster itself needs it (pg_replication_username)`,
		"pg_users: [ { name: dbuser_monitor, connlimit: 0 } ]":                                                                                            "invalid connlimit 0 of user dbuser_monitor",
		"pg_users: [ { name: dbuser_monitor, connlimit: 5 } ]":                                                                                            "",
		"pg_default_roles: [ { name: replicator, replication: false }, { name: dbuser_dba }, { name: dbuser_monitor } ]":                                  "invalid replication false of user replicator",
		"pg_default_roles: [ { name: postgres, superuser: no }, { name: replicator, replication: yes }, { name: dbuser_dba }, { name: dbuser_monitor } ]": "invalid superuser false of user postgres",
		"pg_default_roles: [ { name: replicator }, { name: dbuser_dba }, { name: dbuser_monitor } ]":                                                      "user replicator of pg_replication_username may not replicate (write replication: true)",
		"pg_default_roles: [ { name: replicator, superuser: true }, { name: dbuser_dba }, { name: dbuser_monitor } ]":                                     "",
		"pg_default_roles: [ { name: replicator, replication: true }, { name: '{{ x }}' } ]":                                                              "",
		"pg_default_roles: '{{ x }}'": "",
		"pg_default_roles: [ { name: replicator, replication: true }, { name: dbuser_dba } ]":                                          ":3:29: user dbuser_monitor of pg_monitor_username not found in pg_default_roles: the user would not be created",
		"pg_default_roles: [ { name: replicator, state: absent, replication: true }, { name: dbuser_dba }, { name: dbuser_monitor } ]": "invalid state absent of user replicator",
		"pg_monitor_username: mon": ":3:29: user mon of pg_monitor_username not found in pg_default_roles: the user would not be created (write { name: mon, roles: [ pg_monitor, dbrole_readonly ], pgbouncer: true } there",
		"pg_admin_username: boss":  ":3:29: user boss of pg_admin_username not found",
		"pg_replication_username: rep2, pg_users: [ { name: rep2, replication: true } ]":                          ":3:29: user rep2 of pg_replication_username not found in pg_default_roles",
		"pg_users: [ { name: dbuser_dba, superuser: false } ]":                                                    `invalid superuser false of user dbuser_dba: pg_default_roles has true, so every run would change it back and forth (declare the user in only one of the lists)`,
		"pg_users: [ { name: dbuser_dba, superuser: yes, createdb: true } ]":                                      "",
		"pg_users: [ { name: dbuser_dba, comment: mine } ]":                                                       "invalid comment mine of user dbuser_dba: pg_default_roles has pgsql admin user",
		"pg_users: [ { name: dbuser_monitor, parameters: { log_min_duration_statement: 1 } } ]":                   "invalid log_min_duration_statement 1 of user dbuser_monitor: pg_default_roles has 1000",
		"pg_users: [ { name: dbuser_monitor, parameters: { log_min_duration_statement: 1000, work_mem: 1GB } } ]": "",
	} {
		text := "pg-t:\n  hosts: { 10.0.0.1: { pg_seq: 1, pg_role: primary } }\n  vars: { pg_cluster: pg-t, " + said + " }\n"
		if got := lines(params.Validate(loadText(t, withEtcd(text)), product.Checks(All())...)); want == "" && got != "" || !strings.Contains(got, want) || strings.Count(got, "\n") > 1 {
			t.Errorf("%s: %q, want %q", said, got, want)
		}
	}
}

// The superuser's socket is the way by which everything is declared.
func TestRulesThatShutTheSuperuserOut(t *testing.T) {
	t.Parallel()
	const mine = "pg_default_hba_rules: [ { user: '${dbsu}', addr: local, auth: ident } ], "
	for said, want := range map[string]string{
		"pg_hba_rules: [ { addr: local, auth: deny, order: 100 } ]":                                                                                  "",
		"pg_default_hba_rules: [ { user: '${dbsu}', addr: local, auth: ident, order: 9 } ], pg_hba_rules: [ { addr: local, auth: deny, order: 1 } ]": `:3:128: invalid rule "local all all reject": the database superuser postgres could no longer connect through the Unix socket (add a rule for the user ${dbsu}`,
		mine + "pg_hba_rules: [ { addr: local, auth: pwd, order: 1 } ]":                                                                              `invalid rule "local all all scram-sha-256"`,
		mine + "pg_hba_rules: [ { addr: local, auth: pwd } ]":                                                                                        "",
		mine + "pg_hba_rules: [ { user: app, addr: local, auth: deny, order: 1 } ]":                                                                  "",
		mine + "pg_hba_rules: [ { db: mine, addr: local, auth: pwd, order: 1 } ]":                                                                    "",
		mine + "pg_hba_rules: [ { addr: local, auth: trust, order: 1 } ]":                                                                            "",
		mine + "pg_hba_rules: [ { rules: [ 'local all /^post reject' ], order: 1 } ]":                                                                `invalid rule "local all /^post reject"`,
		mine + "pg_hba_rules: [ { rules: [ 'include_if_exists more.conf' ], order: 1 } ]":                                                            "",
		mine + "pg_hba_rules: [ { addr: world, auth: deny, order: 1 } ]":                                                                             "",
		"pg_default_hba_rules: [ { addr: world, auth: pwd } ]":                                                                                       `:3:51: no rule allows the database superuser postgres to connect through the Unix socket`,
		"pg_hba_rules: [ { user: '${rpl}', addr: world, auth: pwd } ]":                                                                               "user of an HBA rule: unknown placeholder ${rpl}, did you mean ${repl}?",
		"pg_hba_rules: [ { user: 'app, ${admin}', addr: world, auth: pwd } ]":                                                                        "",
		"pgb_hba_rules: [ { user: '${nix}', addr: world, auth: pwd } ]":                                                                              "unknown placeholder ${nix}",
		"pg_hba_rules: [ { db: '${nix}', addr: world, auth: pwd } ]":                                                                                 "db of an HBA rule: unknown placeholder ${nix}",
		"pg_hba_rules: [ { rules: [ 'host all ${dbsu} 10.0.0.0/8 md5' ] } ]":                                                                         "placeholders are not replaced in raw rules",
		"pg_version: 15, pg_hba_rules: [ { rules: [ 'include more.conf' ] } ]":                                                                       "include requires PostgreSQL 16, not 15",
		"pg_version: 15, pg_hba_rules: [ { user: /^x, addr: world, auth: pwd } ]":                                                                    "regular expressions require PostgreSQL 16, not 15",
		"pg_version: 16, pg_hba_rules: [ { user: /^x, addr: world, auth: pwd } ]":                                                                    "",
		"pg_version: 17, pg_hba_rules: [ { rules: [ 'host all all all oauth issuer=a scope=b' ] } ]":                                                 "method oauth requires PostgreSQL 18, not 17",
		"pg_version: 18, pg_hba_rules: [ { rules: [ 'host all all all oauth issuer=a scope=b' ] } ]":                                                 "",
	} {
		got := mistakes(t, "pg-t:\n  hosts: { 10.0.0.1: { pg_seq: 1, pg_role: primary } }\n  vars: { pg_cluster: pg-t, "+said+" }\n")
		if want == "" && got != "" || !strings.Contains(got, want) || strings.Count(got, "\n") > 1 {
			t.Errorf("%s: %q, want %q", said, got, want)
		}
	}
}
