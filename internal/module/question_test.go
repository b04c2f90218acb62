package module

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"pig/internal/node"
	minio "pig/internal/products/minio/model"
	redis "pig/internal/products/redis/model"
	"pig/internal/products/redis/peer"
	"pig/internal/value"
)

// illNode is a service that is in trouble for the first tries of a question, and answers then.
type illNode struct {
	*fakeNode
	trouble *trouble
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
	s, err := f.fakeNode.For(t)
	return &illNode{s.(*fakeNode), f.trouble}, err //nolint:forcetypeassert // it gives one of its kind
}

func (f *illNode) Net() node.Net { return illNet{fakeNet{f: f.fakeNode}, f} }

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
	fakeNet
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
		peer.Serve(there, func([]string) redis.Reply { return "PONG" })
	}()
	defer here.Close() //nolint:errcheck // as above
	return c.Speak(here)
}

// questions are what the modules of all services ask through.
var questions = map[string]struct {
	unit string
	http bool
	args []Arg
	set  *value.Dict
	ask  func(ctx context.Context, c *Call) error
}{
	"patroni's cluster": {"patroni.service", true, patroniArgs(), value.DictOf("url", "http://a:8008"), func(ctx context.Context, c *Call) error {
		_, err := newPatroni(ctx, c).glance(ctx)
		return err
	}},
	"patroni's configuration": {"patroni.service", true, patroniArgs(), value.DictOf("url", "http://a:8008"), func(ctx context.Context, c *Call) error {
		_, err := newPatroni(ctx, c).resting(ctx)
		return err
	}},
	"etcd": {"etcd.service", true, etcdArgs(), value.DictOf("endpoints", value.NewList("http://a:2379")), func(ctx context.Context, c *Call) error {
		return newEtcd(c).ask(ctx, "kv/range", struct{}{}, nil)
	}},
	"minio": {"minio.service", true, minioArgs(), value.DictOf("endpoint", "http://a:9000"), func(ctx context.Context, c *Call) error {
		m := newMinio(c)
		m.root = minio.Credentials{AccessKey: "a", SecretKey: "b"}
		_, err := m.ask(ctx, "GET", admin("info"))
		return err
	}},
	"redis": {"redis-6379.service", false, redisArgs(), value.NewDict(), func(ctx context.Context, c *Call) error {
		_, err := newRedis(c, redis.Addr{Host: "a", Port: 6379}, "redis-6379.service", "").ask1(ctx, "PING")
		return err
	}},
	"haproxy": {"haproxy.service", false, nil, value.NewDict(), func(ctx context.Context, c *Call) error {
		_, err := haproxyBackends(ctx, c, "/run/haproxy/admin.sock", "s")
		return err
	}},
	"postgres": {"patroni.service", false, psqlArgs(), value.DictOf("bin_dir", "/bin"), func(ctx context.Context, c *Call) error {
		var target map[string]any
		return newPsql(c).query(ctx, "postgres", "SELECT 1", &target)
	}},
}

func TestUnansweredIsNotAbsent(t *testing.T) {
	t.Parallel()
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
		for service, q := range questions {
			if c.http && !q.http {
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
						f := &illNode{&fakeNode{units: map[string]node.Unit{}, record: func(node.Change) {}}, &own}
						if c.up {
							f.units[q.unit] = node.Unit{Name: q.unit, Exists: true, Active: "active"}
						}
						var m node.Machine = f
						if planned {
							m = node.NewShadow(f)
						}
						began := time.Now()
						err := askOn(t, m, q.args, q.set, q.ask)
						var silent *noAnswer
						if (err != nil) != c.fails || errors.As(err, &silent) != c.silent {
							t.Fatalf("after %d tries: %v", own.asked, err)
						}
						if c.silent && errors.Is(err, node.ErrUnknown) {
							t.Errorf("silence is unknown: %v", err)
						}
						if (c.asked == "once") != (time.Since(began) == 0) && service != "postgres" || own.asked == 0 {
							t.Errorf("it took %s and %d tries", time.Since(began), own.asked)
						}
						if took := time.Since(began); took > 3*time.Minute {
							t.Errorf("it took %s", took)
						}
					})
				})
			}
		}
	}
}

func askOn(t *testing.T, m node.Machine, args []Arg, set *value.Dict, ask func(context.Context, *Call) error) error {
	t.Helper()
	checked, err := Spec{Args: args}.Check("question", set)
	if err != nil {
		t.Fatal(err)
	}
	sys, err := m.For(node.Task{Record: func(node.Change) {}, User: "postgres"})
	if err != nil {
		t.Fatal(err)
	}
	return ask(t.Context(), &Call{System: sys, Scratch: sys, Args: Args{checked}, Facts: Facts{&[]string{}}})
}

// A task that has less time than a service is given ends in its own time, with what is wrong and not with "too late".
func TestAQuestionEndsWithItsTask(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		err := question(ctx, &Call{System: &fakeNode{}}, "", func(context.Context) error { return busy{fs.ErrInvalid} })
		if !errors.Is(err, fs.ErrInvalid) || ctx.Err() != nil {
			t.Errorf("got %v, %v", err, ctx.Err())
		}
	})
}
