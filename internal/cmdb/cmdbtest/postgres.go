// Package cmdbtest starts a PostgreSQL of the distribution for tests: an empty one, on a socket in a directory of its own, as an ordinary user.
package cmdbtest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Server is a running PostgreSQL.
type Server struct {
	dir      string
	bin      string
	made     int
	template string
}

// Start starts a server that ends with the test. The test is left out on a machine without PostgreSQL: scripts/setup.sh installs it.
func Start(t testing.TB) *Server {
	t.Helper()
	if testing.Short() {
		t.Skip("a server takes long")
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		t.Skip("initdb not found: run scripts/setup.sh")
	}
	slices.Sort(found)
	dir, err := os.MkdirTemp("", "pig-cmdb-") //nolint:usetesting // a short path: that of a socket has 107 letters at most
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	s := &Server{dir: dir, bin: filepath.Dir(found[len(found)-1]), template: "template0"}
	if os.Getuid() == 0 {
		if err := os.Chown(dir, nobody, nobody); err != nil {
			t.Fatal(err)
		}
	}
	s.run(t, "initdb", "-D", s.data(), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
	s.run(t, "pg_ctl", "-D", s.data(), "-l", filepath.Join(dir, "log"), "-w", "-o", "-c listen_addresses='' -c fsync=off -c max_connections=20 -c unix_socket_directories="+dir, "start")
	t.Cleanup(func() { s.Stop(t) })
	return s
}

// nobody is the account that the server runs as where the test is root: PostgreSQL refuses root.
const nobody = 65534

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

func (s *Server) run(t testing.TB, name string, args ...string) {
	t.Helper()
	if text, err := s.command(name, args...); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, text)
	}
}

func (s *Server) command(name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, filepath.Join(s.bin, name), args...)
	c.Dir = s.dir
	c.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC"}
	if os.Getuid() == 0 {
		c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	out, err := os.CreateTemp("", "pig-cmdb-out-") // a pipe would stay open in the server
	if err != nil {
		return "", err
	}
	defer os.Remove(out.Name())
	defer out.Close()
	c.Stdout, c.Stderr = out, out
	err = c.Run()
	text, _ := os.ReadFile(out.Name())
	return string(text), err
}

// Stop ends the server at once.
func (s *Server) Stop(t testing.TB) {
	if text, err := s.command("pg_ctl", "-D", s.data(), "-m", "immediate", "-w", "stop"); err != nil && !strings.Contains(text, "Is server running?") {
		t.Errorf("stop PostgreSQL: %v\n%s", err, text)
	}
}

// Template makes the database that later ones are copies of.
func (s *Server) Template(t testing.TB) string {
	t.Helper()
	s.run(t, "createdb", "-h", s.dir, "-U", "postgres", "cmdb")
	s.template = "cmdb"
	return s.template
}

// Empty makes a database with nothing in it and gives its connection string.
func (s *Server) Empty(t testing.TB) string {
	t.Helper()
	s.run(t, "createdb", "-h", s.dir, "-U", "postgres", "-T", "template0", "empty")
	return s.DSN("empty")
}

// Database makes a copy of the template and gives its connection string.
func (s *Server) Database(t testing.TB) string {
	t.Helper()
	s.made++
	name := fmt.Sprintf("cmdb%d", s.made)
	s.run(t, "createdb", "-h", s.dir, "-U", "postgres", "-T", s.template, name)
	return s.DSN(name)
}

// DSN is the connection string of a database.
func (s *Server) DSN(database string) string {
	return fmt.Sprintf("host=%s user=postgres dbname=%s", s.dir, database)
}

// Dir is the directory of the socket.
func (s *Server) Dir() string { return s.dir }

// Psql is the path of the client.
func (s *Server) Psql() string { return filepath.Join(s.bin, "psql") }

// SQL runs statements with psql and gives what they print.
func (s *Server) SQL(dsn, sql string) (string, error) {
	return s.command("psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", dsn, "-c", sql)
}

// Dump is all that pg_dump gives of a database.
func (s *Server) Dump(dsn string) (string, error) { return s.command("pg_dump", "-d", dsn) }
