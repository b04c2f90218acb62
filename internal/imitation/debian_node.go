package imitation

// nodePackages are what role node, its load balancer and its exporter come from.
func nodePackages(u *Universe) {
	u.provide(map[string]Package{
		"chrony": {Version: "4.6.1-3", Units: []string{"chrony"}, Files: []Laid{
			service("chrony", "/usr/sbin/chronyd"), program("/usr/sbin/chronyd"), {Path: "/etc/chrony/chrony.conf", Content: "pool 2.debian.pool.ntp.org\n", Config: true}, {Path: "/etc/default/chrony", Content: "DAEMON_OPTS=\"-F 1\"\n", Config: true},
		}},
		"cron": {Version: "3.0pl1-197", Units: []string{"cron"}, Files: []Laid{service("cron", "/usr/sbin/cron")}},
		"haproxy": {Version: "3.0.11-1", Units: []string{"haproxy"}, Users: []string{"haproxy"}, Files: []Laid{
			service("haproxy", "/usr/sbin/haproxy"), program("/usr/sbin/haproxy"), {Path: "/etc/haproxy/haproxy.cfg", Content: "global\n", Config: true}, {Path: "/etc/default/haproxy", Content: "# Defaults\n", Config: true},
		}},
		"prometheus-node-exporter": {Version: "1.9.0-1", Units: []string{"prometheus-node-exporter"}, Files: []Laid{
			service("prometheus-node-exporter", "/usr/bin/prometheus-node-exporter"), {Path: "/etc/default/prometheus-node-exporter", Content: "ARGS=\"\"\n", Config: true},
		}},
		"keepalived":            {Version: "2.3.3-1", Units: []string{"keepalived"}, Files: []Laid{service("keepalived", "/usr/sbin/keepalived"), program("/usr/sbin/keepalived")}},
		"rsyslog":               {Version: "8.2504.0-1", Units: []string{"rsyslog"}, Files: []Laid{service("rsyslog", "/usr/sbin/rsyslogd"), program("/usr/sbin/rsyslogd")}},
		"rsyslog-elasticsearch": {Version: "8.2504.0-1"},
		"nftables":              {Version: "1.1.3-1", Units: []string{"nftables"}, Files: []Laid{service("nftables", "/usr/sbin/nft"), program("/usr/sbin/nft"), {Path: "/etc/nftables.conf", Content: "#!/usr/sbin/nft -f\nflush ruleset\n", Config: true}}},
	}, map[string]Program{
		"chrony.service":   {Reads: []string{"/etc/chrony/chrony.conf", "/etc/default/chrony"}},
		"cron.service":     {},
		"nftables.service": {Oneshot: true, Reads: []string{}},
		"haproxy.service": {
			Reads: []string{"/etc/haproxy", "/etc/default/haproxy"}, Reloads: []string{"/etc/haproxy"},
			Start: haproxyListens, Reload: haproxyListens,
		},
		"prometheus-node-exporter.service": {Reads: []string{"/etc/default/prometheus-node-exporter"}, Start: func(d *Daemon) error {
			return d.Listen("*", between(d.Read["/etc/default/prometheus-node-exporter"], "--web.listen-address=:", " ", "9100"), Listener{})
		}},
		"keepalived.service": {Reads: []string{"/etc/keepalived"}, Reloads: []string{"/etc/keepalived"}},
		"logship.service":    {Reads: []string{"/etc/logship"}},
		"rsyslog.service":    {},
	}, map[string]Command{"haproxy": haproxyCheck, "nft": judging("%s:%d:1-5: Error: syntax error, unexpected %s", "/etc/nftables.d"),
		"keepalived": judging("(%s: Line %d) Unknown keyword '%s'", "/etc/keepalived"),
		"chronyd":    judging("Fatal error : Invalid directive in file %s at line %d: %s", "/etc/chrony/chrony.conf"),
		"rsyslogd":   judging("rsyslogd: error during parsing file %s, on or before line %d: %s", "/etc/logship"),
	})
}
