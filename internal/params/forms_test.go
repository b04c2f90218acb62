package params

import (
	"strings"
	"testing"

	"pig/internal/inventory"
)

// A name that becomes a path, an account in sudoers, or a word of a unit cannot be more than that.
func TestNamesThatStandInPathsAndRules(t *testing.T) {
	t.Parallel()
	for form, names := range map[string]map[string]bool{
		"account":     {"postgres": true, "svc_pg-1": true, "": false, "a b": false, "dba ALL=(ALL) NOPASSWD: ALL, x": false, "a\nb": false, "../x": false, "%admin": false},
		"ntp_source":  {"pool pool.ntp.org iburst": true, "server a iburst\nallow 0.0.0.0/0": false},
		"host_record": {"10.10.10.10 i.pigsty\n": true, "10.0.0.1 a\n6.6.6.6 evil": false},
		"dir":         {"/data": true, "/data\nx": false},
		"public_key": {
			"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f me":                             true,
			"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f me\ncommand=\"x\" ssh-rsa AAAA": false,
		},
		"label": {"ip_vs_rr": true, "../../etc/cron.d/x": false},
	} {
		for name, want := range names {
			if got := forms()[form].is(name); got != want {
				t.Errorf("%s %q: %v", form, name, got)
			}
		}
	}
	for _, name := range []string{"pg_dbsu", "minio_user", "node_admin_username"} {
		if kind := Lookup(name).Type.Kind; kind != "account" {
			t.Errorf("%s is a %s", name, kind)
		}
	}
}

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
		for _, d := range Validate(inv, allChecks()...) {
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
	for _, d := range Validate(inv, allChecks()...) {
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

// What stands in resolv.conf, in names of domains and in nginx's server names has no room for a second line or word.
func TestFormsOfNamesAndOptions(t *testing.T) {
	t.Parallel()
	for form, texts := range map[string]map[string]bool{
		"dns_option": {"options single-request-reopen timeout:1": true, "ndots:2": true, "": false, "x\nnameserver 6.6.6.6": false, "a;b": false},
		"dns_suffix": {"": true, ".vip": true, "-x.db": true, ".x\n6.6.6.6 evil": false, " evil": false},
		"domain":     {"i.pigsty": true, "*.pigsty": true, "a.b-c_d": true, "": true, "a;b": false, "a b": false, "a\nb": false, "$host": false, "x/": false},
	} {
		for text, want := range texts {
			if got := forms()[form].is(text); got != want {
				t.Errorf("%s %q: %v", form, text, got)
			}
		}
	}
}

// What a serializer would refuse in the middle of a run is told before.
func TestValuesThatNoFileCanHold(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`node_aliases: { "y;id": ls }`:                                        "alias name",
		`node_aliases: { ll: "ls -l" }`:                                       "",
		`node_crontab: [ "# why\n* * * * * root id" ]`:                        "node_crontab[0] must be",
		`node_etc_hosts: [ "${admin_ip} a\n6.6.6.6 b" ]`:                      "node_etc_hosts[0] must be",
		`node_etc_hosts: [ "${admin_ip} a" ]`:                                 "",
		`node_timezone: "${admin_ip}\nx"`:                                     "node_timezone must be",
		`vip_interface: "${x}\ny"`:                                            "vip_interface must be",
		`haproxy_services: [ { name: a, port: 1, ip: "${admin_ip}\nbind" } ]`: "haproxy_services[0].ip must be",
		`pg_log_dir: "${x}\ny"`:                                               "pg_log_dir must be",
		`pg_log_dir: "/x\ny"`:                                                 "pg_log_dir must be",
		`pg_crontab: [ "A=1\n* * * * * id" ]`:                                 "pg_crontab[0] must be",
		`minio_extra_vars: "A=1\nB=2"`:                                        "",
		`vmetrics_options: "-a\n-b"`:                                          "",
		`pg_cluster: a, pg_users: [ { name: q.q@x-y, pool_mode: session } ]`:  "invalid user name",
		`pg_cluster: a, pg_users: [ { name: q.q@x-y, pgbouncer: true } ]`:     "",
		`pg_users: password=CANARY`:                                           "pg_users must be a list",
		`pg_users: [ "dba:CANARY" ]`:                                          "must be a mapping",
		`pg_users: [ { name: a, password CANARY } ]`:                          "unknown field",
		`pgbackrest_repo: { local: "x?password=CANARY" }`:                     "must be a mapping",
		`pg_port: "postgres://u:CANARY@h"`:                                    "pg_port must be",
	} {
		inv, _, err := inventory.LoadText("pigsty.yml", []byte("all: { hosts: { 10.0.0.1: { pg_seq: 1, pg_role: primary, "+text+" } } }"), inventory.Options{})
		if err != nil {
			t.Fatal(err)
		}
		told := ""
		for _, d := range Validate(inv, allChecks()...) {
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
