package products

import (
	"slices"
	"strings"
	"testing"

	"pig/internal/inventory"
	"pig/internal/params"
	"pig/internal/product"
)

// A kernel parameter is one line, whatever its name and value are.
func TestKernelParametersAreLines(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		`{ net.ipv4.ip_forward: 1, "kernel.sched-x": 2 }`: 0,
		`{ "a\nkernel.core_pattern": 1 }`:                 1,
		`{ vm.overcommit_memory: "1\nkernel.x = 2" }`:     1,
	} {
		inv, _, err := inventory.LoadText("pigsty.yml", []byte("all: { hosts: { 10.0.0.1: { node_sysctl_params: "+text+" } } }"), inventory.Options{})
		if err != nil {
			t.Fatal(err)
		}
		found := 0
		for _, d := range params.Validate(inv, product.Checks(All())...) {
			if strings.Contains(d.Summary, "kernel parameter") {
				found++
			}
		}
		if found != want {
			t.Errorf("%s: %d mistakes, want %d", text, found, want)
		}
	}
}

func found(t *testing.T, text string) (all []string) {
	t.Helper()
	inv, _, err := inventory.LoadText("pigsty.yml", []byte(text), inventory.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range params.Validate(inv, product.Checks(All())...) {
		all = append(all, d.Severity.String()+": "+d.Summary)
	}
	return all
}

// What packages are taken on is named, and cannot bring options of apt's own.
func TestKeysOfRepositoriesAreKnown(t *testing.T) {
	t.Parallel()
	sum := strings.Repeat("0a", 32)
	for entry, want := range map[string]string{
		`repo_upstream: [ { name: a, module: m, baseurl: { default: "https://h/debian trixie main" } } ]`:                                       "",
		`repo_upstream: [ { name: a, module: m, baseurl: { default: "https://h/ x main" }, key: environment } ]`:                                "",
		`repo_upstream: [ { name: a, module: m, baseurl: { default: "https://h/ x main" }, key: keys/a.asc } ]`:                                 "",
		`repo_upstream: [ { name: a, module: m, baseurl: { default: "https://h/ x main" }, key: "https://h/k.asc" } ]`:                          "warning: the key of repository a has no checksum",
		`repo_upstream: [ { name: a, module: m, baseurl: { default: "https://h/ x main" }, key: "https://h/k.asc", key_sha256: ` + sum + ` } ]`: "",
		`repo_upstream: [ { name: a, module: m, baseurl: { default: "https://h/ x main" }, key: "https://h/k.asc", key_sha256: 12ab } ]`:        "error: ",
		`repo_upstream: [ { name: a, module: m, baseurl: { default: "https://h/ x main" }, key: "http://h/k.asc" } ]`:                           "error: ",
		`repo_upstream: [ { name: a, module: m, baseurl: { default: "https://h/ x main\ndeb https://evil/ x main" } } ]`:                        "error: invalid baseurl of repository a",
		`repo_upstream: [ { name: a, module: m, baseurl: { default: "[allow-insecure=yes] https://evil/ x main" } } ]`:                          "error: invalid baseurl of repository a",
		`repo_upstream: [ { name: ../../cron.d/a, module: m, baseurl: { default: "https://h/ x main" } } ]`:                                     "error: ",
		`repo_url_packages: [ { name: a.deb, url: "https://h/a.deb", checksum: "sha256:` + sum + `" } ]`:                                        "",
		`repo_url_packages: [ { name: a.deb, url: "https://h/a.deb" } ]`:                                                                        "error: ",
		`repo_url_packages: [ { name: a.deb, url: "https://h/a.deb", checksum: "md5:d41d8cd98f00b204e9800998ecf8427e" } ]`:                      "error: ",
		`repo_url_packages: [ { name: a.deb, url: "https://h/a.deb", checksum: ` + sum + ` } ]`:                                                 "error: ",
	} {
		all := found(t, "all: { hosts: { 10.0.0.1: { "+entry+" } } }")
		got := strings.Join(all, "\n")
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s\n got %q\nwant %q", entry, got, want)
		}
	}
}

