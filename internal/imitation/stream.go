package imitation

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"pig/internal/agent"
	"pig/internal/fleet"
	"pig/internal/module"
)

// Open starts an agent on the machine of a host, and gives the streams to it, for fleet.Over. The agent is pig's own; what it
// answers goes through the world's faults.
func (w *World) Open(h fleet.Host) (io.WriteCloser, io.Reader, error) {
	m := w.Machine(h.Addr)
	if m == nil {
		return nil, nil, fmt.Errorf("dial tcp %s:22: no route to host", h.Addr)
	}
	fromPig, in := io.Pipe()
	answers, fromAgent := io.Pipe()
	out, toPig := io.Pipe()
	ctx, cancel := context.WithCancelCause(context.Background())
	p := &process{Machine: m}
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
		_ = agent.NewServer(p, module.Table()).Serve(ctx, fromPig, fromAgent) // how a stream ends is the other side's to tell
		p.end(errors.New("the agent has ended"))
		_ = fromAgent.Close()
	}()
	go w.carry(p, answers, toPig)
	return in, out, nil
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
		if late {
			time.AfterFunc(lateness, func() { _ = out.Write(f) })
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

// lateness is how long an answer is overtaken by others.
const lateness = 2 * time.Second

// mishap is what happens to an answer on its way: it comes again, it comes late, or nothing comes any more.
func (w *World) mishap(p *process, f agent.Frame) (again int, late bool, err error) {
	faults := w.fault()
	if f.Type != agent.Result || faults.What != "" {
		return 0, false, nil
	}
	at := faults.answer()
	what := p.addr + ": an answer"
	switch {
	case faults.strikes(at, what, Slow):
		time.Sleep(time.Minute)
	case faults.strikes(at, what, Twice):
		again = 1
	case faults.strikes(at, what, Late):
		late = true
	case faults.strikes(at, what, Lost):
		p.end(errKilled)
		err = errKilled
	case faults.strikes(at, what, Gone):
		w.Cut()
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
	w.mu.Lock()
	agents := w.agents
	w.agents = nil
	w.mu.Unlock()
	for _, p := range agents {
		p.cut()
	}
}
