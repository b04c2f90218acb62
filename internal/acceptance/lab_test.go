//go:build linux

// Package acceptance holds the promises that pig makes to its users, tried on real nodes with the real binary.
package acceptance

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pig/internal/inventory"
	"pig/internal/plan"
	"pig/internal/sandbox"
)

// lab is a sandbox with an inventory and a binary of pig.
type lab struct {
	t    *testing.T
	ctx  context.Context
	box  *sandbox.Sandbox
	dir  string // working directory: the inventory, keys
	pig  string
	home string
	text string // the inventory as it begins
	// hosts are the addresses of the nodes.
	hosts []string
}

var addresses = []string{"10.10.10.10", "10.10.10.11", "10.10.10.12", "10.10.10.13"}

// thorough skips what boots nodes of its own unless everything is asked for.
func thorough(t *testing.T) {
	t.Helper()
	if os.Getenv("PIG_SANDBOX_TESTS") != "all" {
		t.Skip("tested with PIG_SANDBOX_TESTS=all")
	}
}

// newLab boots the four nodes of inventoryText.
func newLab(t *testing.T) *lab {
	t.Helper()
	return labOf(t, sandbox.Config{Prepared: true}, inventoryText, addresses...)
}

// labOf boots nodes, the first of which has the package repository, and writes the inventory for them. A host is an address, with
// the disks that it has: 10.10.10.10+/data1+/data2.
func labOf(t *testing.T, conf sandbox.Config, text string, hosts ...string) *lab {
	t.Helper()
	l := bareLab(t, text)
	conf.Name = labName()
	for i, h := range hosts {
		parts := strings.Split(h, "+")
		conf.Nodes = append(conf.Nodes, sandbox.Node{Name: parts[0], Addr: netip.MustParseAddr(parts[0]), Repo: i == 0, Disks: parts[1:]})
		l.hosts = append(l.hosts, parts[0])
	}
	l.goes(conf.Name)
	var err error
	if l.box, err = sandbox.Up(t.Context(), conf); err != nil { // the first time it builds an image, which takes as long as it takes
		t.Fatal(err)
	}
	l.unhurried(patience)
	l.write()
	return l
}

// labFrom boots the nodes that an inventory names, as an operator would, on systems as pig sandbox up --os takes them.
func labFrom(t *testing.T, text string, systems ...string) *lab {
	t.Helper()
	l := bareLab(t, text)
	l.write()
	name := labName()
	l.goes(name)
	up := exec.CommandContext(t.Context(), l.pig, "sandbox", "up", "--name", name, "-i", filepath.Join(l.dir, "pigsty.yml"), "--prepared")
	for _, s := range systems {
		up.Args = append(up.Args, "--os", s)
	}
	if out, err := up.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var err error
	if l.box, err = sandbox.Open(name); err != nil {
		t.Fatal(err)
	}
	l.unhurried(patience)
	inv, _, err := inventory.Load([]string{filepath.Join(l.dir, "pigsty.yml")}, inventory.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range inv.Hosts() {
		l.hosts = append(l.hosts, h.Name)
	}
	return l
}

// sampleInventory reads one of the sample inventories.
func sampleInventory(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../../inventory", name+".yml"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func labName() string { return fmt.Sprintf("a%d-%d", os.Getpid(), time.Now().UnixNano()%1000) }

// goes has the sandbox of that name taken down when the test ends.
func (l *lab) goes(name string) {
	l.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := sandbox.Down(ctx, name, true); err != nil {
			l.t.Errorf("cleaning up: %v", err)
		}
	})
}

// bareLab is a lab that has a binary of pig, and no nodes yet.
func bareLab(t *testing.T, text string) *lab {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("real nodes need root")
	}
	if os.Getenv("PIG_SANDBOX_TESTS") == "" {
		t.Skip("real nodes are tested with PIG_SANDBOX_TESTS=1")
	}
	l := &lab{t: t, dir: t.TempDir(), text: text}
	l.unhurried(patience)
	l.pig, l.home = filepath.Join(l.dir, "pig"), filepath.Join(l.dir, "home")
	build := exec.CommandContext(l.ctx, "go", "build", "-o", l.pig, "pig/cmd/pig")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building pig: %v\n%s", err, out)
	}
	return l
}

// patience is how long a test may take once its nodes run.
const patience = 25 * time.Minute

// unhurried gives a test this much time from now on.
func (l *lab) unhurried(limit time.Duration) {
	ctx, cancel := context.WithTimeout(l.t.Context(), limit)
	l.t.Cleanup(cancel)
	l.ctx = ctx
}

// sub runs a part of a test, in which the lab reports to that part.
func (l *lab) sub(t *testing.T, name string, f func(t *testing.T)) {
	t.Run(name, func(t *testing.T) {
		outer := l.t
		l.t = t
		defer func() { l.t = outer }()
		f(t)
	})
}

