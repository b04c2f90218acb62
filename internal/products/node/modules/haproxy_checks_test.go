package modules

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pig/internal/module"
	"pig/internal/module/builtin"
	"pig/internal/module/fake"
	"pig/internal/node"
	"pig/internal/value"
)

const serversState = `1
# be_id be_name srv_id srv_name srv_addr
4 pg-test-primary 1 pg-test-1 10.10.10.11 2
4 pg-test-primary 2 pg-test-2 10.10.10.12 2
5 pg-test-replica 1 pg-test-1 10.10.10.11 2

`

// haproxySocket stands for HAProxy: it answers one line of commands a connection, and keeps them.
func haproxySocket(t *testing.T) (path string, said func() []string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "admin.sock")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	lines := make(chan string, 16)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			line, _ := bufio.NewReader(conn).ReadString('\n')
			lines <- strings.TrimSpace(line)
			answer := "\n"
			if strings.HasPrefix(line, "show") {
				answer = serversState
			}
			_, _ = io.WriteString(conn, answer)
			_ = conn.Close()
		}
	}()
	return path, func() (all []string) {
		for len(lines) > 0 {
			all = append(all, <-lines)
		}
		return all
	}
}

func TestHAProxyChecksAreSuspendedOfOneServer(t *testing.T) {
	t.Parallel()
	path, said := haproxySocket(t)
	for _, c := range []struct {
		what    string
		machine node.Machine
		want    []string
	}{
		{"plan", node.NewShadow(node.NewLive()), []string{"show servers state"}},
		{"run", node.NewLive(), []string{"show servers state", "disable health pg-test-primary/pg-test-1;disable health pg-test-replica/pg-test-1"}},
	} {
		var changes []node.Change
		sys, err := c.machine.For(node.Task{Record: func(ch node.Change) { changes = append(changes, ch) }})
		if err != nil {
			t.Fatal(err)
		}
		m := haproxyChecks()
		args, err := m.Spec.Check(m.Name, value.DictOf("server", "pg-test-1", "socket", path))
		if err != nil {
			t.Fatal(err)
		}
		silent, err := m.Spec.Check(m.Name, value.DictOf("server", "pg-test-1", "socket", path, "while_url", "http://127.0.0.1:1/patroni"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.Run(t.Context(), &module.Call{System: sys, Args: module.NewArgs(silent)}); err != nil || len(said()) > 0 || len(changes) > 0 {
			t.Errorf("%s: checks of a server that does not answer at this address are suspended: %v", c.what, err)
		}
		if _, err := m.Run(t.Context(), &module.Call{System: sys, Args: module.NewArgs(args)}); err != nil {
			t.Fatalf("%s: %v", c.what, err)
		}
		if got := said(); !slices.Equal(got, c.want) {
			t.Errorf("%s: HAProxy heard %q", c.what, got)
		}
		if len(changes) != 1 || changes[0].ID != "pg-test-1" {
			t.Errorf("%s: %v", c.what, changes)
		}
	}
}

// A server of TLS ends the connection of whoever begins with something else, and Patroni's resets it: that is an answer, and no silence.
func TestAServerOfAnotherSchemeIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	path, said := haproxySocket(t)
	for name, serve := range map[string]func(net.Conn){
		"reset": func(c net.Conn) { _ = c.(*net.TCPConn).SetLinger(0) },
		"ended": func(c net.Conn) { _, _ = c.Read(make([]byte, 4096)) },
	} {
		url := fmt.Sprintf("http://127.0.0.1:%d/patroni", fake.ServeEach(t, serve))
		r := runLive(t, "haproxy_checks", "server", "pg-test-1", "while_url", url, "socket", path)
		if r.Failed != "" || r.Changed != false || len(said()) > 0 {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

func runLive(t *testing.T, name string, args ...value.Value) module.Result {
	t.Helper()
	return module.Run(t.Context(), node.NewLive(), builtin.Table(Table()), module.Task{Module: name, Args: value.DictOf(args...)})
}
