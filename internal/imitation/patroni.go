package imitation

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"pig/internal/value"
	"pig/internal/yaml"
)

// patroniCluster is a cluster of PostgreSQL under Patroni: what stands in etcd, and what is in its databases.
type patroniCluster struct {
	mu       sync.Mutex
	scope    string
	config   map[string]any // the dynamic configuration; nil before the cluster was made
	leader   string
	timeline int
	members  map[string]*patroniMember
	data     *postgres
	template map[string]any // what initdb made
}

// patroniMember is a member with its PostgreSQL.
type patroniMember struct {
	cluster *patroniCluster
	machine *Machine
	name    string
	state   string // running, restarting, stopped
	host    string
	port    int
	api     string
	user    string
	secret  string
	listen  string
	started map[string]string // the settings that count only from a start, as they were then
	moved   bool              // it is declared to listen elsewhere
	dataDir string
}

func newPatroniCluster() *patroniCluster {
	return &patroniCluster{timeline: 1, members: map[string]*patroniMember{}, data: newPostgres()}
}

// Clone is the cluster with all of its members down.
func (c *patroniCluster) Clone() any {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := newPatroniCluster()
	n.scope, n.leader, n.timeline, n.data, n.template = c.scope, c.leader, c.timeline, c.data.clone(), c.template
	copyJSON(c.config, &n.config)
	return n
}

// parsed reads a YAML file that pig wrote.
func parsed(text string) map[string]any {
	v, list, err := yaml.Parse([]byte(text), "", yaml.Options{})
	if err != nil || list.HasErrors() {
		return map[string]any{}
	}
	m := map[string]any{}
	if err := fromJSON(bytes.NewReader(value.PlainJSON(v)), &m); err != nil {
		return map[string]any{}
	}
	return m
}

// at gives what is below keys, nil if there is nothing.
func at(m map[string]any, keys ...string) any {
	var v any = m
	for _, k := range keys {
		inner, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = inner[k]
	}
	return v
}

func textAt(m map[string]any, keys ...string) string {
	if v := at(m, keys...); v != nil {
		return fmt.Sprint(v)
	}
	return ""
}

const patroniConf = "/etc/patroni/patroni.yml"

func startPatroni(d *Daemon) error {
	conf := parsed(d.Read[patroniConf])
	scope := textAt(conf, "scope")
	if scope == "" {
		return errors.New("patroni: the configuration has an error")
	}
	c := Shared(d.Machine.world, "patroni "+scope, newPatroniCluster)
	c.mu.Lock()
	c.scope = scope
	name := textAt(conf, "name")
	m := c.members[name]
	running := m != nil && m.state == "running" // PostgreSQL went on while Patroni was away
	if m == nil {
		m = &patroniMember{cluster: c, name: name}
		c.members[name] = m
	}
	m.machine = d.Machine
	if c.config == nil {
		begin := parsed(d.Machine.Content("/pg/conf/bootstrap.yml"))
		boot, _ := at(begin, "bootstrap", "dcs").(map[string]any)
		if boot == nil {
			c.mu.Unlock()
			return errors.New("patroni: there is nothing to begin the cluster with")
		}
		choices, _ := at(begin, "bootstrap", "initdb").([]any)
		c.config, c.template = boot, initdb(choices)
	}
	if l := c.members[c.leader]; l == nil || l.state != "running" {
		c.leader = name
	}
	m.configure(conf)
	if !running && !m.boot(conf) && m.leads() {
		c.failOver()
	}
	c.mu.Unlock()
	d.State = m
	return m.open(d, conf)
}

// configure takes up what a reload does. The caller holds the lock of the cluster.
func (m *patroniMember) configure(conf map[string]any) {
	m.api = textAt(conf, "restapi", "connect_address")
	m.user, m.secret = textAt(conf, "restapi", "authentication", "username"), textAt(conf, "restapi", "authentication", "password")
	m.moved = m.listen != "" && m.listen != textAt(conf, "postgresql", "listen")
	m.dataDir = textAt(conf, "postgresql", "data_dir")
	host, port, _ := net.SplitHostPort(textAt(conf, "postgresql", "connect_address")) //nolint:errcheck // pig wrote it
	m.host = host
	m.port, _ = strconv.Atoi(port) //nolint:errcheck // as above
}

// startFailed is the state of a member whose PostgreSQL does not start.
const startFailed = "start failed"

// boot starts PostgreSQL as the configuration says, and tells whether it came up: no machine here has terabytes of memory. The caller holds
// the lock of the cluster.
func (m *patroniMember) boot(conf map[string]any) bool {
	if strings.HasSuffix(fmt.Sprint(m.cluster.settings()["shared_buffers"]), "TB") {
		m.state = startFailed
		return false
	}
	m.state, m.moved = "running", false
	m.listen = textAt(conf, "postgresql", "listen")
	m.started = m.cluster.fixed()
	i := strings.LastIndexByte(m.listen, ':')
	addresses, port := strings.NewReplacer("[", "", "]", "").Replace(m.listen[:i]), m.listen[i+1:]
	m.machine.mu.Lock()
	defer m.machine.mu.Unlock()
	for name, text := range map[string]string{
		"PG_VERSION": m.machine.universe.Postgres + "\n", "postmaster.pid": fmt.Sprintf("4711\n%s\n0\n%s\n/var/run/postgresql\n%s\n", m.dataDir, port, addresses),
		"postmaster.opts":   fmt.Sprintf("/usr/lib/postgresql/%s/bin/postgres \"-D\" \"%s\" \"--listen_addresses=%s\" \"--port=%s\"\n", m.machine.universe.Postgres, m.dataDir, addresses, port),
		"global/pg_control": "control", "pg_hba.conf": "# Patroni writes this.\n",
	} {
		m.machine.lay(Laid{Path: m.dataDir + "/" + name, Content: text, Owner: "postgres", Mode: 0o600})
	}
	return true
}

