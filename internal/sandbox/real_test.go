//go:build linux

package sandbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

// These tests boot real nodes. They need root, and are asked for with PIG_SANDBOX_TESTS=1.

func needSandbox(t *testing.T) context.Context {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("real nodes need root")
	}
	if os.Getenv("PIG_SANDBOX_TESTS") == "" {
		t.Skip("real nodes are tested with PIG_SANDBOX_TESTS=1")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Minute) // the first run builds an image, beside whatever else the machine does
	t.Cleanup(cancel)
	return ctx
}

// testConfig names a sandbox after the test process, so that runs do not meet, and promises to take it down.
func testConfig(t *testing.T, suffix string, addrs ...string) Config {
	t.Helper()
	c := Config{Name: fmt.Sprintf("t%d-%s", os.Getpid(), suffix), Nodes: nodesAt(addrs...), Progress: func(s string) { t.Log(s) }}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := Down(ctx, c.Name, true); err != nil {
			t.Errorf("cleaning up: %v", err)
		}
		if left := leftovers(c.Name); len(left) > 0 {
			t.Errorf("left behind:\n%s", strings.Join(left, "\n"))
		}
	})
	return c
}

func mustUp(t *testing.T, ctx context.Context, c Config) *Sandbox {
	t.Helper()
	s, err := Up(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// leftovers lists everything on this machine that carries the sandbox's name, once what was killed had time to end: a busy machine is slow.
func leftovers(name string) (out []string) {
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		if out = named(name); len(out) == 0 || time.Now().After(deadline) {
			return out
		}
	}
}

func named(name string) []string {
	var out []string
	for _, glob := range []string{
		netnsDir + "/pig." + name, netnsDir + "/pig." + name + ".*", "/run/systemd/nspawn/*/*pig." + name + ".*",
		"/sys/fs/cgroup/*/" + cgroupRoot + "/" + name, "/sys/fs/cgroup/" + cgroupRoot + "/" + name, filepath.Join(StateDir(), name),
		lockDir + "/pig-sandbox-" + name,
	} {
		hits, _ := filepath.Glob(glob)
		out = append(out, hits...)
	}
	// A process belongs to the sandbox by its cgroup or its command line; a mount by its path, in any mount namespace.
	procs, _ := filepath.Glob("/proc/[0-9]*")
	for _, p := range procs {
		if pid, _ := strconv.Atoi(filepath.Base(p)); isZombie(pid) {
			continue // dead; PID 1 has not looked yet
		}
		group, _ := os.ReadFile(p + "/cgroup")
		command, _ := os.ReadFile(p + "/cmdline")
		mounts, _ := os.ReadFile(p + "/mounts")
		switch {
		case memberOf(string(group), "/"+cgroupRoot+"/"+name):
			out = append(out, p+" is in its cgroup")
		case bytes.Contains(command, []byte("pig."+name+".")):
			out = append(out, p+" has it in its arguments")
		case bytes.Contains(mounts, []byte(filepath.Join(StateDir(), name)+"/")):
			out = append(out, p+" sees its mounts")
		}
	}
	return out
}

// eventually asks again until the answer is good: on a busy machine an answer may come too late.
func eventually(t *testing.T, ask func() error) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		err := ask()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Error(err)
			return
		}
	}
}

func execOut(t *testing.T, ctx context.Context, s *Sandbox, node string, argv ...string) (string, int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	var out bytes.Buffer
	code, err := s.Exec(ctx, node, argv, nil, &out, &out)
	if err != nil {
		t.Fatalf("exec %v on %q: %v", argv, node, err)
	}
	return strings.TrimSpace(out.String()), code
}

