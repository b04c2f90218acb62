package imitation

import (
	"net/http"
	"regexp"
)

// DebianWithGrafana is Debian beside a repository that has Grafana, which Debian itself does not have.
func DebianWithGrafana() *Universe {
	u := Debian()
	u.provide(map[string]Package{
		"grafana": {Version: "12.1.0", Users: []string{"grafana"}, Units: []string{"grafana-server"}, Files: []Laid{
			service("grafana-server", "/usr/sbin/grafana-server"), program("/usr/sbin/grafana-server"), {Path: "/etc/grafana/grafana.ini", Content: "; defaults\n", Config: true},
			{Path: "/etc/grafana/provisioning/datasources/"}, {Path: "/etc/grafana/provisioning/dashboards/"},
		}},
	}, map[string]Program{
		"grafana-server.service": {Reads: []string{"/etc/grafana/grafana.ini", "/etc/grafana/provisioning"}, Start: grafanaListens},
	}, nil)
	return u
}

var grafanaListen = regexp.MustCompile(`(?m)^http_addr = (\S+)\nhttp_port = (\d+)$`)

func grafanaListens(d *Daemon) error {
	if m := grafanaListen.FindStringSubmatch(d.Read["/etc/grafana/grafana.ini"]); m != nil {
		return d.Listen(m[1], m[2], Listener{HTTP: http.NotFoundHandler()})
	}
	return nil
}
