package fleet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/skeema/knownhosts"
	"golang.org/x/crypto/ssh"

	"pig/internal/agent"
	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/transport"
	"pig/internal/transport/sshd"
	"pig/internal/value"
)

// The agent that a test build sends to its hosts is the test itself.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == "agent" {
		if err := agent.NewServer(node.NewLive(), testModules()).Serve(context.Background(), os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// testModules are echo, which answers its text, and hang, which ends only when it is cancelled; the file mark tells that it has begun.
func testModules() map[string]module.Module {
	return map[string]module.Module{
		"echo": {Name: "echo", Spec: module.Spec{Args: []module.Arg{{Name: "text"}}}, Run: func(ctx context.Context, c *module.Call) (*value.Dict, error) {
			planned := false
			err := c.System.Await(ctx, node.Wait{
				Met: func(context.Context) error { return errors.New("never") }, Late: func(context.Context, error) error { return nil }, Assume: func(error) { planned = true },
			})
			return value.DictOf("text", c.Args.String("text"), "planned", planned), err
		}},
		"hang": {Name: "hang", Spec: module.Spec{Args: []module.Arg{{Name: "mark"}}}, Run: func(ctx context.Context, c *module.Call) (*value.Dict, error) {
			if mark := c.Args.String("mark"); mark != "" {
				if err := os.WriteFile(mark, nil, 0o600); err != nil {
					return nil, err
				}
			}
			<-ctx.Done()
			return nil, context.Cause(ctx)
		}},
	}
}

// site is one host that a fleet reaches by SSH. Commands run on this machine, in a home of their own.
type site struct {
	t       *testing.T
	server  *sshd.Server
	network *sshd.Network
	conf    transport.Config
	home    string

	mu    sync.Mutex
	lines []string // what the host was asked to run
	// shell stands in for the login shell, if it is there.
	shell func(line string, in io.Reader, out, errs io.Writer) int
}

func newSite(t *testing.T) *site {
	t.Helper()
	if testing.Short() {
		t.Skip("it sends a test build to itself")
	}
	path, public := sshd.KeyFile(t)
	s := &site{t: t, network: sshd.NewNetwork(t), home: t.TempDir()}
	s.server = &sshd.Server{HostKey: sshd.NewKey(t), Keys: []ssh.PublicKey{public}, Exec: s.exec}
	s.network.Add("10.0.0.1:22", s.server)
	known := filepath.Join(t.TempDir(), "known_hosts")
	if err := os.WriteFile(known, []byte(knownhosts.Line([]string{"10.0.0.1:22"}, s.server.HostKey.PublicKey())+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.conf = transport.Config{Dial: s.network.Dial, KnownHosts: []string{known}, Identities: []string{path}, Home: t.TempDir()}
	return s
}

func (s *site) exec(line string, in io.Reader, out, errs io.Writer) int {
	s.mu.Lock()
	s.lines = append(s.lines, line)
	shell := s.shell
	s.mu.Unlock()
	if shell != nil {
		return shell(line, in, out, errs)
	}
	return s.run(line, in, out, errs)
}

func (s *site) run(line string, in io.Reader, out, errs io.Writer) int {
	return sshd.Shell([]string{"HOME=" + s.home, "PATH=" + os.Getenv("PATH")})(line, in, out, errs)
}

func (s *site) fleet() *Fleet {
	f := New(s.conf, testModules())
	s.t.Cleanup(f.Close)
	return f
}

// account is who runs the test: the agents of these hosts act as it.
func account() string {
	u, err := user.Current()
	if err != nil {
		panic(err)
	}
	return u.Username
}

func theHost() Host {
	return Host{Target: transport.Target{Name: "db", Addr: "10.0.0.1", User: account(), Timeout: 30 * time.Second}}
}

func echo(text string) Task {
	return Task{Task: module.Task{Module: "echo", Args: value.DictOf("text", text)}}
}

// say runs echo on the host.
func say(t *testing.T, f *Fleet, text string) error {
	t.Helper()
	r, err := f.Run(t.Context(), theHost(), echo(text))
	if err == nil && (r.Failed != "" || value.Str(r.Values.At("text")) != text) {
		t.Errorf("%s: %q, %s", text, value.Str(r.Values.At("text")), r.Failed)
	}
	return err
}

func TestOneConnectionServesAllTasksAndTheAgentIsSentOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	f := s.fleet()
	var tasks sync.WaitGroup
	for i := range 50 {
		tasks.Go(func() {
			if err := say(t, f, fmt.Sprint("task ", i)); err != nil {
				t.Error(err)
			}
		})
	}
	tasks.Wait()
	if n := len(s.server.Logins()); n != 1 {
		t.Errorf("50 tasks take %d connections", n)
	}
	agents, _ := filepath.Glob(s.home + "/.cache/pig/agent-*")
	if len(agents) != 1 {
		t.Fatalf("the agents in the cache: %v", agents)
	}
	before, err := os.Stat(agents[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := say(t, s.fleet(), "again"); err != nil { // the next run
		t.Error(err)
	}
	if after, err := os.Stat(agents[0]); err != nil || !os.SameFile(before, after) {
		t.Error("the agent is sent again although it is there")
	}
	if err := os.Remove(agents[0]); err != nil { // one that runs cannot be written to
		t.Fatal(err)
	}
	if err := os.WriteFile(agents[0], []byte("#!/bin/sh\necho evil\n"), 0o700); err != nil { //nolint:gosec // it is to be run
		t.Fatal(err)
	}
	if err := say(t, s.fleet(), "whole again"); err != nil {
		t.Errorf("an agent that was changed is not sent anew: %v", err)
	}
}

func TestPlannedTasksGoToTheShadow(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	task := echo("x")
	task.Planned = true
	r, err := s.fleet().Run(t.Context(), theHost(), task)
	if err != nil || r.Values.At("planned") != true {
		t.Errorf("%v, %v", r.Values, err)
	}
}

func TestALostConnectionIsTold(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	f := s.fleet()
	if err := say(t, f, "first"); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	mark := filepath.Join(t.TempDir(), "begun")
	go func() {
		_, err := f.Run(t.Context(), theHost(), Task{Task: module.Task{Module: "hang", Args: value.DictOf("mark", mark)}})
		ended <- err
	}()
	for { // a task that was not sent yet would be sent anew
		if _, err := os.Stat(mark); err == nil {
			break
		}
		time.Sleep(time.Millisecond)
	}
	f.mu.Lock()
	var proc transport.Process
	for _, slot := range f.sessions {
		proc = slot.session.proc
	}
	f.mu.Unlock()
	_ = proc.Close() // the channel breaks
	var gone *Unreachable
	if err := <-ended; !errors.As(err, &gone) || gone.Host != "db" {
		t.Errorf("the task that ran: %v", err)
	}
	if err := say(t, f, "second"); !errors.As(err, &gone) || !strings.Contains(err.Error(), "the connection was lost") {
		t.Errorf("the next task: %v", err)
	}
	f.Reset(theHost())
	if err := say(t, f, "third"); err != nil {
		t.Errorf("after a reset: %v", err)
	}
}

func TestACancelledTaskEndsOnTheHost(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	f := s.fleet()
	if err := f.Connect(t.Context(), theHost()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	stop := errors.New("stopped by the operator")
	time.AfterFunc(100*time.Millisecond, func() { cancel(stop) })
	r, err := f.Run(ctx, theHost(), Task{Task: module.Task{Module: "hang", Args: value.NewDict()}})
	if !errors.Is(err, stop) || !strings.Contains(r.Failed, "cancelled by the operator") {
		t.Errorf("%v, %q", err, r.Failed)
	}
	if err := say(t, f, "the agent goes on"); err != nil {
		t.Error(err)
	}
}

func TestATaskTakesNoLongerThanItsTimeout(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	r, err := s.fleet().Run(t.Context(), theHost(), Task{Task: module.Task{Module: "hang", Args: value.NewDict()}, Timeout: 50 * time.Millisecond})
	if err != nil || !strings.Contains(r.Failed, "longer than the timeout of 50ms") {
		t.Errorf("%v, %q", err, r.Failed)
	}
}

func TestWhyAnAgentDoesNotStart(t *testing.T) {
	t.Parallel()
	whole := func(s *site) func(string, io.Reader, io.Writer, io.Writer) int { return s.run }
	for name, c := range map[string]struct {
		shell func(s *site) func(line string, in io.Reader, out, errs io.Writer) int
		host  func(h *Host)
		says  string
	}{
		"another architecture": {shell: func(*site) func(string, io.Reader, io.Writer, io.Writer) int {
			return func(_ string, _ io.Reader, out, _ io.Writer) int { fmt.Fprintln(out, "sparc64"); return 0 }
		}, says: `agent for architecture "sparc64" not found in pig`},
		"a shell that talks": {shell: func(s *site) func(string, io.Reader, io.Writer, io.Writer) int {
			return func(line string, in io.Reader, out, errs io.Writer) int {
				if line != "uname -m" {
					fmt.Fprintln(out, "Welcome to db!")
				}
				return s.run(line, in, out, errs)
			}
		}, says: `the login shell of the node printed "Welcome to db!"`},
		"a shell that fails": {shell: func(*site) func(string, io.Reader, io.Writer, io.Writer) int {
			return func(_ string, _ io.Reader, _, errs io.Writer) int { fmt.Fprintln(errs, "nologin"); return 1 }
		}, says: "cannot read the architecture of the node: exit status 1"},
		"nobody listens": {host: func(h *Host) { h.Addr = "10.0.0.2" }, says: "no route to host"},
		"sudo is missing": {shell: whole, host: func(h *Host) { h.Become, h.BecomeExe = true, "/nowhere/sudo" },
			says: map[bool]string{true: "", false: "/nowhere/sudo"}[os.Geteuid() == 0]},
		"a shell that asks for sudo's password": {shell: func(s *site) func(string, io.Reader, io.Writer, io.Writer) int {
			return func(line string, in io.Reader, out, errs io.Writer) int {
				if line == "uname -m" {
					return s.run(line, in, out, errs)
				}
				fmt.Fprintln(out, "pig have")
				fmt.Fprintln(errs, "sudo: a password is required")
				return 1
			}
		}, host: func(h *Host) { h.Become = true }, says: "becoming root: sudo requires a password"},
		"an agent that greets otherwise": {shell: func(s *site) func(string, io.Reader, io.Writer, io.Writer) int {
			return func(line string, in io.Reader, out, errs io.Writer) int {
				if line == "uname -m" {
					return s.run(line, in, out, errs)
				}
				fmt.Fprintln(out, "pig have")
				_ = agent.NewWriter(out).Write(agent.Frame{Type: agent.Hello, Payload: []byte("pig 0.0")})
				return 0
			}
		}, says: `invalid greeting of the agent: "pig 0.0"`},
	} {
		s := newSite(t)
		if c.shell != nil {
			s.shell = c.shell(s)
		}
		h := theHost()
		if c.host != nil {
			c.host(&h)
		}
		_, err := s.fleet().Run(t.Context(), h, echo("x"))
		var gone *Unreachable
		if c.says == "" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if !errors.As(err, &gone) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
}

func TestTasksOfThisMachineNeedNoConnection(t *testing.T) {
	t.Parallel()
	f := New(transport.Config{}, testModules())
	h := Host{Target: transport.Target{Name: "localhost", Local: true}}
	for _, planned := range []bool{false, true} {
		task := echo("here")
		task.Planned = planned
		r, err := f.Run(t.Context(), h, task)
		if err != nil || r.Values.At("planned") != planned {
			t.Errorf("planned %v: %v, %v", planned, r.Values, err)
		}
	}
	r, err := f.Run(t.Context(), h, Task{Task: module.Task{Module: "hang", Args: value.NewDict()}, Timeout: 20 * time.Millisecond})
	if err != nil || !strings.Contains(r.Failed, "timeout of 20ms") {
		t.Errorf("%v, %q", err, r.Failed)
	}
}