// The page of the inventory needs a URL without a password, and the password beside it.
func TestThePageOfTheInventoryHasAPassword(t *testing.T) {
	t.Parallel()
	const seen = ", grafana_view_password: Seen1234"
	for vars, want := range map[string]string{
		`grafana_cmdb_url: ''`:                                                              "",
		`grafana_cmdb_url: postgres://a@10.0.0.1/meta` + seen:                               "",
		`grafana_cmdb_url: "postgres://a@[fd00::1]:5433/meta?sslmode=require"` + seen:       "",
		`grafana_cmdb_url: "postgres://a@${admin_ip}:5432/meta", admin_ip: 10.0.0.1` + seen: "",
		`grafana_cmdb_url: postgres://a@10.0.0.1/meta`:                                      "grafana_cmdb_url is set, but grafana_view_password is not",
		`grafana_cmdb_url: postgres://a:Secret12@10.0.0.1/meta` + seen:                      "grafana_cmdb_url must be a database URL with a user and without a password",
		`grafana_cmdb_url: service=meta` + seen:                                             "grafana_cmdb_url must be",
		`grafana_cmdb_url: postgres://10.0.0.1/meta` + seen:                                 "grafana_cmdb_url must be",
		`grafana_cmdb_url: "postgres://a@10.0.0.1/meta?options=-cx"` + seen:                 "grafana_cmdb_url must be",
	} {
		all := found(t, "all: { children: { infra: { hosts: { 10.0.0.1: { infra_seq: 1 } } } }, vars: { "+vars+" } }")
		got := strings.Join(slices.DeleteFunc(all, func(s string) bool { return !strings.Contains(s, "grafana") }), "\n")
		if want == "" && got != "" || !strings.Contains(got, want) || strings.Contains(got, "Secret12") {
			t.Errorf("%s\n got %q\nwant %q", vars, got, want)
		}
	}
}

// Packages that are named and come from nowhere are told, with what to write.
func TestPackagesHaveASource(t *testing.T) {
	t.Parallel()
	const extra, entry = "repo_extra_packages: [ pgsql-main ]", `repo_upstream: [ { name: a, module: pgsql, baseurl: { default: "http://h/ x main" } } ]`
	const nowhere = "warning: repo_extra_packages has no effect: repo_upstream has no repository of the modules "
	for vars, want := range map[string]string{
		"admin_ip: 10.0.0.1":         "",
		extra:                        nowhere + "infra, node, pgsql (repo_modules)",
		"repo_packages: [ patroni ]": "warning: repo_packages has no effect",
		extra + ", " + entry:         "",
		extra + ", repo_modules: 'infra, node', " + entry: nowhere + "infra, node (repo_modules)",
		extra + ", repo_enabled: false":                   "",
		extra + ", repo_bundle: /tmp/x.tgz":               "",
		`node_repo_modules: "local,pgsql", ` + entry:      "",
		`node_repo_modules: "local,mine", ` + entry:       "warning: node_repo_modules has mine, but repo_upstream has no repository of that module",
		"node_repo_modules: [ mine ]":                     "warning: node_repo_modules has mine",
		"node_repo_modules: ''":                           "",
	} {
		all := found(t, "all: { children: { infra: { hosts: { 10.0.0.1: { infra_seq: 1 } } } }, vars: { "+vars+" } }")
		got := strings.Join(slices.DeleteFunc(all, func(s string) bool { return !strings.Contains(s, "repo_") }), "\n")
		if want == "" && got != "" || !strings.HasPrefix(got, want) {
			t.Errorf("%s\n got %q\nwant %q", vars, got, want)
		}
	}
}

