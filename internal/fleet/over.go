package fleet

import (
	"bufio"
	"context"
	"io"

	"pig/internal/module"
	"pig/internal/transport"
)

// Over talks to agents whose streams are there already, and dials nobody: open gives those of a host, or tells why it cannot be reached.
func Over(open func(h Host) (in io.WriteCloser, out io.Reader, err error), modules map[string]module.Module) *Fleet {
	f := New(transport.Config{}, modules)
	f.begin = func(_ context.Context, h Host) (*session, error) {
		in, out, err := open(h)
		if err != nil {
			return nil, err
		}
		p := &streams{in, out, make(chan struct{})}
		r := bufio.NewReader(out)
		if err := greet(r); err != nil {
			_ = p.Close() // as boot does: nobody else ends it
			return nil, err
		}
		s := newSession(p, p, r)
		s.user = h.User // as whom tasks act that become nobody
		return s, nil
	}
	return f
}

// streams are a connection and its one process.
type streams struct {
	in   io.WriteCloser
	out  io.Reader
	done chan struct{}
}

// The methods of streams are those of transport.Conn and transport.Process.
func (s *streams) Start(string) (transport.Process, error) { return s, nil }
func (s *streams) User() string                            { return "" }
func (s *streams) Done() <-chan struct{}                   { return s.done }
func (s *streams) Stdin() io.WriteCloser                   { return s.in }
func (s *streams) Stdout() io.Reader                       { return s.out }
func (s *streams) Stderr() io.Reader                       { return eof{} }
func (s *streams) Wait() error                             { return nil }

func (s *streams) Close() error {
	if c, ok := s.out.(io.Closer); ok {
		_ = c.Close()
	}
	return s.in.Close()
}

type eof struct{}

func (eof) Read([]byte) (int, error) { return 0, io.EOF }
