package moduletest

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"pig/internal/module"
	"pig/internal/module/fake"
	"pig/internal/node"
	"pig/internal/value"
)

// illNode is a service that is in trouble for the first tries of a question, and answers then.
type illNode struct {
	*fake.Node
	trouble *trouble
	serve   func(conn net.Conn)
}

type trouble struct {
	tries  int // with trouble
	asked  int
	answer node.Response // in place of an answer
	err    error
	stderr string // of psql
}

func (t *trouble) now() bool { t.asked++; return t.asked <= t.tries }

func (f *illNode) For(t node.Task) (node.System, error) {
	s, err := f.Node.For(t)
	return &illNode{s.(*fake.Node), f.trouble, f.serve}, err //nolint:forcetypeassert // it gives one of its kind
}

func (f *illNode) Net() node.Net { return illNet{fake.Net{Of: f.Node}, f} }

func (f *illNode) Exec(ctx context.Context, c node.Cmd) (node.Output, error) {
	if !strings.HasSuffix(c.Argv[0], "psql") {
		return node.Output{RC: 1}, nil
	}
	if f.trouble.now() {
		if f.trouble.stderr == "" { // it hangs
			<-ctx.Done()
			return node.Output{}, ctx.Err()
		}
		return node.Output{RC: 2, Stderr: []byte(f.trouble.stderr)}, nil
	}
	return node.Output{Stdout: []byte("{}\n")}, nil
}

type illNet struct {
	fake.Net
	f *illNode
}

func (n illNet) HTTP(_ context.Context, r node.Request) (node.Response, error) {
	if n.f.trouble.now() {
		if node.Silent(n.f.trouble.err) {
			time.Sleep(r.Timeout / 10)
		}
		return n.f.trouble.answer, n.f.trouble.err
	}
	return node.Response{Status: 200, Body: []byte(`{"scope": "pg"}`)}, nil
}

func (n illNet) Converse(_ context.Context, c node.Conversation) error {
	if n.f.trouble.now() {
		return n.f.trouble.err
	}
	here, there := net.Pipe()
	go func() {
		defer there.Close() //nolint:errcheck // a pipe's end
		if c.Socket != "" {
			_, _ = there.Read(make([]byte, 1<<10))
			_, _ = io.WriteString(there, "1 b 1 s\n")
			return
		}
		n.f.serve(there)
	}()
	defer here.Close() //nolint:errcheck // as above
	return c.Speak(here)
}

// Question is what a module asks a service: the unit of the service, whether it speaks HTTP, the arguments of the question.
type Question struct {
	Unit string
	HTTP bool
	Args []module.Arg
	Set  *value.Dict
	Ask  func(ctx context.Context, c *module.Call) error
	// Hurried is a question whose single tries are bounded: that takes time also where nothing is asked again.
	Hurried bool
	// Serve answers who speaks to the service by a connection of its own; nil for services that are asked otherwise.
	Serve func(conn net.Conn)
}

// Unanswered holds a question to what is right when the service does not answer at once, or at all: silence is not absence.
func Unanswered(t *testing.T, service string, q Question) {
	t.Helper()
	gone := &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	hangs := &node.Silence{Err: os.ErrDeadlineExceeded}
	const always = 1 << 20
	for name, c := range map[string]struct {
		trouble trouble
		up      bool // the unit runs
		http    bool // only of services that speak it
		asked   string
		silent  bool // it is told to be there without an answer
		fails   bool
	}{
		"answers at once":                     {trouble{}, true, false, "once", false, false},
		"hangs, then answers":                 {trouble{tries: 1, err: hangs}, true, false, "again", false, false},
		"hangs":                               {trouble{tries: always, err: hangs}, true, false, "again", true, true},
		"502, then answers":                   {trouble{tries: 2, answer: node.Response{Status: 502, Body: []byte("<html>")}}, true, true, "again", false, false},
		"503, then answers":                   {trouble{tries: 2, answer: node.Response{Status: 503, Body: []byte("<html>")}}, true, true, "again", false, false},
		"503":                                 {trouble{tries: always, answer: node.Response{Status: 503, Body: []byte("<html>")}}, true, true, "again", true, true},
		"starts up, then answers":             {trouble{tries: 2, err: hangs, stderr: "FATAL:  the database system is starting up"}, true, false, "again", false, false},
		"refused while the unit runs":         {trouble{tries: 2, err: gone, stderr: "failed: Connection refused"}, true, false, "again", false, false},
		"refused where the unit does not run": {trouble{tries: always, err: gone, stderr: "failed: No such file or directory"}, false, false, "once", false, true},
	} {
		if c.http && !q.HTTP {
			continue
		}
		for _, planned := range []bool{false, true} {
			where := service + " " + name
			if planned {
				where += ", in a plan"
			}
			t.Run(where, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					own := c.trouble
					f := &illNode{&fake.Node{States: map[string]node.Unit{}, Record: func(node.Change) {}}, &own, q.Serve}
					if c.up {
						f.States[q.Unit] = node.Unit{Name: q.Unit, Exists: true, Active: "active"}
					}
					var m node.Machine = f
					if planned {
						m = node.NewShadow(f)
					}
					began := time.Now()
					err := askOn(t, m, q.Args, q.Set, q.Ask)
					var silent *module.NoAnswer
					if (err != nil) != c.fails || errors.As(err, &silent) != c.silent {
						t.Fatalf("after %d tries: %v", own.asked, err)
					}
					if c.silent && errors.Is(err, node.ErrUnknown) {
						t.Errorf("silence is unknown: %v", err)
					}
					if (c.asked == "once") != (time.Since(began) == 0) && !q.Hurried || own.asked == 0 {
						t.Errorf("the question took %s and %d tries", time.Since(began), own.asked)
					}
					if took := time.Since(began); took > 3*time.Minute {
						t.Errorf("the question took %s", took)
					}
				})
			})
		}
	}
}

func askOn(t *testing.T, m node.Machine, args []module.Arg, set *value.Dict, ask func(context.Context, *module.Call) error) error {
	t.Helper()
	checked, err := module.Spec{Args: args}.Check("question", set)
	if err != nil {
		t.Fatal(err)
	}
	sys, err := m.For(node.Task{Record: func(node.Change) {}, User: "postgres"})
	if err != nil {
		t.Fatal(err)
	}
	return ask(t.Context(), &module.Call{System: sys, Scratch: sys, Args: module.NewArgs(checked), Facts: module.Facts{Warnings: &[]string{}}})
}