// What a serializer would refuse in the middle of a run is told before.
func TestValuesThatNoFileCanHold(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`node_aliases: { "y;id": ls }`:                                                "alias name",
		`node_aliases: { ll: "ls -l" }`:                                               "",
		`node_crontab: [ "# why\n* * * * * root id" ]`:                                "node_crontab[0] must be",
		`node_etc_hosts: [ "${admin_ip} a\n6.6.6.6 b" ]`:                              "node_etc_hosts[0] must be",
		`node_etc_hosts: [ "${admin_ip} a" ]`:                                         "",
		`node_timezone: "${admin_ip}\nx"`:                                             "node_timezone must be",
		`vip_interface: "${x}\ny"`:                                                    "vip_interface must be",
		`haproxy_services: [ { name: a, port: 1, ip: "${admin_ip}\nbind" } ]`:         "haproxy_services[0].ip must be",
		`pg_log_dir: "${x}\ny"`:                                                       "pg_log_dir must be",
		`pg_log_dir: "/x\ny"`:                                                         "pg_log_dir must be",
		`pg_crontab: [ "A=1\n* * * * * id" ]`:                                         "pg_crontab[0] must be",
		`minio_extra_vars: "A=1\nB=2"`:                                                "",
		`vmetrics_options: "-a\n-b"`:                                                  "",
		`pg_cluster: a, pg_users: [ { name: q.q@x-y, pool_mode: session } ]`:          "invalid user name",
		`pg_cluster: a, pg_users: [ { name: q.q@x-y, pgbouncer: true } ]`:             "",
		`pg_dbsu: root`:                                                               "pg_dbsu must be the name of an account",
		`minio_user: root`:                                                            "minio_user must be the name of an account",
		`pg_cluster: a, pg_users: [ { name: pg_foo } ]`:                               "invalid user name",
		`pg_cluster: a, pg_users: [ { name: none } ]`:                                 "invalid user name",
		`pg_cluster: a, pg_users: [ { name: public, state: absent } ]`:                "",
		`pg_cluster: a, pg_databases: [ { name: pgbouncer } ]`:                        "invalid database name",
		`pg_cluster: a, pg_databases: [ { name: pgbouncer, pgbouncer: false } ]`:      "",
		`pg_cluster: a, pg_databases: [ { name: d, schemas: [ a, pg_foo ] } ]`:        "invalid schema name",
		`pg_cluster: a, pg_databases: [ { name: d, schemas: [ { name: pg_foo } ] } ]`: "invalid schema name",
		`minio_cluster: m, minio_seq: 1, minio_secret_key: a1b2c3d`:                   "minio_secret_key is too short",
		`minio_cluster: m, minio_seq: 1, minio_access_key: ab`:                        "is too short",
		`minio_cluster: m, minio_seq: 1, minio_access_key: a=b`:                       "must not contain = or ,",
		`pg_users: password=CANARY`:                                                   "pg_users must be a list",
		`pg_users: [ "dba:CANARY" ]`:                                                  "must be a mapping",
		`pg_users: [ { name: a, password CANARY } ]`:                                  "unknown field",
		`pgbackrest_repo: { local: "x?password=CANARY" }`:                             "must be a mapping",
		`pg_port: "postgres://u:CANARY@h"`:                                            "pg_port must be",
	} {
		inv, _, err := inventory.LoadText("pigsty.yml", []byte("all: { hosts: { 10.0.0.1: { pg_seq: 1, pg_role: primary, "+text+" } } }"), inventory.Options{})
		if err != nil {
			t.Fatal(err)
		}
		told := ""
		for _, d := range params.Validate(inv, product.Checks(All())...) {
			told += d.Summary + " " + d.Hint + "\n"
		}
		if strings.Contains(told, "CANARY") || want != "" && !strings.Contains(told, want) {
			t.Errorf("%s: want %q, told %s", text, want, told)
		}
		if want == "" && (strings.Contains(told, "must be one line") || strings.Contains(told, "invalid user") || strings.Contains(told, "alias")) {
			t.Errorf("%s: told %s", text, told)
		}
	}
}
