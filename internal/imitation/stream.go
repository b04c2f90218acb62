package imitation

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"pig/internal/agent"
	"pig/internal/fleet"
	"pig/internal/products/onnode"
)

// Open starts an agent on the machine of a host, and gives the streams to it, for fleet.Over. The agent is pig's own; what it
// answers goes through the world's faults.
func (w *World) Open(h fleet.Host) (io.WriteCloser, io.Reader, error) {
	m := w.Machine(h.Addr)
	if m == nil {
		return nil, nil, fmt.Errorf("dial tcp %s:22: no route to host", h.Addr)
	}
	said, in := io.Pipe()
	fromPig, toAgent := io.Pipe()
	answers, fromAgent := io.Pipe()
	out, toPig := io.Pipe()
	ctx, cancel := context.WithCancelCause(context.Background())
	p := &process{Machine: m, hushed: make(chan struct{})}
	p.cut = func() { // as when the controller dies: the agent reads the end of its input
		_ = fromPig.CloseWithError(io.EOF)
		_ = toPig.CloseWithError(io.EOF)
	}
	p.kill = func() { // as kill -9: no answer, no more deeds
		cancel(errKilled)
		p.cut()
		_ = answers.CloseWithError(io.ErrClosedPipe)
	}
	w.join(p)
	go func() {
		_ = agent.NewServer(p, onnode.Modules()).Serve(ctx, fromPig, fromAgent) // how a stream ends is the other side's to tell
		p.end(errors.New("the agent has ended"))
		_ = fromAgent.Close()
	}()
	go w.carry(p, answers, toPig)
	go p.hear(said, toAgent)
	return in, out, nil
}

// hear takes what pig says to the agent, also that it says no more; of a pig that has vanished it takes nothing.
func (p *process) hear(from *io.PipeReader, to *io.PipeWriter) {
	b := make([]byte, 1<<16)
	for {
		n, err := from.Read(b)
		select {
		case <-p.hushed:
			if err != nil {
				return
			}
			continue
		default:
		}
		if err == nil {
			_, err = to.Write(b[:n])
		}
		if err != nil {
			_ = to.Close()
			_ = from.CloseWithError(io.ErrClosedPipe)
			return
		}
	}
}

// carry takes answers from an agent to pig.
func (w *World) carry(p *process, from *io.PipeReader, to *io.PipeWriter) {
	out := agent.NewWriter(to)
	for {
		f, err := agent.Read(from, agent.MaxAnswer)
		if err != nil {
			_ = to.Close()
			return
		}
		again, late, err := w.mishap(p, f)
		if err != nil {
			return
		}
		select {
		case <-p.hushed:
			continue
		default:
		}
		if late > 0 {
			time.AfterFunc(late, func() { _ = out.Write(f) })
			continue
		}
		for range 1 + again {
			if out.Write(f) != nil {
				p.kill()
				return
			}
		}
	}
}

// lateness is how long an answer is overtaken by others, slowness how long one takes on a node that has much to do.
const lateness, slowness = 2 * time.Second, time.Minute

// mishap is what happens to an answer on its way: it comes again, it comes late, or nothing comes any more.
func (w *World) mishap(p *process, f agent.Frame) (again int, late time.Duration, err error) {
	faults := w.fault()
	if f.Type != agent.Result {
		return 0, 0, nil
	}
	late = w.slow(p.addr)
	if faults.What != "" {
		return 0, late, nil
	}
	at := faults.answer()
	what := p.addr + ": an answer"
	switch {
	case faults.strikes(at, what, Slow):
		late = slowness
	case faults.strikes(at, what, Twice):
		again = 1
	case faults.strikes(at, what, Late):
		late = lateness
	case faults.strikes(at, what, Lost):
		p.end(errKilled)
		err = errKilled
	case faults.strikes(at, what, Gone):
		w.Cut()
		faults.cut()
	case faults.strikes(at, what, Silent):
		w.Hush()
		faults.cut()
	}
	return again, late, err
}

func (w *World) join(p *process) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.agents = append(w.agents, p)
}

// Cut ends all streams, as when the controller dies.
func (w *World) Cut() {
	for _, p := range w.leave() {
		p.cut()
	}
}

// Hush lets nothing go through the streams any more and ends none, as when the controller is stopped or its cable is pulled.
func (w *World) Hush() {
	for _, p := range w.leave() {
		close(p.hushed)
	}
}

// leave gives the agents that somebody talks to: nobody does any more.
func (w *World) leave() []*process {
	w.mu.Lock()
	defer w.mu.Unlock()
	agents := w.agents
	w.agents = nil
	return agents
}