// retry is what Patroni does in each round: who did not start is started again. The caller holds the lock of the cluster.
func (c *patroniCluster) retry() {
	for _, name := range slices.Sorted(maps.Keys(c.members)) {
		m := c.members[name]
		d := m.machine.Daemon("patroni")
		conf := parsed(m.machine.Content(patroniConf))
		if m.state != startFailed || d == nil || !m.boot(conf) {
			continue
		}
		m.machine.world.note(m.machine, "postgres "+c.scope, "start")
		if c.leader == "" {
			c.leader = name
			c.timeline++
		}
		_ = m.open(d, conf) //nolint:errcheck // the ports were open before
	}
}

// fixedSettings are those that count only from a start.
var fixedSettings = []string{
	"max_connections", "max_worker_processes", "max_wal_senders", "max_replication_slots", "max_prepared_transactions", "max_locks_per_transaction", "shared_buffers", "wal_level",
	"wal_log_hints", "track_commit_timestamp", "shared_preload_libraries", "huge_pages", "wal_buffers", "superuser_reserved_connections", "unix_socket_directories", "listen_addresses",
	"port", "max_files_per_process", "track_activity_query_size", "hot_standby", "archive_mode", "logging_collector", "cluster_name", "event_source", "autovacuum_max_workers",
	"autovacuum_freeze_max_age", "jit_provider", "io_method", "io_max_concurrency", "io_workers", "min_dynamic_shared_memory",
}

func (c *patroniCluster) settings() map[string]any {
	p, _ := at(c.config, "postgresql", "parameters").(map[string]any)
	return p
}

func (c *patroniCluster) fixed() map[string]string {
	f := map[string]string{}
	for k, v := range c.settings() {
		if slices.Contains(fixedSettings, k) {
			f[k] = fmt.Sprint(v)
		}
	}
	return f
}

// pending tells whether a member waits for a restart.
func (m *patroniMember) pending() bool {
	return m.moved || m.state == "running" && !maps.Equal(m.started, m.cluster.fixed())
}

func (m *patroniMember) leads() bool { return m.cluster.leader == m.name }

func (c *patroniCluster) paused() bool { return at(c.config, "pause") == true }

// open opens the ports of the API and of PostgreSQL.
func (m *patroniMember) open(d *Daemon, conf map[string]any) error {
	d.Close()
	host, port, err := net.SplitHostPort(textAt(conf, "restapi", "listen"))
	if err != nil {
		return err
	}
	if err := d.Listen(host, port, Listener{HTTP: m}); err != nil || m.state == startFailed {
		return err
	}
	i := strings.LastIndexByte(m.listen, ':')
	for address := range strings.SplitSeq(m.listen[:i], ",") {
		if err := d.Listen(strings.Trim(strings.TrimSpace(address), "[]"), m.listen[i+1:], Listener{}); err != nil {
			return err
		}
	}
	return nil
}

func reloadPatroni(d *Daemon) error {
	m, ok := d.State.(*patroniMember)
	if !ok {
		return errors.New("patroni: not running")
	}
	conf := parsed(d.Read[patroniConf])
	m.cluster.mu.Lock()
	m.configure(conf)
	m.cluster.mu.Unlock()
	return m.open(d, conf)
}

// stopPatroni takes PostgreSQL down with Patroni, and hands the lead over, unless the cluster rests.
func stopPatroni(d *Daemon) {
	m, ok := d.State.(*patroniMember)
	if !ok {
		return
	}
	c := m.cluster
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.paused() {
		return
	}
	m.down()
	if m.leads() {
		c.failOver()
	}
}

func (m *patroniMember) down() {
	m.state = "stopped"
	m.machine.world.note(m.machine, "postgres "+m.cluster.scope, "stop")
}

func (c *patroniCluster) failOver() {
	c.leader = ""
	for _, name := range slices.Sorted(maps.Keys(c.members)) {
		if c.members[name].state == "running" {
			c.leader = name
			c.timeline++
			return
		}
	}
}

// restart restarts the member's PostgreSQL: that takes a moment.
func (m *patroniMember) restart() bool {
	c := m.cluster
	c.mu.Lock()
	m.down()
	m.state = "restarting"
	c.mu.Unlock()
	time.Sleep(2 * time.Second)
	c.mu.Lock()
	defer c.mu.Unlock()
	if !m.boot(parsed(m.machine.Content(patroniConf))) {
		if m.leads() {
			c.failOver()
		}
		return false
	}
	m.machine.world.note(m.machine, "postgres "+c.scope, "start")
	return true
}

// Lose takes the machine of a member away for good. Where the member led the cluster of a scope, nobody leads from then on, as in a synchronous
// cluster that has lost its standbys before.
func (w *World) Lose(scope, addr string) {
	c := Shared(w, "patroni "+scope, newPatroniCluster)
	c.mu.Lock()
	for name, m := range c.members {
		if m.machine.addr == addr {
			m.state = "stopped"
			if c.leader == name {
				c.leader = ""
			}
		}
	}
	c.mu.Unlock()
	w.Remove(addr)
}

// HandOver is a switchover that somebody made by hand: another member leads the cluster of a scope from now on.
func (w *World) HandOver(scope, member string) {
	c := Shared(w, "patroni "+scope, newPatroniCluster)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.leader = member
	c.timeline++
}
