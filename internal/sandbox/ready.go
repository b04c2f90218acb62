//go:build linux

package sandbox

import (
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

// bootTimeout is how long a node may take. It takes seconds, or a minute among a hundred on two cores.
const bootTimeout = 5 * time.Minute

// askTimeout is how long one answer of systemd or sshd may take.
const askTimeout = 5 * time.Second

// awaitReady waits until the node's systemd has finished booting and its sshd answers from the control namespace.
func (s *Sandbox) awaitReady(ctx context.Context, n nodeState) error {
	ctx, cancel := context.WithTimeout(ctx, bootTimeout)
	defer cancel()
	var last string
	for {
		if _, ok := s.running(n); !ok {
			return fmt.Errorf("node %s died while booting; the end of its console (%s):\n%s",
				n.Name, s.files.node(n.Machine).console(), tail(s.files.node(n.Machine).console(), 20))
		}
		state := s.systemState(ctx, n)
		if state == "running" || state == "degraded" {
			err := s.sshAnswers(ctx, n)
			if err == nil {
				return nil
			}
			state += ", sshd: " + err.Error()
		}
		last = state
		select {
		case <-ctx.Done():
			return fmt.Errorf("node %s is not ready (systemd is %s): %w\n%s", n.Name, last, ctx.Err(), s.whyNotReady(n))
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// systemState is systemd's own word: initializing, starting, running, degraded, ...; "offline" before it has one.
func (s *Sandbox) systemState(ctx context.Context, n nodeState) string {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	var out strings.Builder
	_, err := s.execNode(ctx, n, []string{"systemctl", "is-system-running"}, nil, &out, io.Discard)
	word := strings.TrimSpace(out.String())
	if err != nil || word == "" {
		return "offline"
	}
	return word
}

// sshAnswers reads the greeting of the node's sshd.
func (s *Sandbox) sshAnswers(ctx context.Context, n nodeState) error {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	conn, err := s.DialContext(ctx, "tcp", net.JoinHostPort(n.Addr.String(), "22"))
	if err != nil {
		return err
	}
	defer conn.Close()
	if d, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(d)
	}
	greeting := make([]byte, 4)
	if _, err := io.ReadFull(conn, greeting); err != nil {
		return fmt.Errorf("no greeting: %w", err)
	}
	if string(greeting) != "SSH-" {
		return fmt.Errorf("greeting is %q", greeting)
	}
	return nil
}

// whyNotReady gathers what tells the cause: the jobs that systemd still waits for, what failed, the console.
func (s *Sandbox) whyNotReady(n nodeState) string {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second) // the caller's time is over
	defer cancel()
	var out strings.Builder
	for _, argv := range [][]string{
		{"systemctl", "list-jobs", "--no-pager", "--no-legend"},
		{"systemctl", "--failed", "--no-pager", "--no-legend", "--plain"},
	} {
		fmt.Fprintf(&out, "  %s:\n", strings.Join(argv[:2], " "))
		_, _ = s.execNode(ctx, n, argv, nil, &out, &out)
	}
	console := s.files.node(n.Machine).console()
	fmt.Fprintf(&out, "  the end of %s:\n%s", console, tail(console, 15))
	return out.String()
}
