package params

import "testing"

// A name that becomes a path, an account in sudoers, or a word of a unit cannot be more than that.
func TestNamesThatStandInPathsAndRules(t *testing.T) {
	t.Parallel()
	for form, names := range map[string]map[string]bool{
		"account":     {"postgres": true, "svc_pg-1": true, "": false, "a b": false, "dba ALL=(ALL) NOPASSWD: ALL, x": false, "a\nb": false, "../x": false, "%admin": false},
		"ntp_source":  {"pool pool.ntp.org iburst": true, "server a iburst\nallow 0.0.0.0/0": false},
		"host_record": {"10.10.10.10 i.pigsty\n": true, "10.0.0.1 a\n6.6.6.6 evil": false, "10.0.0.1 a b # ours": true, "10.0.0.1 a#b": false, "10.0.0.1 # a": false, "10.0.0.1 #a b": false},
		"nameserver":  {"10.0.0.1": true, "2001:db8::1": true, "127.0.0.53": true, "0.0.0.0": false, "::": false, "224.0.0.1": false, "dns": false},
		"dir":         {"/data": true, "/data\nx": false, "/": false, "/data/..": false, "/data/My Disk": false, "/data/$HOME": false, "/data/1\"": false, "/srv/pg_17.x+a@b": true, "/dätä": true},
		"public_key": {
			"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f me":                             true,
			"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f me\ncommand=\"x\" ssh-rsa AAAA": false,
		},
		"day": {
			"2030-12-31": true, "infinity": true, "": true, "2030-12-31 23:59": true, "2030-12-31 23:59:59.5+08": true, "2030-12-31T00:00:00Z": true, "2030-12-31 UTC": true,
			"2030-12-31 08:00 Asia/Shanghai": true, "2030-12-31 00:00:00 CEST": true, "2030-12-31 00:00:00 -03:30": true,
			"2030-12-31 nonsense": false, "2030-12-31x": false, "2030-02-30": false, "2030-12-31 25:00": false, "2030-12-31 10:61": false, "2030-12-31 10": false, "20301": false,
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
