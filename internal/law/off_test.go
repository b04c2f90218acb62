package law

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pig/internal/imitation"
	"pig/internal/node"
)

// switchable runs everything that a parameter switches on or off.
const switchable = `
all:
  children:
    infra: { hosts: { 10.10.10.10: { infra_seq: 1 } } }
    etcd: { hosts: { 10.10.10.10: { etcd_seq: 1 } }, vars: { etcd_cluster: etcd } }
    pg-test: { hosts: { 10.10.10.11: { pg_seq: 1, pg_role: primary } }, vars: { pg_cluster: pg-test, pg_default_service_dest: postgres } }
    redis-ms: { hosts: { 10.10.10.11: { redis_node: 1, redis_instances: { 6379: {} } } }, vars: { redis_cluster: redis-ms, redis_password: a1b2c3d4 } }
  vars:
    admin_ip: 10.10.10.10
    pg_version: 17
    pg_conf: tiny.yml
    node_repo_modules: local
    node_tune: none
    vector_log_endpoint: [ "http://10.9.9.9:9428" ]
`

// switched are the parameters that switch something off, the units that stop with them, and the files that go.
var switched = []struct {
	off   string
	units []string // ADDRESS UNIT
	files []string // ADDRESS PATH of what is gone, or no longer speaks of it: PATH WORD
}{
	{"haproxy_enabled", []string{"10.10.10.10 haproxy", "10.10.10.11 haproxy"}, []string{"10.10.10.10 /infra/pages/10.10.10.11.conf", "10.10.10.10 /infra/targets/node/10.10.10.11.yml :9101", "10.10.10.11 /etc/haproxy/conf.d/pg-test-primary.cfg"}},
	{"node_exporter_enabled", []string{"10.10.10.10 prometheus-node-exporter", "10.10.10.11 prometheus-node-exporter"}, []string{"10.10.10.10 /infra/targets/node/10.10.10.11.yml :9100"}},
	{"pgbouncer_enabled", []string{"10.10.10.11 pgbouncer", "10.10.10.11 prometheus-pgbouncer-exporter"}, []string{"10.10.10.10 /infra/targets/pgsql/pg-test-1.yml :9631", "10.10.10.11 /etc/logship/sources/pgbouncer.conf"}},
	{"pgbouncer_exporter_enabled", []string{"10.10.10.11 prometheus-pgbouncer-exporter"}, []string{"10.10.10.10 /infra/targets/pgsql/pg-test-1.yml :9631"}},
	{"pg_exporter_enabled", []string{"10.10.10.11 prometheus-postgres-exporter"}, []string{"10.10.10.10 /infra/targets/pgsql/pg-test-1.yml :9630"}},
	{"pgbackrest_exporter_enabled", []string{"10.10.10.11 prometheus-pgbackrest-exporter"}, []string{"10.10.10.10 /infra/targets/pgsql/pg-test-1.yml :9854"}},
	{"pgbackrest_enabled", []string{"10.10.10.11 prometheus-pgbackrest-exporter"}, []string{"10.10.10.10 /infra/targets/pgsql/pg-test-1.yml :9854", "10.10.10.11 /etc/logship/sources/pgbackrest.conf"}},
	{"redis_exporter_enabled", []string{"10.10.10.11 redis_exporter"}, []string{"10.10.10.10 /infra/targets/redis/redis-ms-1.yml"}},
	{"dns_enabled", []string{"10.10.10.10 dnsmasq"}, nil},
	{"repo_enabled: false, nginx_enabled", []string{"10.10.10.10 nginx"}, nil},
	{"nginx_enabled", []string{"10.10.10.10 prometheus-nginx-exporter"}, []string{"10.10.10.10 /etc/nginx/conf.d/home.conf", "10.10.10.10 /etc/nginx/conf.d/00-peers.conf", "10.10.10.10 /infra/targets/http/infra-1.yml :80/", "10.10.10.10 /etc/logship/sources/nginx.conf"}},
	{"nginx_exporter_enabled", []string{"10.10.10.10 prometheus-nginx-exporter"}, []string{"10.10.10.10 /infra/targets/infra/infra-1.yml nginx"}},
	{"vmetrics_enabled", []string{"10.10.10.10 victoria-metrics", "10.10.10.10 vmalert"}, []string{"10.10.10.10 /infra/targets/infra/infra-1.yml vmetrics"}},
	{"vmalert_enabled", []string{"10.10.10.10 vmalert"}, []string{"10.10.10.10 /infra/targets/infra/infra-1.yml vmalert"}},
	{"alertmanager_enabled", []string{"10.10.10.10 prometheus-alertmanager"}, []string{"10.10.10.10 /infra/targets/infra/infra-1.yml alertmanager"}},
	{"blackbox_enabled", []string{"10.10.10.10 prometheus-blackbox-exporter"}, []string{"10.10.10.10 /infra/targets/infra/infra-1.yml blackbox"}},
}

