package imitation

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"maps"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strings"

	"pig/internal/node"
)

// infraPackages are what infra nodes run, as far as Debian has it.
func infraPackages(u *Universe) {
	exporter := func(name, version string, more ...Laid) Package {
		return Package{Version: version, Units: []string{name}, Users: []string{"prometheus"}, Files: append(more,
			service(name, "/usr/bin/"+name), program("/usr/bin/"+name), Laid{Path: "/etc/default/" + name, Content: "ARGS=\"\"\n", Config: true}, Laid{Path: "/etc/prometheus/"},
		)}
	}
	u.provide(map[string]Package{
		"nginx-light": {Version: "1.26.3-3", Needs: []string{"nginx"}},
		"nginx": {Version: "1.26.3-3", Users: []string{"www-data"}, Units: []string{"nginx"}, Files: []Laid{
			service("nginx", "/usr/sbin/nginx"), program("/usr/sbin/nginx"), {Path: "/etc/nginx/nginx.conf", Content: "include /etc/nginx/conf.d/*.conf;\n", Config: true},
			{Path: "/etc/nginx/sites-enabled/default", Content: "server { listen 80 default_server; }\n", Config: true}, {Path: "/etc/nginx/conf.d/"}, {Path: "/var/log/nginx/", Owner: "www-data"},
		}},
		"victoria-metrics": {Version: "1.107.0-1", Users: []string{"_victoria-metrics"}, Units: []string{"victoria-metrics"}, Files: []Laid{
			service("victoria-metrics", "/usr/bin/victoria-metrics $ARGS"), program("/usr/bin/victoria-metrics"), program("/usr/bin/vmalert"), {Path: "/etc/default/victoria-metrics", Content: "ARGS=\"\"\n", Config: true},
		}},
		"prometheus-alertmanager":      exporter("prometheus-alertmanager", "0.28.1-1", program("/usr/bin/amtool")),
		"prometheus-blackbox-exporter": exporter("prometheus-blackbox-exporter", "0.26.0-1"),
		"prometheus-nginx-exporter":    exporter("prometheus-nginx-exporter", "1.4.2-1"),
		"dnsmasq":                      {Version: "2.91-1", Units: []string{"dnsmasq"}, Files: []Laid{service("dnsmasq", "/usr/sbin/dnsmasq"), program("/usr/sbin/dnsmasq"), {Path: "/etc/dnsmasq.conf", Content: "# Configuration file for dnsmasq.\n", Config: true}}},
	}, map[string]Program{
		"nginx.service":            {Reads: nginxReads, Reloads: nginxReads, Start: nginxListens, Reload: nginxListens},
		"victoria-metrics.service": {Reads: []string{"/etc/default/victoria-metrics", "/infra/prometheus.yml"}, Reloads: []string{"/infra/prometheus.yml"}, Start: optionListens("/etc/default/victoria-metrics", "-httpListenAddr=")},
		"vmalert.service":          {Reads: []string{"/etc/default/vmalert", "/infra/rules"}, Reloads: []string{"/infra/rules"}, Start: optionListens("/etc/default/vmalert", "-httpListenAddr=")},
		"prometheus-alertmanager.service": {
			Reads: []string{"/etc/default/prometheus-alertmanager", "/etc/prometheus/alertmanager.yml"}, Reloads: []string{"/etc/prometheus/alertmanager.yml"},
			Start: optionListens("/etc/default/prometheus-alertmanager", "--web.listen-address="),
		},
		"prometheus-blackbox-exporter.service": {
			Reads: []string{"/etc/default/prometheus-blackbox-exporter", "/etc/prometheus/blackbox.yml"}, Reloads: []string{"/etc/prometheus/blackbox.yml"},
			Start: optionListens("/etc/default/prometheus-blackbox-exporter", "--web.listen-address="),
		},
		"prometheus-nginx-exporter.service": {Reads: []string{"/etc/default/prometheus-nginx-exporter"}, Start: optionListens("/etc/default/prometheus-nginx-exporter", "--web.listen-address=")},
		"dnsmasq.service":                   {Reads: []string{"/etc/dnsmasq.conf"}},
	}, map[string]Command{
		"nginx":                        judging("2026/01/01 00:00:00 [emerg] 1#1: unknown directive in %s:%d: %q", nginxReads...),
		"victoria-metrics":             flagged("fatal: cannot parse %q: line %d: %s", "/infra/prometheus.yml"),
		"vmalert":                      flagged("fatal: invalid group in file %q: line %d: %s", "/infra/rules"),
		"amtool":                       judging("Checking '%s'  FAILED: yaml: line %d: field %s not found", "/etc/prometheus/alertmanager.yml"),
		"prometheus-blackbox-exporter": judging("%s: yaml: line %d: field %s not found", "/etc/prometheus/blackbox.yml"),
		"dnsmasq":                      judging("dnsmasq: bad option in %s at line %d: %s", "/etc/dnsmasq.conf"),
		"getcap":                       getcap, "setcap": setcap, "debconf-set-selections": success})
	u.Base = append(u.Base, program("/usr/sbin/getcap"), program("/usr/sbin/setcap"), program("/usr/sbin/debconf-set-selections"))
}

