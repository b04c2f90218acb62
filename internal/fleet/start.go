package fleet

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"pig/internal/agent"
	"pig/internal/agentbin"
	"pig/internal/transport"
)

// startPatience is how long a node may be silent while its agent is uploaded and started. A slow link or a busy node that
// goes on answering has all the time it needs.
const startPatience = 60 * time.Second

// start connects to h and brings an agent up there.
func (f *Fleet) start(ctx context.Context, h Host) (*session, error) {
	conn, err := f.dial(ctx, h)
	if err != nil {
		return nil, err
	}
	w := watch(ctx, startPatience, func() { _ = conn.Close() }) // whatever start waits for then fails
	s, err := f.boot(conn, h, w)
	if silent := w.end(); silent != nil {
		err = silent
	}
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return s, nil
}

func (f *Fleet) dial(ctx context.Context, h Host) (transport.Conn, error) {
	if h.Local {
		return transport.Local()
	}
	return f.ssh.SSH(ctx, h.Target)
}

// boot runs the start-up script on the node, sends the agent if the node asks for it, and waits for its greeting.
func (f *Fleet) boot(conn transport.Conn, h Host, w *watchdog) (*session, error) {
	machine, err := uname(conn)
	if err != nil {
		return nil, err
	}
	w.progress()
	bin, err := f.agents.For(machine)
	if err != nil {
		return nil, err
	}
	s, err := attempt(conn, conn.Start, bin, h, w)
	var refused *sudoError
	if terminal, can := conn.(transport.Terminal); can && errors.As(err, &refused) && refused.why == wantsTerminal {
		return attempt(conn, terminal.StartTerminal, bin, h, w)
	}
	return s, err
}

// attempt starts the agent once.
func attempt(conn transport.Conn, start func(line string) (transport.Process, error), bin agentbin.Binary, h Host, w *watchdog) (*session, error) {
	proc, err := start(script(bin, h))
	if err != nil {
		return nil, err
	}
	stderr := collect(proc.Stderr())
	in := bufio.NewReaderSize(proc.Stdout(), 1<<16)
	if err := (&uploader{conn, proc, in, bin, w}).feed(); err != nil {
		return nil, explain(err, stderr, h)
	}
	if h.Become && h.BecomePassword != "" {
		if _, err := io.WriteString(proc.Stdin(), h.BecomePassword+"\n"); err != nil {
			return nil, explain(err, stderr, h)
		}
	}
	hello := make(chan error, 1)
	go func() { hello <- greet(in) }()
	select {
	case err = <-hello:
	case <-stderr.refused:
		err = errors.New("sudo refused")
	}
	if err != nil {
		_ = proc.Close()
		return nil, explain(err, stderr, h)
	}
	return newSession(conn, proc, in), nil
}

// uname asks for the architecture. It is a round trip of its own because the script must name the agent by its hash.
func uname(conn transport.Conn) (string, error) {
	proc, err := conn.Start("uname -m")
	if err != nil {
		return "", err
	}
	out, err := io.ReadAll(io.LimitReader(proc.Stdout(), 64))
	if err != nil {
		return "", fmt.Errorf("cannot read the architecture of the node: %w", err)
	}
	if err := proc.Wait(); err != nil {
		return "", fmt.Errorf("cannot read the architecture of the node: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}

// longestAnswer bounds a line of the script: a node may send what it likes.
const longestAnswer = 4096

// answerLine reads one line of the script.
func answerLine(in *bufio.Reader) (string, error) {
	var line []byte
	for len(line) < longestAnswer {
		c, err := in.ReadByte()
		if err != nil {
			return string(line), err
		}
		if c == '\n' {
			return string(line), nil
		}
		line = append(line, c)
	}
	return "", fmt.Errorf("invalid answer of the login shell: longer than %d bytes", longestAnswer)
}

func greet(in io.Reader) error {
	f, err := agent.Read(in, agent.MaxAnswer)
	if err != nil {
		return fmt.Errorf("cannot wait for the agent: %w", err)
	}
	if f.Type != agent.Hello || string(f.Payload) != agent.Magic {
		return fmt.Errorf("invalid greeting of the agent: %q", f.Payload[:min(len(f.Payload), 64)])
	}
	return nil
}

// errors output of the script, sudo and the agent.
type stderr struct {
	mu      sync.Mutex
	text    bytes.Buffer
	refused chan struct{} // closed when sudo says that it will not
	ended   chan struct{}
}

func collect(r io.Reader) *stderr {
	s := &stderr{refused: make(chan struct{}), ended: make(chan struct{})}
	go func() {
		defer close(s.ended)
		buf := make([]byte, 4096)
		closed := false
		for {
			n, err := r.Read(buf)
			s.mu.Lock()
			if s.text.Len() < 1<<16 {
				s.text.Write(buf[:n])
			}
			refused := sudoRefused(s.text.String()) != ""
			s.mu.Unlock()
			if refused && !closed {
				close(s.refused)
				closed = true
			}
			if err != nil {
				return
			}
		}
	}()
	return s
}

func (s *stderr) String() string {
	select {
	case <-s.ended:
	case <-time.After(time.Second):
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.TrimSpace(s.text.String())
}

// wantsTerminal is requiretty in sudoers.
const wantsTerminal = "sudo requires a terminal: allow this account without a terminal in sudoers (Defaults:USER !requiretty)"

// sudoError is a refusal of sudo.
type sudoError struct{ why string }

func (e *sudoError) Error() string { return "becoming root: " + e.why }

// sudoRefused names the reason for which sudo does not let us through, "" if it does not say so.
func sudoRefused(text string) string {
	for _, r := range []struct{ said, means string }{
		{"Sorry, try again", "sudo does not accept the become password"},
		{"incorrect password", "sudo does not accept the become password"},
		{"a password is required", "sudo requires a password: use -K, set ansible_become_password, or allow NOPASSWD"},
		{"no password was provided", "sudo requires a password: use -K, set ansible_become_password, or allow NOPASSWD"},
		{"you must have a tty", wantsTerminal},
		{"a terminal is required to", wantsTerminal},
		{"is not in the sudoers file", "this account may not use sudo"},
		{"is not allowed to", "this account may not use sudo"},
		{"may not run sudo", "this account may not use sudo"},
		{"sudo: not found", "sudo not found on the node"},
		{"sudo: command not found", "sudo not found on the node"},
	} {
		if strings.Contains(text, r.said) {
			return r.means
		}
	}
	return ""
}

func explain(err error, s *stderr, h Host) error {
	text := s.String()
	if why := sudoRefused(text); why != "" && h.Become {
		return &sudoError{why}
	}
	if text != "" {
		return fmt.Errorf("%w: %s", err, text)
	}
	return err
}