// run runs pig on the sandbox and gives its exit status and output.
func (l *lab) run(args ...string) (int, string) {
	l.t.Helper()
	return l.bare(append(args, "--sandbox="+l.box.Name(), "-i", "pigsty.yml")...)
}

// bare runs pig with just these arguments.
func (l *lab) bare(args ...string) (int, string) {
	l.t.Helper()
	return l.ends(exec.CommandContext(l.ctx, l.pig, args...))
}

// ends runs a command beside the inventory, with a home of its own and what its environment has besides, and gives its exit status and output.
func (l *lab) ends(cmd *exec.Cmd) (int, string) {
	l.t.Helper()
	cmd.Dir = l.dir
	cmd.Env = append(append(os.Environ(), "HOME="+l.home, "XDG_STATE_HOME="+l.home+"/state", "NO_COLOR=1"), cmd.Env...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	if cmd.ProcessState == nil {
		l.t.Fatalf("%v: %v", cmd.Args, err)
	}
	return cmd.ProcessState.ExitCode(), out.String()
}

// password is a generated password of the environment.
func (l *lab) password(name string) string {
	l.t.Helper()
	code, out := l.bare("secret", "show", name, "-i", "pigsty.yml")
	if code != 0 {
		l.t.Fatalf("the password %s: %s", name, out)
	}
	return strings.TrimSpace(out)
}

// must runs pig and fails the test unless it exits with want.
func (l *lab) must(want int, args ...string) string {
	l.t.Helper()
	code, out := l.run(args...)
	if code != want {
		l.t.Fatalf("pig %s: exit status %d, want %d\n%s", strings.Join(args, " "), code, want, tail(out))
	}
	return out
}

// file writes a file beside the inventory.
func (l *lab) file(name, text string) {
	l.t.Helper()
	path := filepath.Join(l.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		l.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		l.t.Fatal(err)
	}
}

// tail is the end of what was printed, with what failed before it.
func tail(s string) string {
	lines := strings.Split(s, "\n")
	const most = 60
	if len(lines) <= most {
		return s
	}
	var kept []string
	for i, line := range lines[:len(lines)-most] {
		if strings.HasPrefix(line, "x ") || strings.HasPrefix(line, "! ") {
			kept = append(kept, lines[i:min(i+8, len(lines)-most)]...)
		}
	}
	return strings.Join(append(kept, lines[len(lines)-most:]...), "\n")
}

// write writes the inventory: the template with edits made to it.
func (l *lab) write(edits ...string) {
	l.t.Helper()
	text := l.text
	for i := 0; i+1 < len(edits); i += 2 {
		if !strings.Contains(text, edits[i]) {
			l.t.Fatalf("the inventory has no %q", edits[i])
		}
		text = strings.ReplaceAll(text, edits[i], edits[i+1])
	}
	l.file("pigsty.yml", text)
}

// plan plans and gives the units of the plan.
func (l *lab) plan(args ...string) *plan.Plan {
	l.t.Helper()
	_, out := l.run(append([]string{"plan", "--json"}, args...)...)
	for line := range strings.SplitSeq(out, "\n") {
		if p := planOf([]byte(line)); p != nil {
			return p
		}
	}
	l.t.Fatalf("no plan in\n%s", tail(out))
	return nil
}

// planOf is the plan that an event has, nil if it has none.
func planOf(line []byte) *plan.Plan {
	d, err := plan.ParseDocument("", line)
	if err != nil {
		return nil
	}
	p, err := d.Plan()
	if err != nil {
		return nil
	}
	return p
}

// changes are the lines of a plan, one for each change: unit host kind id action [impact].
func changes(p *plan.Plan) []string {
	var all []string
	for _, u := range p.Units {
		if u.Error != "" {
			all = append(all, u.Unit.Name+" FAILED "+u.Error)
		}
		for _, e := range u.Entries {
			if e.Unknown {
				all = append(all, fmt.Sprintf("%s %s unknown %s", u.Unit.Name, e.Host, e.Task))
			}
			for _, c := range e.Changes {
				all = append(all, fmt.Sprintf("%s %s %s [%s]", u.Unit.Name, e.Host, c.Key(), c.Impact))
			}
		}
	}
	return all
}

// node runs a command on a node and gives its output.
func (l *lab) node(addr string, argv ...string) string {
	l.t.Helper()
	out, code := l.try(addr, argv...)
	if code != 0 {
		l.t.Fatalf("%s: %v: exit status %d\n%s", addr, argv, code, out)
	}
	return out
}

func (l *lab) try(addr string, argv ...string) (string, int) {
	l.t.Helper()
	ctx, cancel := context.WithTimeout(l.ctx, 2*time.Minute)
	defer cancel()
	var out bytes.Buffer
	code, err := l.box.Exec(ctx, addr, argv, nil, &out, &out)
	if err != nil {
		return out.String() + err.Error(), -1
	}
	return out.String(), code
}

// sql asks a database through a service, from the infra node, as an application would.
func (l *lab) sql(addr string, port int, query string) (string, error) {
	l.t.Helper()
	out, code := l.try("10.10.10.10", "env", "PGPASSWORD="+canaries["test"], "PGCONNECT_TIMEOUT=3", "psql", "-X", "-Atq", "-h", addr, "-p", fmt.Sprint(port), "-U", "test", "-d", "test", "-c", query)
	if code != 0 {
		return out, fmt.Errorf("psql: exit status %d: %s", code, out)
	}
	return strings.TrimSpace(out), nil
}

// eventually repeats check until it gives no error, as often as fits into limit on a quiet machine: on a busy one each turn
// takes longer, and so may the whole.
func (l *lab) eventually(limit time.Duration, what string, check func() error) {
	l.t.Helper()
	const pause = 500 * time.Millisecond
	for turns := limit / pause; ; turns-- {
		err := check()
		if err == nil {
			return
		}
		if turns <= 0 || l.ctx.Err() != nil {
			l.t.Fatalf("%s: %v", what, err)
		}
		time.Sleep(pause)
	}
}

// invocations are the identities of the running units of a node: a unit that restarts gets another one.
func (l *lab) invocations(addr string) string {
	l.t.Helper()
	out := l.node(addr, "sh", "-c", "for u in etcd patroni pgbouncer haproxy nginx dnsmasq; do echo $u $(systemctl show -p InvocationID --value $u); done")
	return out
}

// leader is the address of the member that leads pg-test.
func (l *lab) leader() (string, error) { return l.member("10.10.10.12", "Leader") }

// member is the address of the member that has a role, as another one sees it.
func (l *lab) member(from, role string) (string, error) {
	out, code := l.try(from, "su", "postgres", "-c", "patronictl -c /etc/patroni/patroni.yml list -f json")
	if code != 0 {
		return "", fmt.Errorf("patronictl: %s", out)
	}
	var members []struct{ Host, Role, State string }
	if err := json.Unmarshal([]byte(out[strings.Index(out, "["):]), &members); err != nil {
		return "", err
	}
	for _, m := range members {
		if m.Role == role && (m.State == "running" || m.State == "streaming") {
			return m.Host, nil
		}
	}
	return "", fmt.Errorf("no %s: %s", role, out)
}

// secrets that must show up nowhere.
var canaries = map[string]string{
	"test": "Canary.Test.8861", "admin": "Canary.Admin.7714", "repl": "Canary.Repl.2290", "monitor": "Canary.Monitor.5532",
	"patroni": "Canary.Patroni.3317", "haproxy": "Canary.Haproxy.9092", "etcd": "Canary.Etcd.4148", "reader": "Canary.Reader.5150",
}

// leaked tells which canaries a text holds.
func leaked(text string) []string {
	var found []string
	for name, c := range canaries {
		if strings.Contains(text, c) {
			found = append(found, name)
		}
	}
	slices.Sort(found)
	return found
}

const inventoryText = `
all:
  children:
    infra: { hosts: { 10.10.10.10: { infra_seq: 1 } } }
    etcd: { hosts: { 10.10.10.10: { etcd_seq: 1 } }, vars: { etcd_cluster: etcd } }
    pg-meta:
      hosts: { 10.10.10.10: { pg_seq: 1, pg_role: primary } }
      vars: { pg_cluster: pg-meta, pg_databases: [ { name: meta } ] }
    pg-test:
      hosts:
        10.10.10.11: { pg_seq: 1, pg_role: primary }
        10.10.10.12: { pg_seq: 2, pg_role: replica }
        10.10.10.13: { pg_seq: 3, pg_role: offline }
      vars:
        pg_cluster: pg-test
        pg_users:
          - { name: test, password: Canary.Test.8861, pgbouncer: true, roles: [ dbrole_admin ] }
        pg_databases:
          - { name: test }
        pg_hba_rules: []
        pg_services: []
        pg_parameters: {}
  vars:
    admin_ip: 10.10.10.10
    pg_version: 17
    pg_conf: tiny.yml
    pg_shared_buffer_ratio: 0.1
    node_repo_modules: local
    node_tune: none
    pg_admin_password: Canary.Admin.7714
    pg_replication_password: Canary.Repl.2290
    pg_monitor_password: Canary.Monitor.5532
    patroni_password: Canary.Patroni.3317
    haproxy_admin_password: Canary.Haproxy.9092
    etcd_root_password: Canary.Etcd.4148
    pg_safeguard: false
`