// optionListens opens the port that an option in a file of the environment names.
func optionListens(file, option string) func(*Daemon) error {
	return func(d *Daemon) error {
		at := between(d.Read[file], option, " ", "")
		host, port, ok := strings.Cut(strings.Trim(at, `"'`), ":")
		if !ok {
			return nil
		}
		if host == "" {
			host = "*"
		}
		return d.Listen(host, port, Listener{HTTP: http.NotFoundHandler()})
	}
}

var (
	nginxReads  = []string{"/etc/nginx/nginx.conf", "/etc/nginx/conf.d", "/etc/nginx/sites-enabled", "/infra/pages"}
	nginxListen = regexp.MustCompile(`(?m)^\s*(?:server\s*\{\s*)?listen\s+(?:([0-9.]+|"?\[[0-9a-f:]+\]):)?(\d+)\b`)
)

// nginxListens opens the ports of its sites, and closes those of sites that are gone.
func nginxListens(d *Daemon) error {
	d.Close()
	for _, text := range d.Read {
		for _, m := range nginxListen.FindAllStringSubmatch(text, -1) {
			addr := strings.Trim(m[1], `"[]`)
			if addr == "" {
				addr = "0.0.0.0"
			}
			if err := d.Listen(addr, m[2], Listener{HTTP: http.NotFoundHandler()}); err != nil {
				return err
			}
		}
	}
	return nil
}

// capabilities are where the imitation keeps those of files.
const capabilities = "/var/lib/imitation/capabilities"

func setcap(c *Invocation) int {
	if err := c.Files.Mkdir(path.Dir(capabilities), node.Attrs{}); err != nil {
		return c.Fail("%v", err)
	}
	if err := c.Files.Write(capabilities, []byte(c.Argv[2]+" "+c.Argv[1]+"\n"), node.Attrs{}); err != nil {
		return c.Fail("%v", err)
	}
	return 0
}

func getcap(c *Invocation) int {
	text, err := c.Files.Read(capabilities)
	if err == nil && strings.HasPrefix(string(text), c.Argv[1]+" ") {
		c.Stdout.Write(text)
	}
	return 0
}

// HoldRepository puts the packages of the universe into a directory of the machine, as an offline installation does.
func (m *Machine) HoldRepository(dir string) error {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(m.universe.Packages)) {
		fmt.Fprintf(&b, "Package: %s\nVersion: %s\nFilename: ./%s.deb\n\n", name, m.universe.Packages[name].Version, name)
	}
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	if _, err := z.Write([]byte(b.String())); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	return m.locked(func() error {
		m.lay(Laid{Path: dir + "/Packages", Content: b.String()})
		m.lay(Laid{Path: dir + "/Packages.gz", Content: zipped.String()})
		return nil
	})
}
