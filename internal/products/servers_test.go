package products

import (
	"strings"
	"testing"

	"pig/internal/inventory"
	"pig/internal/params"
	"pig/internal/product"
)

// What a server would refuse at its start, or a database when it is created.
func TestWhatServersRefuseIsFoundBefore(t *testing.T) {
	t.Parallel()
	const text = "all:\n  hosts:\n    10.0.0.1: { pg_seq: 1, pg_role: primary, pg_cluster: pg-a, etcd_seq: 1, VALUES }\n"
	db := func(fields string) string { return "pg_databases: [ { name: d, " + fields + " } ]" }
	for values, want := range map[string]string{
		"etcd_election_timeout: 400":                                                 "invalid etcd_election_timeout 400: must be at least 5 times etcd_heartbeat_interval, which is 100",
		"etcd_election_timeout: 60000":                                               "must be at most 50000",
		"etcd_heartbeat_interval: 0":                                                 "invalid etcd_heartbeat_interval 0",
		"etcd_heartbeat_interval: 200":                                               "",
		"etcd_heartbeat_interval: '{{ x }}'":                                         "",
		"pg_encoding: UTF9":                                                          `invalid pg_encoding: unknown encoding "UTF9"`,
		"pg_encoding: GBK":                                                           "encoding GBK is for clients only",
		"pg_encoding: LATIN1, pg_lc_collate: de_DE.UTF-8":                            "invalid pg_lc_collate: locale de_DE.UTF-8 has another encoding than LATIN1",
		"pg_locale: de_DE.UTF-8, pg_lc_ctype: de_DE.UTF-8":                           "",
		db("encoding: LATIN1"):                                                       "invalid encoding LATIN1 of database d: a copy of template1 has that of the cluster (write template: template0)",
		db("encoding: LATIN1, template: template0"):                                  "",
		db("encoding: LATIN1, template: template0, locale: de_DE.UTF-8"):             "invalid locale of database d: locale de_DE.UTF-8 has another encoding than LATIN1",
		db("encoding: utf-8"):                                                        "",
		db("encoding: nosuch"):                                                       `invalid encoding of database d: unknown encoding "nosuch"`,
		db("lc_collate: de_DE.UTF-8"):                                                "invalid lc_collate de_DE.UTF-8 of database d: a copy of template1",
		db("lc_collate: de_DE.UTF-8, template: mine"):                                "",
		db("locale: C"):                                                              "",
		db("locale: C, lc_ctype: C"):                                                 "",
		db("locale_provider: builtin, builtin_locale: xx"):                           `invalid builtin_locale "xx" of database d`,
		db("builtin_locale: C.UTF-8"):                                                "builtin_locale of database d needs locale_provider: builtin",
		db("locale_provider: builtin, builtin_locale: C.UTF-8"):                      "invalid locale_provider builtin of database d: a copy of template1 has that of the cluster (write template: template0)",
		db("locale_provider: builtin, builtin_locale: C.UTF-8, template: template0"): "",
		db("locale_provider: builtin, builtin_locale: PG_UNICODE_FAST, template: template0") + ", pg_version: 17":  "invalid builtin_locale PG_UNICODE_FAST of database d: not supported by PostgreSQL 17, requires 18",
		db("locale_provider: icu, icu_locale: de, icu_rules: '&V << w', template: template0") + ", pg_version: 15": "invalid icu_rules of database d: not supported by PostgreSQL 15, requires 16",
		db("strategy: wal_log") + ", pg_version: 14":                                                               "invalid strategy of database d: not supported by PostgreSQL 14, requires 15",
		db("strategy: wal_log") + ", pg_version: 15":                                                               "",
		db("icu_locale: de"): "icu_locale of database d needs locale_provider: icu",
		db("locale_provider: icu, encoding: SQL_ASCII, template: template0"): "ICU cannot do encoding SQL_ASCII",
		db("icu_rules: x"):                                                                                         "icu_rules of database d needs locale_provider: icu",
		db("encoding: nosuch, state: absent"):                                                                      "",
		db("locale_provider: icu, template: template0"):                                                            "locale_provider icu of database d lacks a locale (write icu_locale)",
		db("locale_provider: builtin"):                                                                             "locale_provider builtin of database d lacks a locale (write builtin_locale)",
		db("locale_provider: icu, template: template0, icu_locale: de"):                                            "",
		db("locale_provider: icu, template: mine"):                                                                 "",
		db("locale_provider: icu, locale: de, template: template0"):                                                "",
		db("locale_provider: icu, icu_locale: de") + ", pg_version: 14":                                            "invalid locale_provider icu of database d: not supported by PostgreSQL 14, requires 15",
		db("locale_provider: builtin, builtin_locale: C") + ", pg_version: 16":                                     "invalid locale_provider builtin of database d: not supported by PostgreSQL 16, requires 17",
		db("locale_provider: libc") + ", pg_version: 14":                                                           "",
		db("pool_size: -1"):                                                                                        "pg_databases[0].pool_size must be 0 or more, not -1",
		db("connlimit: -2"):                                                                                        "pg_databases[0].connlimit must be from -1 to 2147483647, not -2",
		"haproxy_services: [ { name: z, port: 1, ip: here } ]":                                                     `invalid ip "here" of service z`,
		"haproxy_services: [ { name: z, port: 1, ip: '*' } ]":                                                      "",
		"haproxy_services: [ { name: z, port: 1, servers: [ { name: a, ip: 300.1.1.1, port: 1 } ] } ]":             `invalid ip "300.1.1.1" of server a`,
		"haproxy_services: [ { name: z, port: 1, servers: [ { name: a, ip: db.example, port: 1 } ] } ]":            "",
		"haproxy_services: [ { name: z, port: 1, servers: [ { name: a, ip: 10.0.0.9, port: 1, weight: 257 } ] } ]": "weight must be from 0 to 256, not 257",
		"pg_services: [ { name: z, port: 1, selector: '[]', check: primary } ]":                                    `invalid check "primary" of service z`,
		"node_timezone: Asia/Nowhere":                                                                              "node_timezone must be a time zone",
		"node_timezone: Asia/Shanghai":                                                                             "",
	} {
		inv, _, err := inventory.LoadText("i.yml", []byte(withEtcd(strings.Replace(text, "VALUES", values, 1))), inventory.Options{})
		if err != nil {
			t.Fatal(err)
		}
		got := lines(params.Validate(inv, product.Checks(All())...))
		if !strings.Contains(got, want) || (want == "") != (got == "") {
			t.Errorf("%s: %s, want %s", values, got, want)
		}
	}
}
