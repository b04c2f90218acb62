package agent

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
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
var errGone = errors.New("the controller went away")

// Serve talks frames until in ends. Then every task that still runs is cancelled: nothing goes on behind the operator's back.
func (s *Server) Serve(ctx context.Context, in io.Reader, out io.Writer) error {
	w := NewWriter(out)
	if err := w.Write(Frame{Type: Hello, Payload: []byte(Magic)}); err != nil {
		return fmt.Errorf("greeting the controller: %w", err)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	c := conversation{server: s, out: w, cancels: map[uint32]context.CancelCauseFunc{}}
	err := c.listen(ctx, bufio.NewReaderSize(in, 1<<16))
	cancel(errGone)
	c.tasks.Wait()
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

type conversation struct {
	server *Server
	out    *Writer
	tasks  sync.WaitGroup

	mu      sync.Mutex
	cancels map[uint32]context.CancelCauseFunc
}

func (c *conversation) listen(ctx context.Context, in io.Reader) error {
	for {
		f, err := Read(in, MaxPayload)
		if err != nil {
			return err
		}
		switch f.Type {
		case Ping:
			if err := c.out.Write(Frame{Type: Pong, Request: f.Request}); err != nil {
				return err
			}
		case Run:
			task, cancel := context.WithCancelCause(ctx)
			c.mu.Lock()
			c.cancels[f.Request] = cancel
			c.mu.Unlock()
			c.tasks.Go(func() { c.run(task, f) })
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
	payload, err := EncodeResult(c.server.execute(ctx, f.Payload))
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
		ctx, cancel = context.WithTimeoutCause(ctx, req.Timeout, fmt.Errorf("it took longer than its timeout of %s", req.Timeout))
		defer cancel()
	}
	machine := s.live
	if req.Planned {
		machine = s.shadow
	}
	return module.Run(ctx, machine, s.modules, req.Task)
}