// alone is switched off and on by itself: without it and all the others nothing would run on an infra node, which is not as declared.
const alone = "nginx_enabled"

// What is switched off stops, as the plan says, and what was registered for it is gone; what is switched on again runs.
func TestWhatIsSwitchedOffStops(t *testing.T) {
	whole := settled(t, switchable, "10.10.10.10", "10.10.10.11")
	for _, s := range switched {
		t.Run(strings.ReplaceAll(s.off, ": false, ", " and "), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				l := whole.edited(t, switchable, strings.ReplaceAll(s.off, ", ", "\n    ")+": false")
				planned := strings.Join(changes(l.plan()), "\n")
				status, code := l.pig("status")
				if code != 2 {
					t.Errorf("status of what is switched off and runs: exit status %d", code)
				}
				for _, u := range s.units {
					addr, unit, _ := strings.Cut(u, " ")
					if !(l.world.Machine(addr).Daemon(unit) != nil) {
						t.Fatalf("%s does not run on %s before", unit, addr)
					}
					if want := ": " + unit + " is switched off ("; !strings.Contains(status, want) {
						t.Errorf("pig status does not tell of %s:\n%s", unit, status)
					}
					for _, verb := range []string{"stop", "disable"} {
						if want := addr + ": service " + unit + " " + verb; !strings.Contains(planned, want) {
							t.Errorf("not planned: %s\n%s", want, planned)
						}
					}
				}
				l.switches(s.units, false)
				for _, f := range s.files {
					l.lacks(f)
				}
				if strings.HasSuffix(s.off, alone) {
					l.write(switchable)
					l.switches(s.units, true)
				}
			})
		})
	}
	t.Run("all are switched on again", func(t *testing.T) {
		bubble(t, func(t *testing.T) {
			var off, units []string
			for _, s := range switched {
				if !strings.HasSuffix(s.off, alone) {
					off, units = append(off, s.off+": false"), append(units, s.units...)
				}
			}
			l := whole.edited(t, switchable, strings.Join(off, "\n    "))
			l.switches(units, false)
			l.write(switchable)
			l.switches(units, true)
		})
	})
}

// switches applies an inventory: units run after it or not, and a plan is empty.
func (l *lab) switches(units []string, on bool) {
	l.t.Helper()
	if out := l.must("apply", "--yes"); strings.Contains(out, "not as planned") {
		l.t.Error(out)
	}
	for _, u := range units {
		addr, unit, _ := strings.Cut(u, " ")
		if (l.world.Machine(addr).Daemon(unit) != nil) != on {
			l.t.Errorf("%s runs on %s: %t", unit, addr, !on)
		}
	}
	if left := changes(l.plan()); len(left) > 0 {
		l.t.Errorf("left after apply:\n%s", strings.Join(left, "\n"))
	}
	l.must("status")
	for _, s := range append(l.world.Unknown(), l.stale()...) {
		l.t.Error(s)
	}
}

