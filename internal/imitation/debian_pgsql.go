package imitation

import (
	"strings"
	"time"
)

// pgsqlPackages are PostgreSQL and what is around it.
func pgsqlPackages(u *Universe) {
	v := u.Postgres
	var control []Laid
	for name := range extensions {
		control = append(control, Laid{Path: "/usr/share/postgresql/" + v + "/extension/" + name + ".control"})
	}
	for _, lib := range []string{"pg_stat_statements", "auto_explain", "pg_repack", "wal2json", "pg_prewarm", "passwordcheck", "auth_delay"} {
		control = append(control, program("/usr/lib/postgresql/"+v+"/lib/"+lib+".so"))
	}
	exporter := func(name string) Package {
		return Package{Version: "1.0-1", Users: []string{"prometheus"}, Units: []string{name}, Files: []Laid{
			service(name, "/usr/bin/"+name), {Path: "/etc/default/" + name, Content: "ARGS=\"\"\n", Config: true},
		}}
	}
	u.provide(map[string]Package{
		"postgresql-" + v: {Version: "17.6-1", Users: []string{"postgres"}, Needs: []string{"postgresql-client-" + v}, Files: append(control,
			program("/usr/lib/postgresql/"+v+"/bin/postgres"), Laid{Path: "/var/lib/postgresql/", Owner: "postgres"})},
		"postgresql-client-" + v:      {Version: "17.6-1", Files: []Laid{program("/usr/lib/postgresql/" + v + "/bin/psql"), {Path: "/usr/bin/psql", Link: "/usr/lib/postgresql/" + v + "/bin/psql"}}},
		"postgresql-" + v + "-repack": {Version: "1.5.2-1"}, "postgresql-" + v + "-wal2json": {Version: "2.6-3"}, "postgresql-" + v + "-pgvector": {Version: "0.8.0-1"}, "postgresql-" + v + "-hypopg": {Version: "1.4.1-1"},
		"postgresql-" + v + "-postgis-3": {Version: "3.5.2-1"}, "postgresql-" + v + "-timescaledb": {Version: "2.19.3-1", Files: []Laid{program("/usr/lib/postgresql/" + v + "/lib/timescaledb.so")}},
		"patroni":      {Version: "4.0.4-7", Units: []string{"patroni"}, Files: []Laid{service("patroni", "/usr/bin/patroni"), program("/usr/bin/patroni"), {Path: "/etc/patroni/"}}},
		"python3-etcd": {Version: "0.4.5-5"}, "python3-psycopg2": {Version: "2.9.10-1"},
		"pgbouncer": {Version: "1.24.1-1", Units: []string{"pgbouncer"}, Files: []Laid{
			service("pgbouncer", "/usr/sbin/pgbouncer"), program("/usr/sbin/pgbouncer"), {Path: "/etc/pgbouncer/pgbouncer.ini", Content: "[pgbouncer]\n", Config: true}, {Path: "/etc/pgbouncer/userlist.txt", Config: true},
		}},
		"pgbackrest":                     {Version: "2.55.1-1", Files: []Laid{program("/usr/bin/pgbackrest"), {Path: "/etc/pgbackrest.conf", Content: "[global]\n", Config: true}}},
		"prometheus-postgres-exporter":   exporter("prometheus-postgres-exporter"),
		"prometheus-pgbouncer-exporter":  exporter("prometheus-pgbouncer-exporter"),
		"prometheus-pgbackrest-exporter": exporter("prometheus-pgbackrest-exporter"),
	}, map[string]Program{
		"patroni.service": {
			Reads: []string{patroniConf, "/pg/cert"}, Reloads: []string{patroniConf, "/pg/cert"}, Takes: time.Second,
			Start: startPatroni, Reload: reloadPatroni, Stop: stopPatroni,
		},
		"pgbouncer.service": {Reads: []string{"/etc/pgbouncer"}, Reloads: []string{"/etc/pgbouncer"}, Start: pgbouncerListens, Reload: pgbouncerListens},
		"prometheus-postgres-exporter.service": {
			Reads: []string{"/etc/default/prometheus-postgres-exporter", "/etc/pg_exporter.yml", "/etc/pg_exporter.web.yml"},
			Start: portListens("/etc/default/prometheus-postgres-exporter", "9630"),
		},
		"prometheus-pgbouncer-exporter.service":  {Reads: []string{"/etc/default/prometheus-pgbouncer-exporter"}, Start: portListens("/etc/default/prometheus-pgbouncer-exporter", "9631")},
		"prometheus-pgbackrest-exporter.service": {Reads: []string{"/etc/default/prometheus-pgbackrest-exporter"}, Start: portListens("/etc/default/prometheus-pgbackrest-exporter", "9854")},
	}, map[string]Command{"patroni": patroniCheck, "psql": psql, "runuser": runuser, "pgbackrest": pgbackrest})
	u.Base = append(u.Base, program("/usr/sbin/runuser"))
	u.Served["prometheus-postgres-exporter"] = Program{Start: exporterElsewhere}
}

// Bring has the sources offer another kernel of PostgreSQL, which comes in one package with all that it needs below home.
func (u *Universe) Bring(name, home string) {
	files := []Laid{program(home + "/bin/postgres"), program(home + "/bin/psql")}
	for extension := range extensions {
		files = append(files, Laid{Path: home + "/share/extension/" + extension + ".control"})
	}
	for _, lib := range []string{"pg_stat_statements", "auto_explain"} {
		files = append(files, program(home+"/lib/"+lib+".so"))
	}
	u.provide(map[string]Package{name: {Version: "17.6-1", Files: files}}, nil, nil)
}

// exporterElsewhere is an exporter with a unit of its own, and with files that are named after it.
func exporterElsewhere(d *Daemon) error {
	name := strings.TrimSuffix(d.Unit, ".service")
	d.Machine.mu.Lock()
	d.read([]string{"/etc/default/" + name, "/etc/pg_exporter/" + name + ".yml"})
	d.Machine.mu.Unlock()
	return optionListens("/etc/default/"+name, "listen-address=")(d)
}

// portListens opens the port that a file of the environment names after listen-address or port.
func portListens(file, otherwise string) func(*Daemon) error {
	return func(d *Daemon) error {
		port := between(d.Read[file], "listen-address=:", " ", otherwise)
		port = strings.Fields(strings.Trim(port, `"'`) + " " + otherwise)[0]
		return d.Listen("*", strings.Trim(port, `"'`), Listener{})
	}
}

func pgbouncerListens(d *Daemon) error {
	d.Close()
	conf := d.Read["/etc/pgbouncer/pgbouncer.ini"]
	port := strings.Trim(between(conf, "listen_port", "\n", "6432"), "= ")
	for addr := range strings.SplitSeq(strings.Trim(between(conf, "listen_addr", "\n", "*"), "= "), ",") {
		if err := d.Listen(strings.TrimSpace(addr), port, Listener{}); err != nil {
			return err
		}
	}
	return nil
}
