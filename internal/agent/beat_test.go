package agent

import (
	"context"
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// slowly is a server whose module "wait" waits until it is cancelled or an hour is over, and whose module "chat" answers at once with
// much. It gives the ends of the controller, when and how the server ended, and why the wait did.
type slowly struct {
	in    *io.PipeWriter
	out   *io.PipeReader
	ended chan error
	cause chan error
}

func serveSlowly() *slowly {
	inR, inW := io.Pipe()
	outR, outW := io.Pipe()
	s := &slowly{inW, outR, make(chan error, 1), make(chan error, 10)}
	table := map[string]module.Module{
		"wait": {Name: "wait", Run: func(ctx context.Context, _ *module.Call) (*value.Dict, error) {
			select {
			case <-ctx.Done():
			case <-time.After(time.Hour):
			}
			s.cause <- context.Cause(ctx)
			return nil, nil
		}},
		"chat": {Name: "chat", Run: func(context.Context, *module.Call) (*value.Dict, error) { return value.DictOf("said", "yes"), nil }},
	}
	go func() {
		s.ended <- NewServer(node.Bare{}, table).Serve(context.Background(), inR, outW)
		_ = outW.Close()
	}()
	return s
}

func (s *slowly) send(t *testing.T, id uint32, name string) {
	t.Helper()
	b, err := EncodeRequest(Request{Task: module.Task{Module: name, Args: value.NewDict()}})
	if err != nil {
		t.Fatal(err)
	}
	if err := NewWriter(s.in).Write(Frame{Type: Run, Request: id, Payload: b}); err != nil {
		t.Fatal(err)
	}
}

// A controller that was stopped has no opening bracket: neither does it send, nor read what it is sent.
func TestAVanishedControllerEndsTheRun(t *testing.T) {
	for name, busy := range map[string]bool{"while it waits for a task": false, "while an answer is on its way to it": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := serveSlowly()
				if _, err := Read(s.out, MaxAnswer); err != nil {
					t.Fatal(err)
				}
				s.send(t, 1, "wait")
				if busy {
					s.send(t, 2, "chat") // and nobody reads what it says
				}
				began := time.Now()
				select {
				case err := <-s.ended:
					if !errors.Is(err, ErrSilent) {
						t.Errorf("the server ended with %v", err)
					}
				case <-time.After(time.Minute):
					t.Fatal("the server outlives its controller by a minute")
				}
				if took := time.Since(began); took < 40*time.Second || took > 45*time.Second {
					t.Errorf("the server ended after %s", took)
				}
				if cause := <-s.cause; !errors.Is(cause, errGone) {
					t.Errorf("the wait ended with %v", cause)
				}
				_, _ = s.in.Close(), s.out.Close()
			})
		})
	}
}

// Who says anything is there: beats alone do, and so does each piece of a large message on a slow link.
func TestAControllerThatIsHeardIsThere(t *testing.T) {
	for name, speak := range map[string]func(t *testing.T, s *slowly){
		"beats": func(_ *testing.T, s *slowly) {
			for range 60 {
				time.Sleep(BeatEvery)
				_ = NewWriter(s.in).Write(Frame{Type: Pulse})
			}
		},
		"a message of five minutes": func(t *testing.T, s *slowly) {
			b, err := EncodeRequest(Request{Task: module.Task{Module: "chat", Args: value.NewDict()}})
			if err != nil {
				t.Fatal(err)
			}
			r, w := io.Pipe()
			go func() { _ = NewWriter(w).Write(Frame{Type: Run, Request: 2, Payload: b}) }()
			whole := make([]byte, headerSize+len(b))
			if _, err := io.ReadFull(r, whole); err != nil {
				t.Fatal(err)
			}
			for i := range whole {
				time.Sleep(18 * time.Second)
				if _, err := s.in.Write(whole[i : i+1]); err != nil {
					t.Fatal(err)
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := serveSlowly()
				go func() { _, _ = io.Copy(io.Discard, s.out) }()
				s.send(t, 1, "wait")
				speak(t, s)
				select {
				case err := <-s.ended:
					t.Fatalf("the server ended with %v", err)
				case cause := <-s.cause:
					t.Fatalf("the task ended with %v", cause)
				default:
				}
				_ = s.in.Close()
				if err := <-s.ended; err != nil {
					t.Errorf("after the end of its input the server ended with %v", err)
				}
			})
		})
	}
}

// The agent is heard whatever it is busy with.
func TestABusyAgentBeats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serveSlowly()
		if _, err := Read(s.out, MaxAnswer); err != nil {
			t.Fatal(err)
		}
		s.send(t, 1, "wait")
		for range 3 {
			began := time.Now()
			f, err := Read(s.out, MaxAnswer)
			if err != nil || f.Type != Pulse || time.Since(began) > BeatEvery {
				t.Errorf("after %s: %+v, %v", time.Since(began), f, err)
			}
		}
		go func() { _, _ = io.Copy(io.Discard, s.out) }()
		_ = s.in.Close()
		<-s.ended
	})
}