func pidsOf(t *testing.T, ctx context.Context, s *Sandbox) []int {
	t.Helper()
	sts, err := s.Status(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var out []int
	for _, st := range sts {
		out = append(out, st.PID)
	}
	return out
}

func dialSSH(ctx context.Context, s *Sandbox, addr string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	n, err := s.node(addr)
	if err != nil {
		return err
	}
	return s.sshAnswers(ctx, n)
}

func TestTwoNodes(t *testing.T) {
	ctx := needSandbox(t)
	const a, b = "10.253.7.10", "10.253.7.11"
	c := testConfig(t, "two", a, b)
	c.Nodes[1].Disks = []string{"/data1", "/srv/deep/data2"}
	s := mustUp(t, ctx, c)

	t.Run("status", func(t *testing.T) {
		sts, err := s.Status(ctx)
		if err != nil || len(sts) != 2 {
			t.Fatalf("%v, %v", sts, err)
		}
		eventually(t, func() error {
			sts, err = s.Status(ctx)
			for _, st := range sts {
				if st.State != "running" || !st.SSH || st.Cut || st.PID == 0 {
					err = fmt.Errorf("%+v", st)
				}
			}
			return err
		})
	})
	t.Run("exec in a node", func(t *testing.T) {
		if out, code := execOut(t, ctx, s, a, "sh", "-c", "hostname; id -u; cat; exit 7"); out != "ip-10-253-7-10\n0" || code != 7 {
			t.Errorf("%q, %d", out, code)
		}
		if out, code := execOut(t, ctx, s, a, "sh", "-c", "kill -9 $$"); code != 128+9 {
			t.Errorf("%q, %d", out, code)
		}
		if _, err := s.Exec(ctx, "nosuch", []string{"true"}, nil, nil, nil); err == nil || !strings.Contains(err.Error(), a) {
			t.Errorf("an unknown node: %v", err)
		}
		var out bytes.Buffer
		if _, err := s.Exec(ctx, a, []string{"cat"}, strings.NewReader("fed"), &out, io.Discard); err != nil || out.String() != "fed" {
			t.Errorf("stdin: %q, %v", out.String(), err)
		}
	})
	t.Run("exec ends with its context", func(t *testing.T) {
		short, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
		defer cancel()
		_, _ = s.Exec(short, a, []string{"sleep", "987654"}, nil, nil, nil)
		deadline := time.Now().Add(5 * time.Second)
		for {
			if _, code := execOut(t, ctx, s, a, "pgrep", "-f", "sleep 98765[4]"); code == 1 {
				return
			}
			if time.Now().After(deadline) {
				t.Fatal("the command outlives its context")
			}
			time.Sleep(20 * time.Millisecond)
		}
	})
	t.Run("exec in the control namespace", func(t *testing.T) {
		if out, _ := execOut(t, ctx, s, "", "ip", "-brief", "addr", "show", "dev", "br0"); !strings.Contains(out, "10.253.7.1/24") {
			t.Error(out)
		}
	})
	t.Run("ssh", func(t *testing.T) { testSSH(t, ctx, s, b) })
	t.Run("nothing outside leads there", func(t *testing.T) {
		for _, argv := range [][]string{{"ip", "route", "show", "table", "all"}, {"ip", "-oneline", "addr"}} {
			out, err := exec.CommandContext(ctx, argv[0], argv[1:]...).Output()
			if err != nil || strings.Contains(string(out), "10.253.7.") {
				t.Errorf("%v: %v\n%s", argv, err, out)
			}
		}
	})
	t.Run("what a node can do", func(t *testing.T) {
		for _, line := range []string{
			"ping -c 1 -W 2 " + b,
			"ip addr add 10.253.7.99/32 dev eth0 && ip addr del 10.253.7.99/32 dev eth0",
			"nft add table inet t && nft delete table inet t",
			"sysctl -w net.ipv4.ip_nonlocal_bind=1",
			"! command -v python3",
			"sudo -u dba sudo -n true",
			"test $(stat -c %U:%G:%a /home/dba/.ssh/authorized_keys) = dba:admin:600",
			"test $(stat -c %a /etc/shadow) = 640 && test $(stat -c %a /etc) = 755",
			"! ping -c 1 -W 1 192.0.2.77", // unreachable, at once
			"test -z \"$(systemctl --failed --no-legend)\"",
		} {
			if out, code := execOut(t, ctx, s, a, "sh", "-c", line); code != 0 {
				t.Errorf("%s: status %d: %s", line, code, out)
			}
		}
		// Disks are file systems of their own.
		if out, code := execOut(t, ctx, s, b, "sh", "-c", "test $(stat -c %d /data1) != $(stat -c %d /) && echo x > /srv/deep/data2/f"); code != 0 {
			t.Errorf("disks: %s", out)
		}
	})
	t.Run("units of one name do not meet", func(t *testing.T) {
		for _, n := range []string{a, b} {
			if out, code := execOut(t, ctx, s, n, "systemd-run", "--unit=same", "sleep", "1000"); code != 0 {
				t.Fatal(out)
			}
		}
		execOut(t, ctx, s, a, "systemctl", "stop", "same")
		if out, _ := execOut(t, ctx, s, b, "systemctl", "is-active", "same"); out != "active" {
			t.Error(out)
		}
	})
	t.Run("up again changes nothing", func(t *testing.T) {
		before := pidsOf(t, ctx, s)
		again := mustUp(t, ctx, c)
		if after := pidsOf(t, ctx, again); !slices.Equal(before, after) {
			t.Errorf("pids %v became %v", before, after)
		}
	})
	t.Run("open finds it", func(t *testing.T) {
		o, err := Open(c.Name)
		if err != nil || o.AdminUser() != "dba" || !slices.Equal(pidsOf(t, ctx, o), pidsOf(t, ctx, s)) {
			t.Errorf("%v, %v", o, err)
		}
		if names, err := List(); err != nil || !slices.Contains(names, c.Name) {
			t.Errorf("%v, %v", names, err)
		}
	})
	t.Run("cut and heal", func(t *testing.T) {
		if err := s.Partition(ctx, a, true); err != nil {
			t.Fatal(err)
		}
		if err := dialSSH(ctx, s, a); err == nil {
			t.Error("a node that is cut off answers")
		}
		eventually(t, func() error {
			sts, err := s.Status(ctx)
			if err == nil && (!sts[0].Cut || sts[0].SSH || sts[1].Cut || !sts[1].SSH) {
				err = fmt.Errorf("%+v", sts)
			}
			return err
		})
		if err := s.Partition(ctx, a, false); err != nil {
			t.Fatal(err)
		}
		if err := s.awaitReady(ctx, s.state.Nodes[0]); err != nil {
			t.Error(err)
		}
	})
	t.Run("freeze and thaw", func(t *testing.T) {
		if err := s.Freeze(ctx, a, true); err != nil {
			t.Fatal(err)
		}
		if err := dialSSH(ctx, s, a); err == nil {
			t.Error("a node that stands still answers")
		}
		if err := s.Freeze(ctx, a, false); err != nil {
			t.Fatal(err)
		}
		if err := s.awaitReady(ctx, s.state.Nodes[0]); err != nil {
			t.Error(err)
		}
	})
	t.Run("kill and start", func(t *testing.T) {
		execOut(t, ctx, s, a, "sh", "-c", "echo kept > /etc/kept; ip addr add 10.253.7.50/32 dev eth0")
		before := pidsOf(t, ctx, s)
		if err := s.Kill(ctx, a); err != nil {
			t.Fatal(err)
		}
		if err := dialSSH(ctx, s, a); err == nil {
			t.Error("a dead node answers")
		}
		if _, err := s.Exec(ctx, a, []string{"true"}, nil, nil, nil); err == nil || !strings.Contains(err.Error(), "does not run") {
			t.Errorf("exec in a dead node: %v", err)
		}
		if err := s.Start(ctx, a); err != nil {
			t.Fatal(err)
		}
		after := pidsOf(t, ctx, s)
		if after[0] == before[0] || after[1] != before[1] {
			t.Errorf("pids %v became %v", before, after)
		}
		if out, _ := execOut(t, ctx, s, a, "sh", "-c", "cat /etc/kept; ip addr"); !strings.Contains(out, "kept") || strings.Contains(out, "10.253.7.50") {
			t.Errorf("after a power loss: %s", out)
		}
	})
	t.Run("reboot from inside", func(t *testing.T) {
		started := []string{"cut", "-d ", "-f22", "/proc/1/stat"}
		boot, _ := execOut(t, ctx, s, a, started...)
		execOut(t, ctx, s, a, "systemctl", "reboot")
		deadline := time.Now().Add(30 * time.Second)
		for {
			if err := s.awaitReady(ctx, s.state.Nodes[0]); err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			code, err := s.Exec(ctx, a, started, nil, &out, nil)
			if err == nil && code == 0 && strings.TrimSpace(out.String()) != boot {
				return
			}
			if time.Now().After(deadline) {
				t.Fatal("the node did not come back")
			}
			time.Sleep(50 * time.Millisecond)
		}
	})
	t.Run("down and up keep the disks", func(t *testing.T) {
		if err := s.Down(ctx, false); err != nil {
			t.Fatal(err)
		}
		left := leftovers(c.Name)
		if len(left) != 2 || left[0] != s.files.dir || !strings.HasPrefix(left[1], lockDir) {
			t.Errorf("left behind:\n%s", strings.Join(left, "\n"))
		}
		again := mustUp(t, ctx, c)
		if out, _ := execOut(t, ctx, again, a, "cat", "/etc/kept"); out != "kept" {
			t.Error(out)
		}
		if out, _ := execOut(t, ctx, again, b, "cat", "/srv/deep/data2/f"); out != "x" {
			t.Error(out)
		}
	})
	t.Run("fewer nodes, then more", func(t *testing.T) {
		fewer := c
		fewer.Nodes = c.Nodes[:1]
		before := pidsOf(t, ctx, s)
		one := mustUp(t, ctx, fewer)
		if after := pidsOf(t, ctx, one); !slices.Equal(after, before[:1]) {
			t.Errorf("pids %v became %v", before, after)
		}
		more := mustUp(t, ctx, c)
		if out, _ := execOut(t, ctx, more, b, "hostname"); out != "ip-10-253-7-11" {
			t.Error(out)
		}
	})
}

// testSSH logs in as a controller does: with the sandbox's key and known_hosts, over DialContext.
func testSSH(t *testing.T, ctx context.Context, s *Sandbox, addr string) {
	raw, err := os.ReadFile(s.PrivateKey())
	if err != nil {
		t.Fatal(err)
	}
	key, err := ssh.ParsePrivateKey(raw)
	if err != nil {
		t.Fatal(err)
	}
	check, err := knownhosts.New(s.KnownHosts())
	if err != nil {
		t.Fatal(err)
	}
	for user, want := range map[string]string{s.AdminUser(): "88 0", "root": "0 0"} {
		ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
		defer cancel()
		conn, err := s.DialContext(ctx, "tcp", net.JoinHostPort(addr, "22"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if d, ok := ctx.Deadline(); ok {
			_ = conn.SetDeadline(d)
		}
		cc, chans, reqs, err := ssh.NewClientConn(conn, net.JoinHostPort(addr, "22"), &ssh.ClientConfig{
			User: user, Auth: []ssh.AuthMethod{ssh.PublicKeys(key)}, HostKeyCallback: check,
			HostKeyAlgorithms: []string{ssh.KeyAlgoED25519}})
		if err != nil {
			t.Fatal(err)
		}
		client := ssh.NewClient(cc, chans, reqs)
		defer client.Close()
		session, err := client.NewSession()
		if err != nil {
			t.Fatal(err)
		}
		out, err := session.CombinedOutput("echo $(id -u) $(sudo -n id -u)")
		if got := strings.TrimSpace(string(out)); err != nil || got != want {
			t.Errorf("as %s: %q, %v", user, got, err)
		}
	}
}

// Two sandboxes may have the same addresses at the same time.
func TestSameAddressesTwice(t *testing.T) {
	ctx := needSandbox(t)
	one := mustUp(t, ctx, testConfig(t, "one", "10.253.7.10"))
	two := mustUp(t, ctx, testConfig(t, "other", "10.253.7.10"))
	execOut(t, ctx, one, "10.253.7.10", "touch", "/one")
	if out, code := execOut(t, ctx, two, "10.253.7.10", "ls", "/one"); code == 0 {
		t.Error(out)
	}
	if err := one.Down(ctx, true); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() error { return dialSSH(ctx, two, "10.253.7.10") }) // it did not go with the first
}

// Nodes of different networks reach each other through the control namespace.
func TestTwoNetworks(t *testing.T) {
	ctx := needSandbox(t)
	s := mustUp(t, ctx, testConfig(t, "nets", "10.253.7.10", "10.253.8.10"))
	if out, code := execOut(t, ctx, s, "10.253.7.10", "ping", "-c", "1", "-W", "2", "10.253.8.10"); code != 0 {
		t.Error(out)
	}
}

func TestDownAfterACrash(t *testing.T) {
	ctx := needSandbox(t)
	t.Run("supervisor killed, state lost", func(t *testing.T) {
		c := testConfig(t, "crash", "10.253.7.10", "10.253.7.11")
		s := mustUp(t, ctx, c)
		killNspawn(t, s, 0)
		killLauncher(t, s, 1)
		for _, path := range []string{s.files.state(), s.files.node("ip-10-253-7-11").pid()} {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := Open(c.Name); err == nil {
			t.Error("a sandbox without state opens")
		}
		if err := Down(ctx, c.Name, true); err != nil {
			t.Fatal(err)
		}
		if left := leftovers(c.Name); len(left) > 0 {
			t.Errorf("left behind:\n%s", strings.Join(left, "\n"))
		}
	})
	t.Run("up cancelled in the middle", func(t *testing.T) {
		c := testConfig(t, "cancel", "10.253.7.10", "10.253.7.11", "10.253.7.12")
		for _, after := range []time.Duration{50, 150, 300, 450} {
			short, cancel := context.WithTimeout(ctx, after*time.Millisecond)
			_, err := Up(short, c)
			cancel()
			if err == nil {
				continue // a fast machine
			}
			if !errors.Is(err, context.DeadlineExceeded) && !strings.Contains(err.Error(), "killed") {
				t.Logf("after %dms: %v", after, err)
			}
			if err := Down(ctx, c.Name, true); err != nil {
				t.Fatal(err)
			}
			if left := leftovers(c.Name); len(left) > 0 {
				t.Fatalf("after %dms, left behind:\n%s", after, strings.Join(left, "\n"))
			}
		}
	})
	t.Run("a half-dead node is replaced by up", func(t *testing.T) {
		c := testConfig(t, "half", "10.253.7.10")
		s := mustUp(t, ctx, c)
		killLauncher(t, s, 0)
		mustUp(t, ctx, c)
		killNspawn(t, s, 0)
		mustUp(t, ctx, c)
		if out, _ := execOut(t, ctx, s, "10.253.7.10", "systemctl", "is-system-running"); out != "running" {
			t.Error(out)
		}
	})
	t.Run("nothing to take down", func(t *testing.T) {
		if err := Down(ctx, "nosuch", true); err != nil {
			t.Error(err)
		}
	})
}

// killLauncher ends the process of the pid file; the node goes on without it.
func killLauncher(t *testing.T, s *Sandbox, node int) {
	t.Helper()
	p, ok := s.running(s.state.Nodes[node])
	if !ok {
		t.Fatal("the node does not run")
	}
	if err := syscall.Kill(p.PID, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(30 * time.Second); p.alive(); time.Sleep(5 * time.Millisecond) { // a busy machine takes its time
		if time.Now().After(deadline) {
			t.Fatal("the launcher does not end")
		}
	}
}

// killNspawn ends the container's supervisor, and waits until the launcher has noticed.
func killNspawn(t *testing.T, s *Sandbox, node int) {
	t.Helper()
	p, ok := s.running(s.state.Nodes[node])
	if !ok {
		t.Fatal("the node does not run")
	}
	for _, pid := range children(p.PID) {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
	}
	for deadline := time.Now().Add(30 * time.Second); p.alive(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the launcher does not end with its systemd-nspawn")
		}
	}
}

// Every system boots, bare and prepared, and the bare node can install from the repository without a network.
func TestEverySystem(t *testing.T) {
	ctx := needSandbox(t)
	if os.Getenv("PIG_SANDBOX_TESTS") != "all" {
		t.Skip("all images are tested with PIG_SANDBOX_TESTS=all")
	}
	for _, system := range Systems() {
		t.Run(system, func(t *testing.T) {
			c := testConfig(t, system, "10.253.7.10")
			c.OS, c.Nodes[0].Repo = system, true
			s := mustUp(t, ctx, c)
			install := ": >/etc/apt/sources.list && cd /www/pigsty && apt-get -qy install ./jq_*.deb ./libjq1_*.deb ./libonig5_*.deb && jq --version"
			if out, code := execOut(t, ctx, s, c.Nodes[0].Name, "sh", "-c", install); code != 0 {
				t.Error(out)
			}
			c.Name += "p"
			p := Config{Name: c.Name, OS: system, Prepared: true, Nodes: []Node{{Name: "p", Addr: netip.MustParseAddr("10.253.7.20")}}}
			t.Cleanup(func() { _ = Down(context.Background(), p.Name, true) })
			s = mustUp(t, ctx, p)
			check := "patroni --version && ls /usr/lib/postgresql/*/bin/initdb && ! ls /var/lib/postgresql/*/main && test -z \"$(ss -Hlnt | grep -v :22)\""
			if out, code := execOut(t, ctx, s, "p", "sh", "-c", check); code != 0 {
				t.Error(out)
			}
		})
	}
}
