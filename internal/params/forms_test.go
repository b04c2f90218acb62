package params

import (
	"testing"

	"pig/internal/value"
)

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
		"days":        {"397d": true, "397": true, "1d": true, "0d": false, "0": false, "12h": false, "1s": false, "-1d": false, "1y": false},
		"proxy_time":  {"24h": true, "24d": true, "25d": false, "2147483647": true, "2147483648": false, "5min": false, "10 s": false, "500us": true},
		"scrape_time": {"10s": true, "1m30s": true, "10": true, "1.5s": true, "10sec": false, "5min": false, "-1s": false},
		"label":       {"ip_vs_rr": true, "../../etc/cron.d/x": false},
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

// What fails for each host when it is dialled is told with the line that it stands in.
func TestVariablesOfConnections(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		val  value.Value
		want string
	}{
		{"ansible_port", int64(2222), ""}, {"ansible_port", "2222", ""}, {"ansible_port", "{{ p }}", ""}, {"ansible_port", nil, ""},
		{"ansible_port", int64(70000), "must be a port, 1 to 65535, not 70000"}, {"ansible_ssh_port", "ssh", "must be a port, 1 to 65535, not 'ssh'"},
		{"ansible_timeout", int64(30), ""}, {"ansible_timeout", "soon", "must be a number of seconds, not 'soon'"}, {"ansible_ssh_timeout", int64(-1), "must be a number of seconds, not -1"},
		{"ansible_ssh_retries", int64(3), ""}, {"ansible_ssh_retries", "often", "must be a whole number, 0 or more, not 'often'"},
		{"ansible_connection", "local", ""}, {"ansible_connection", "ansible.builtin.ssh", ""}, {"ansible_connection", "telnet", "must be ssh or local, not 'telnet'"},
		{"ansible_become_method", "sudo", ""}, {"ansible_become_method", "su", "must be sudo, not 'su'"},
		{"ansible_become_flags", "-H -n", ""}, {"ansible_become_flags", "-E", "must be of -H, -S, -n, --set-home, --stdin, --non-interactive, not '-E'"},
		{"ansible_become", true, ""}, {"ansible_become", "perhaps", "must be true or false, not 'perhaps'"},
		{"ansible_ssh_common_args", "-o ProxyJump=a", ""}, {"ansible_ssh_common_args", "-Z", "is not supported: SSH option -Z is not supported"},
		{"ansible_ssh_executable", "/usr/bin/ssh", ""}, {"ansible_ssh_executable", "/opt/plink", "is not supported: pig has its own SSH client"},
		{"ansible_scp_extra_args", "-C", "is not supported"}, {"ansible_python_interpreter", "/x", ""},
	} {
		vars := value.NewDict()
		vars.Set(c.name, c.val)
		got := ValidateExtra(vars)
		if c.want == "" && len(got) > 0 || c.want != "" && (len(got) != 1 || got[0].Summary != c.name+" "+c.want) {
			t.Errorf("%s %v: %v", c.name, c.val, got)
		}
	}
}