// lacks holds that a file is gone, or that a word of it is.
func (l *lab) lacks(what string) {
	l.t.Helper()
	parts := strings.Fields(what)
	m := l.world.Machine(parts[0])
	dir := parts[1][:strings.LastIndexByte(parts[1], '/')]
	text := m.Content(parts[1])
	switch {
	case len(parts) == 2 && slices.Contains(m.Below(dir), parts[1]):
		l.t.Errorf("%s is still there", what)
	case len(parts) > 2 && strings.Contains(text, parts[2]):
		l.t.Errorf("%s is still there:\n%s", what, text)
	}
}

// What an operator runs by himself goes on, though the inventory does not want it from pig.
func TestUnitsOfAnOperatorGoOn(t *testing.T) {
	bubble(t, func(t *testing.T) {
		l := newLab(t, switchable+"    node_exporter_enabled: false\n    haproxy_enabled: false\n", "10.10.10.10", "10.10.10.11")
		l.repositories(t)
		m := l.world.Machine("10.10.10.11")
		if err := m.Install("haproxy", "prometheus-node-exporter"); err != nil {
			t.Fatal(err)
		}
		m.Put(imitation.Laid{Path: "/etc/default/prometheus-node-exporter", Content: "# mine\nARGS=\"--web.listen-address=:9100\"\n"})
		for _, unit := range []string{"haproxy", "prometheus-node-exporter"} {
			if err := m.Start(unit); err != nil {
				t.Fatal(err)
			}
		}
		l.must("apply", "--yes")
		l.must("status")
		for _, unit := range []string{"haproxy", "prometheus-node-exporter"} {
			if m.Daemon(unit) == nil {
				t.Errorf("%s was stopped", unit)
			}
		}
	})
}

// nodesOnly is a node with jobs, read-ahead and an administrator.
const nodesOnly = `
all:
  children: { nodes: { hosts: { 10.10.10.11: { node_seq: 1 } }, vars: { node_cluster: nodes } } }
  vars:
    admin_ip: 10.10.10.11
    node_repo_modules: ""
    node_tune: none
    node_crontab: [ '5 * * * * root /usr/bin/true' ]
`

// A job runs once, whichever way it got into /etc/crontab before, and what Debian runs goes on.
func TestJobsRunOnce(t *testing.T) {
	bubble(t, func(t *testing.T) {
		l := newLab(t, nodesOnly, "10.10.10.11")
		l.must("apply", "--yes")
		jobs := func(n int) {
			t.Helper()
			l.switches(nil, true)
			text := l.world.Machine("10.10.10.11").Content("/etc/crontab")
			if strings.Count(text, "/usr/bin/true") != n || strings.Count(text, "cron.daily") != 1 {
				t.Errorf("want the job %d times:\n%s", n, text)
			}
		}
		for range 2 {
			l.write(nodesOnly + "    node_crontab_overwrite: false\n")
			jobs(1)
			l.write(nodesOnly)
			jobs(1)
		}
		l.write(nodesOnly + "    node_crontab_overwrite: false\n")
		jobs(1)
		l.write(strings.ReplaceAll(nodesOnly, "'5 * * * * root /usr/bin/true'", ""))
		jobs(0)
	})
}

// Rules of disks go with their parameter.
func TestRulesOfDisksGo(t *testing.T) {
	bubble(t, func(t *testing.T) {
		l := newLab(t, nodesOnly+"    node_disk_prefetch: true\n", "10.10.10.11")
		l.must("apply", "--yes")
		l.write(nodesOnly)
		l.switches(nil, true)
		l.lacks("10.10.10.11 /etc/udev/rules.d/60-pigsty-prefetch.rules")
	})
}

