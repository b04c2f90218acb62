package imitation

// DebianWithLogs is Debian beside a repository that has VictoriaLogs, which Debian itself does not have.
func DebianWithLogs() *Universe {
	u := Debian()
	u.provide(map[string]Package{
		"victoria-logs": {Version: "1.50.0", Users: []string{"_victoria-metrics"}, Files: []Laid{program("/usr/bin/victoria-logs")}},
	}, map[string]Program{
		"vlogs.service": {Reads: []string{"/etc/systemd/system/vlogs.service"}, Start: optionListens("/etc/systemd/system/vlogs.service", "-httpListenAddr=")},
	}, nil)
	return u
}
