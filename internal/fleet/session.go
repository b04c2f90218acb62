package fleet

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"pig/internal/agent"
	"pig/internal/module"
	"pig/internal/transport"
)

// cancelGrace is how long a task that was told to stop has to say what became of it.
const cancelGrace = 10 * time.Second

// session is an agent at work on a host.
type session struct {
	conn transport.Conn
	proc transport.Process
	out  *agent.Writer
	user string // the login account
	stop sync.Once
	done chan struct{}

	mu      sync.Mutex
	next    uint32
	waiting map[uint32]chan module.Result
	err     error
}

// newSession takes over a process that has just said hello.
func newSession(conn transport.Conn, proc transport.Process, in *bufio.Reader) *session {
	s := &session{
		conn: conn, proc: proc, out: agent.NewWriter(proc.Stdin()), user: conn.User(),
		done: make(chan struct{}), waiting: map[uint32]chan module.Result{},
	}
	var beat agent.Beat
	go beat.Keep(s.done, s.out, func() { s.fail(fmt.Errorf("the node no longer answers: %w", agent.ErrSilent)) })
	go s.listen(beat.Hear(in))
	return s
}

// errUnsent says that a task did not reach the agent as a whole, so that nothing of it was done: frames are obeyed once they are complete.
var errUnsent = errors.New("cannot send a task")

// run sends t and waits for its result.
func (s *session) run(ctx context.Context, t Task) (module.Result, error) {
	payload, err := agent.EncodeRequest(agent.Request{Task: t.Task, Planned: t.Planned, Timeout: t.Timeout})
	if err != nil {
		return module.Refused(err.Error()), nil
	}
	id, result := s.expect()
	defer s.unexpect(id)
	if err := s.out.Write(agent.Frame{Type: agent.Run, Request: id, Payload: payload}); err != nil {
		return module.Result{}, s.unsent(err)
	}
	select {
	case r := <-result:
		return r, nil
	case <-s.done:
		return module.Result{}, s.cause()
	case <-ctx.Done():
	}
	_ = s.out.Write(agent.Frame{Type: agent.Cancel, Request: id})
	select {
	case r := <-result:
		return r, context.Cause(ctx)
	case <-s.done:
	case <-time.After(cancelGrace):
	}
	return module.Result{}, context.Cause(ctx)
}

func (s *session) expect() (uint32, chan module.Result) {
	c := make(chan module.Result, 1)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next++
	s.waiting[s.next] = c
	return s.next, c
}

func (s *session) unexpect(id uint32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.waiting, id)
}

func (s *session) listen(in io.Reader) {
	for {
		f, err := agent.Read(in, agent.MaxAnswer)
		if err != nil {
			s.fail(err)
			return
		}
		if f.Type == agent.Pulse {
			continue
		}
		if f.Type != agent.Result {
			s.fail(fmt.Errorf("the agent sent a frame of type %d, which only pig sends", f.Type))
			return
		}
		s.mu.Lock()
		c := s.waiting[f.Request]
		delete(s.waiting, f.Request) // a second answer is for nobody
		stray := f.Request == 0 || f.Request > s.next
		s.mu.Unlock()
		if stray {
			s.fail(fmt.Errorf("the agent answered request %d, which was never sent", f.Request))
			return
		}
		if c == nil {
			continue // the task was given up meanwhile
		}
		r, err := agent.DecodeResult(f.Payload)
		if err != nil {
			s.fail(fmt.Errorf("an answer cannot be read: %w", err))
			return
		}
		c <- r
	}
}

// fail ends the session because its stream did.
func (s *session) fail(err error) {
	if errors.Is(err, io.EOF) {
		err = errors.New("the agent on the node ended")
		select {
		case <-s.conn.Done():
			err = errors.New("the node no longer answers")
		default:
		}
	}
	s.mu.Lock()
	if s.err == nil {
		s.err = err
	}
	s.mu.Unlock()
	_ = s.conn.Close() // first: a stream that nobody reads takes no word of its end either
	s.close()
}

// unsent is errUnsent with what is known to have ended the session, or else what the stream said.
func (s *session) unsent(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		err = s.err
	}
	return fmt.Errorf("%w: %w", errUnsent, err)
}

func (s *session) cause() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		return errors.New("the connection was closed")
	}
	return s.err
}

// close ends the agent: it dies with its input.
func (s *session) close() {
	s.stop.Do(func() {
		close(s.done)
		_ = s.proc.Stdin().Close()
		_ = s.proc.Close()
		_ = s.conn.Close()
	})
}