// A former administrator has neither root nor a way in; pig's own way in is never closed.
func TestFormerAdministratorsLoseTheirRights(t *testing.T) {
	const key = "    node_admin_pk_list: [ 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJqR6d2rdpXd8CbF8MhFbVlBrm5w1ouKkT3WQ3dN8AGP me@home' ]\n"
	of := func(t *testing.T, edit string) *lab {
		t.Helper()
		l := newLab(t, nodesOnly+key, "10.10.10.11")
		l.must("apply", "--yes")
		m := l.world.Machine("10.10.10.11")
		if m.Content("/etc/sudoers.d/dba") == "" || m.Content("/home/dba/.ssh/authorized_keys") == "" {
			t.Fatal("dba is no administrator before")
		}
		s, err := m.For(node.Task{})
		if err != nil {
			t.Fatal(err)
		}
		err = errors.Join(s.Accounts().AddGroup(t.Context(), "docker", nil, true),
			s.Accounts().ModifyUser(t.Context(), "dba", node.AccountChange{Groups: &[]string{"adm", "docker"}}))
		if err != nil {
			t.Fatal(err)
		}
		l.write(nodesOnly + key + edit)
		return l
	}
	const none, another = "    node_admin_enabled: false\n", "    node_admin_username: ops\n"
	gone := []string{"10.10.10.11 /etc/sudoers.d/dba", "10.10.10.11 /home/dba/.ssh/authorized_keys"}
	for _, edit := range []string{none, another + "    node_admin_uid: 89\n"} {
		bubble(t, func(t *testing.T) {
			l := of(t, edit)
			l.switches(nil, true)
			for _, f := range gone {
				l.lacks(f)
			}
			s, err := l.world.Machine("10.10.10.11").For(node.Task{})
			if err != nil {
				t.Fatal(err)
			}
			if dba, _, err := s.Accounts().User("dba"); err != nil || !slices.Equal(dba.Groups, []string{"adm"}) {
				t.Errorf("groups of dba: %v, %v", dba.Groups, err)
			}
		})
	}
	bubble(t, func(t *testing.T) {
		l := of(t, none+"    ansible_user: dba\n")
		if out := l.must("apply", "--yes"); !strings.Contains(out, "but pig itself logs in as dba") {
			t.Errorf("no warning:\n%s", out)
		}
		if l.world.Machine("10.10.10.11").Content("/etc/sudoers.d/dba") == "" {
			t.Error("pig has locked itself out")
		}
	})
	bubble(t, func(t *testing.T) { // one number for two accounts
		l := of(t, another)
		deeds := l.deeds()
		says(t, l, 2, []string{"user id 88 is not unique: dba has it, so that ops needs another one"}, "plan")
		says(t, l, 2, []string{"user id 88 is not unique"}, "apply", "--yes")
		if n := l.deeds(); n != deeds {
			t.Errorf("%d deeds were done", n-deeds)
		}
	})
}

// What a run left that was interrupted starts nothing that is switched off since.
func TestAHandlerThatIsLeftStartsNothing(t *testing.T) {
	whole := settled(t, switchable, "10.10.10.10", "10.10.10.11")
	for _, s := range []struct{ edit, fault, off string }{
		{"haproxy_exporter_port: 9109", "write /etc/haproxy/haproxy.cfg", "haproxy_enabled"},
		{"node_exporter_options: --log.level=debug", "write /etc/default/prometheus-node-exporter", "node_exporter_enabled"},
	} {
		bubble(t, func(t *testing.T) {
			l := whole.edited(t, switchable, s.edit)
			if what, out := l.struck(&imitation.Faults{Kind: imitation.KilledAfter, At: 1, What: s.fault}, "apply", "--yes"); what == "" {
				t.Fatalf("%q never happened\n%s", s.fault, out)
			}
			l.write(switchable + "    " + s.off + ": false\n")
			for _, w := range switched {
				if w.off == s.off {
					l.switches(w.units, false)
				}
			}
		})
	}
}

// The log store stops, too, where there is one.
func TestALogStoreThatIsSwitchedOffStops(t *testing.T) {
	bubble(t, func(t *testing.T) {
		l := newLogged(t)
		units := []string{"10.10.10.10 vlogs"}
		l.switches(units, true)
		l.write(strings.Replace(logged, "vector_enabled: true", "vector_enabled: true, vlogs_enabled: false", 1))
		l.switches(units, false)
	})
}
