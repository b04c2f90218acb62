//go:build linux

package acceptance

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"pig/internal/node"
)

var memberHost = map[string]string{"pg-test-1": "10.10.10.11", "pg-test-2": "10.10.10.12", "pg-test-3": "10.10.10.13"}

// effects are what changes mean for the units of a host: "restart etcd 10.10.10.10".
func effects(host, on string, list []node.Change) []string {
	if on != "" {
		host = on
	}
	var all []string
	for _, c := range list {
		switch {
		case c.Kind == "service" && slices.Contains([]string{"start", "stop", "restart", "reload"}, c.Action):
			all = append(all, c.Action+" "+strings.TrimSuffix(c.ID, ".service")+" "+host)
		case c.Kind == "patroni member" && c.Action == "restart":
			all = append(all, "restart postgres "+memberHost[c.ID])
		case c.Kind == "patroni cluster" && c.Action == "switchover":
			all = append(all, "failover pg-test", "restart postgres "+memberHost[c.Attrs[0].Before])
		case c.Kind == "redis cluster" && c.Action == "failover":
			all = append(all, "failover "+c.ID)
		}
	}
	return all
}

// spread writes "restart etcd 10 11" as one effect for each host.
func spread(does []string) []string {
	var all []string
	for _, d := range does {
		f := strings.Fields(d)
		if len(f) == 2 {
			all = append(all, d)
		}
		for _, host := range f[2:] {
			all = append(all, f[0]+" "+f[1]+" 10.10.10."+host)
		}
	}
	return unique(all)
}

// lookScript tells what runs on a node: each service with its identity, PostgreSQL with its process and time of start, and
// whether PostgreSQL or Redis leads there.
const lookScript = unitsScript + `
if [ -e /pg/data/postmaster.pid ]; then
  echo postgres=$(sed -n '1p;3p' /pg/data/postmaster.pid | paste -sd.)
  runuser -u postgres -- /usr/lib/postgresql/17/bin/psql -XAtq -h /var/run/postgresql -p $(sed -n 4p /pg/data/postmaster.pid) -c "select 'leads=pg-test' where not pg_is_in_recovery()" postgres
fi
for conf in /etc/redis/redis-ms-*.conf; do
  [ -e $conf ] || continue
  port=${conf##*-}
  REDISCLI_AUTH=$(sed -n 's/^requirepass *"\{0,1\}\([^"]*\)"\{0,1\}$/\1/p' $conf) redis-cli -h $(hostname -I | tr ' ' '\n' | grep -m1 '^10.10.10.1[0-9]$') -p ${port%.conf} role | grep -q master && echo leads=redis-ms
done
true`

// look takes down who runs on all nodes, and who leads.
func (l *lab) look() map[string]string {
	l.t.Helper()
	all := map[string]string{}
	for _, h := range l.hosts {
		unit := ""
		for line := range strings.Lines(l.node(h, "sh", "-c", lookScript)) {
			line = strings.TrimSpace(line)
			if name, ok := strings.CutPrefix(line, "Id="); ok {
				unit = strings.TrimSuffix(name, ".service")
			} else if id, ok := strings.CutPrefix(line, "InvocationID="); ok {
				all[unit+" "+h] = id
			} else if id, ok := strings.CutPrefix(line, "postgres="); ok {
				all["postgres "+h] = id
			} else if name, ok := strings.CutPrefix(line, "leads="); ok {
				all["leader "+name] = h
			}
		}
	}
	if all["leader pg-test"] == "" || all["leader redis-ms"] == "" {
		l.t.Errorf("nobody leads: %v", all)
	}
	return all
}

// seen is what has happened between two looks, with what systemd told in between.
func seen(before, after map[string]string, reloads []string) []string {
	all := reloads
	for key, id := range after {
		unit, host, _ := strings.Cut(key, " ")
		was, ran := before[key]
		switch {
		case ran && was == id:
		case unit == "leader":
			all = append(all, "failover "+host)
		case ran:
			all = append(all, "restart "+key)
		case unit != "postgres":
			all = append(all, "start "+key)
		}
	}
	for key := range before {
		if _, runs := after[key]; !runs && !strings.HasPrefix(key, "postgres ") && !strings.HasPrefix(key, "leader ") {
			all = append(all, "stop "+key)
		}
	}
	return unique(all)
}

// What systemd's journal calls the moments of a unit.
const (
	unitReloaded = "7b05ebc668384222baa8881179cfda54"
	unitStarted  = "39f53479d3a045ac8e11786248231fbf"
	unitStopping = "de5b426a63be47a7b6ac3eaac82e2f6f"
)

// unitEvents gives the reloads since begin. Where restarts are to roll, no two of a unit's may overlap.
func (l *lab) unitEvents(begin time.Time, rolls bool) []string {
	l.t.Helper()
	var reloads []string
	down := map[string][]span{}
	for _, h := range l.hosts {
		out := l.node(h, "journalctl", "-q", "-o", "json", "--output-fields=MESSAGE_ID,UNIT", "--since", fmt.Sprintf("@%d", begin.Unix()),
			"MESSAGE_ID="+unitReloaded, "MESSAGE_ID="+unitStarted, "MESSAGE_ID="+unitStopping)
		stopped := map[string]int64{}
		for line := range strings.Lines(out) {
			var m struct {
				ID   string `json:"MESSAGE_ID"`
				Unit string `json:"UNIT"`
				At   int64  `json:"__REALTIME_TIMESTAMP,string"`
			}
			if json.Unmarshal([]byte(line), &m) != nil || m.At < begin.UnixMicro() {
				continue
			}
			unit := strings.TrimSuffix(m.Unit, ".service")
			switch m.ID {
			case unitReloaded:
				reloads = append(reloads, "reload "+unit+" "+h)
			case unitStopping:
				stopped[unit] = m.At
			case unitStarted:
				if at, ok := stopped[unit]; ok {
					name := strings.TrimRight(strings.TrimPrefix(unit, "redis-meta-1-"), "0123456789-")
					down[name] = append(down[name], span{at, m.At})
				}
			}
		}
	}
	for unit, spans := range down {
		slices.SortFunc(spans, func(a, b span) int { return int(a.from - b.from) })
		for i := range len(spans) - 1 {
			if rolls && spans[i+1].from < spans[i].to {
				l.t.Errorf("two of %s restarted at the same time", unit)
			}
		}
	}
	return reloads
}

type span struct{ from, to int64 }
