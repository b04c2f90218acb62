package law

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"pig/internal/cli"
	"pig/internal/fleet"
	"pig/internal/module"
	"pig/internal/products"
	"pig/internal/products/onnode"
)

// labSocket is the variable of the environment with the socket of a lab. This test binary, started as pig, asks there: so scripts run pig on machines that are
// in the memory of the test.
const labSocket = "PIG_LAB_SOCKET"

type labCall struct {
	Dir  string
	Args []string
}

type labAnswer struct {
	Out, Err string
	Code     int
}

// askLab is pig, as scripts start it.
func askLab(socket string) int {
	dir, err := os.Getwd()
	if err != nil {
		panic(err)
	}
	c, err := net.Dial("unix", socket)
	if err != nil {
		panic(err)
	}
	defer c.Close()
	var a labAnswer
	if err := json.NewEncoder(c).Encode(labCall{dir, os.Args[1:]}); err != nil {
		panic(err)
	}
	if err := json.NewDecoder(c).Decode(&a); err != nil {
		panic(err)
	}
	fmt.Fprint(os.Stdout, a.Out)
	fmt.Fprint(os.Stderr, a.Err)
	return a.Code
}

// shell runs scripts in which pig is the lab's.
type shell struct {
	t    *testing.T
	home string // the directory of the test
	dir  string // /var/lib/pig of scripts
	bin  string
	env  []string
	mu   sync.Mutex
	ran  []string // pig's arguments, in order
}

func (l *lab) shell() *shell {
	l.t.Helper()
	dir, err := os.MkdirTemp("/tmp", "pig-ci-") // hooks run from there; a short path, since that of a socket has 107 letters at most
	if err != nil {
		l.t.Fatal(err)
	}
	was, err := os.Getwd()
	if err != nil {
		l.t.Fatal(err)
	}
	s := &shell{t: l.t, home: was, dir: dir, bin: filepath.Join(dir, "bin")}
	own, err := os.Executable()
	if err != nil {
		l.t.Fatal(err)
	}
	s.do(os.Mkdir(s.bin, 0o755))
	s.do(os.Symlink(own, filepath.Join(s.bin, "pig")))
	socket := filepath.Join(dir, "s")
	server, err := net.Listen("unix", socket)
	if err != nil {
		l.t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := server.Accept()
			if err != nil {
				return
			}
			s.answer(l, c)
		}
	}()
	l.t.Cleanup(func() {
		_ = server.Close()
		<-done
		_ = os.Chdir(was)
		_ = os.RemoveAll(dir)
	})
	s.env = append(os.Environ(), labSocket+"="+socket, "PATH="+s.bin+":"+os.Getenv("PATH"), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null",
		"GIT_AUTHOR_NAME=ann", "GIT_AUTHOR_EMAIL=ann@example.com", "GIT_COMMITTER_NAME=ann", "GIT_COMMITTER_EMAIL=ann@example.com")
	return s
}

// answer runs pig where the script is: one call after the other, since a directory is the whole process's.
func (s *shell) answer(l *lab, c net.Conn) {
	defer c.Close()
	var call labCall
	if json.NewDecoder(c).Decode(&call) != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ran = append(s.ran, strings.Join(call.Args, " "))
	var a labAnswer
	if err := os.Chdir(call.Dir); err != nil {
		a = labAnswer{Err: err.Error(), Code: 1}
	} else {
		var out, errs bytes.Buffer
		deps := cli.Deps{Build: cli.Build{Products: products.All(), Modules: onnode.Modules()}, In: strings.NewReader(""), Out: &locked{w: &out}, Err: &locked{w: &errs}, Fleet: func(table map[string]module.Module) *fleet.Fleet {
			return fleet.Over(l.world.Open, table)
		}}
		a.Code = cli.Run(context.Background(), deps, append([]string{"pig"}, call.Args...))
		a.Out, a.Err = out.String(), errs.String()
	}
	_ = json.NewEncoder(c).Encode(a)
}

// run runs a program in a directory, and gives what it says and its exit code.
func (s *shell) run(dir string, env []string, name string, args ...string) (string, int) {
	s.t.Helper()
	c := exec.CommandContext(s.t.Context(), name, args...)
	c.Dir = dir
	c.Env = append(append([]string{}, s.env...), env...)
	out, err := c.CombinedOutput()
	if c.ProcessState == nil {
		s.t.Fatalf("%s: %v", name, err)
	}
	return string(out), c.ProcessState.ExitCode()
}

func (s *shell) must(dir, name string, args ...string) string {
	s.t.Helper()
	out, code := s.run(dir, nil, name, args...)
	if code != 0 {
		s.t.Fatalf("%s %s: exit status %d\n%s", name, strings.Join(args, " "), code, out)
	}
	return out
}

func (s *shell) do(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *shell) write(path, text string, mode os.FileMode) {
	s.t.Helper()
	s.do(os.MkdirAll(filepath.Dir(path), 0o700))
	s.do(os.WriteFile(path, []byte(text), mode))
}

// lastRun is pig's last call with a verb.
func (s *shell) lastRun(verb string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := len(s.ran) - 1; i >= 0; i-- {
		if strings.HasPrefix(s.ran[i], verb+" ") || s.ran[i] == verb {
			return s.ran[i]
		}
	}
	return ""
}
