package agent

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"strings"
	"sync"

	"pig/internal/module"
	"pig/internal/node"
)

// Server runs tasks on the machine that it lives on, for one controller.
type Server struct {
	live    node.Machine
	shadow  node.Machine
	modules map[string]module.Module
}

// NewServer serves the modules of table on live, and plans on a shadow of it that lasts as long as the server.
func NewServer(live node.Machine, table map[string]module.Module) *Server {
	return &Server{live: live, shadow: node.NewShadow(live), modules: table}
}

// errGone is why tasks end when the controller goes away.
var errGone = errors.New("the controller has disconnected")

// Serve talks frames until in ends, or the controller falls silent. Then every task that still runs is cancelled: nothing goes on behind
// the operator's back.
func (s *Server) Serve(ctx context.Context, in io.Reader, out io.Writer) error {
	w := NewWriter(out)
	if err := w.Write(Frame{Type: Hello, Payload: []byte(Magic)}); err != nil {
		return fmt.Errorf("cannot answer the controller: %w", err)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	c := conversation{server: s, out: w, cancels: map[uint32]context.CancelCauseFunc{}}
	done, silent, ended := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	defer close(done)
	var beat Beat
	go beat.Keep(done, w, func() { close(silent) })
	go func() { ended <- c.listen(ctx, bufio.NewReaderSize(beat.Hear(in), 1<<16)) }()
	var err error
	select {
	case err = <-ended:
	case <-silent: // the stream is open still, and nobody at its other end: neither reads nor writes of it have an end
		err = fmt.Errorf("%w: %w", errGone, ErrSilent)
	}
	cancel(errGone)
	c.close()
	c.tasks.Wait()
	if !errors.Is(err, io.EOF) {
		return err
	}
	answered := make(chan struct{})
	go func() { c.answers.Wait(); close(answered) }()
	select {
	case <-answered:
	case <-silent:
	}
	return nil
}

type conversation struct {
	server *Server
	out    *Writer
	// tasks are at work; answers are on their way, which is as long as the stream makes it.
	tasks, answers sync.WaitGroup

	mu      sync.Mutex
	cancels map[uint32]context.CancelCauseFunc
	closed  bool
}

// close lets no further task begin.
func (c *conversation) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
}

// begin starts a task, unless the conversation has ended.
func (c *conversation) begin(ctx context.Context, f Frame) {
	task, end := context.WithCancelCause(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		end(errGone)
		return
	}
	c.cancels[f.Request] = end
	c.tasks.Add(1)
	c.answers.Go(func() { c.run(task, f) })
}

func (c *conversation) listen(ctx context.Context, in io.Reader) error {
	for {
		f, err := Read(in, MaxPayload)
		if err != nil {
			return err
		}
		switch f.Type {
		case Pulse:
		case Run:
			c.begin(ctx, f)
		case Cancel:
			c.mu.Lock()
			if cancel, ok := c.cancels[f.Request]; ok {
				cancel(errors.New("cancelled by the operator"))
			}
			c.mu.Unlock()
		default:
			return fmt.Errorf("a frame of unknown type %d", f.Type)
		}
	}
}

func (c *conversation) run(ctx context.Context, f Frame) {
	defer func() {
		c.mu.Lock()
		c.cancels[f.Request](nil)
		delete(c.cancels, f.Request)
		c.mu.Unlock()
	}()
	r := c.server.execute(ctx, f.Payload)
	c.tasks.Done()
	if errors.Is(context.Cause(ctx), errGone) && strings.Contains(r.Failed, errGone.Error()) {
		return // no failure of the task: who still reads this stream learns from its end that the link is gone
	}
	payload, err := EncodeResult(r)
	if err == nil && len(payload) > MaxAnswer {
		err = fmt.Errorf("the size is %d MB, and %d MB is the most", len(payload)>>20, MaxAnswer>>20)
	}
	if err != nil {
		payload, _ = EncodeResult(module.Refused("the result cannot be sent: " + err.Error()))
	}
	// A write error means that the stream is gone; listen sees that too.
	_ = c.out.Write(Frame{Type: Result, Request: f.Request, Payload: payload})
}

func (s *Server) execute(ctx context.Context, payload []byte) (r module.Result) {
	// One module's defect must not take down the tasks of others, nor hide where it is.
	defer func() {
		if p := recover(); p != nil {
			r = module.Refused(fmt.Sprintf("a defect in pig: %v\n%s", p, debug.Stack()))
		}
	}()
	req, err := DecodeRequest(payload)
	if err != nil {
		return module.Refused(err.Error())
	}
	if req.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, req.Timeout, fmt.Errorf("the task took longer than the timeout of %s", req.Timeout))
		defer cancel()
	}
	machine := s.live
	if req.Planned {
		machine = s.shadow
	}
	return module.Run(ctx, machine, s.modules, req.Task)
}
