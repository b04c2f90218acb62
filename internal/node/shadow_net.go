package node

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"pig/internal/format"
)

type shadowNet struct{ *shadowSystem }

// Dial tries for real: what answers now answers then. Where nothing does, only a run can tell.
func (n shadowNet) Dial(ctx context.Context, host string, port int, timeout time.Duration, limit int) ([]byte, error) {
	banner, err := n.live.Net().Dial(ctx, host, port, timeout, limit)
	if err != nil {
		return nil, fmt.Errorf("whether %s answers: %w", format.HostPort(host, port), ErrUnknown)
	}
	return banner, nil
}

func (n shadowNet) Interfaces() ([]Interface, error) { return n.live.Net().Interfaces() }

func (n shadowNet) HTTP(ctx context.Context, r Request) (Response, error) {
	if n.notYet(ctx, r.Needs) {
		if r.Change != nil {
			n.record(*r.Change)
			return Response{Status: 200, URL: r.URL}, nil
		}
		return Response{}, fmt.Errorf("the answer of %s: %w", r.URL, ErrNotYet)
	}
	if r.Into != "" {
		return Response{Status: 200, URL: r.URL}, nil
	}
	if r.ReadOnly || r.Method == "" || r.Method == "GET" || r.Method == "HEAD" {
		res, err := n.live.Net().HTTP(ctx, r)
		if otherScheme(res, err) && n.restarts(r.Needs) {
			return Response{}, fmt.Errorf("whether %s answers once %s has restarted with the other scheme: %w", r.URL, r.Needs, ErrUnknown)
		}
		if err != nil {
			return Response{}, &unanswered{r.URL, err}
		}
		if r.Keyed && (res.Status == 401 || res.Status == 403) && n.restarts(r.Needs) {
			return Response{}, fmt.Errorf("whether %s refuses the key once %s has restarted: %w", r.URL, r.Needs, ErrUnknown)
		}
		return res, nil
	}
	if r.Change != nil {
		n.record(*r.Change)
		return Response{Status: 200, URL: r.URL}, nil
	}
	n.shadow.mu.Lock()
	n.shadow.skipped++
	n.shadow.mu.Unlock()
	return Response{}, fmt.Errorf("the answer of %s: %w", r.URL, ErrUnknown)
}

// otherScheme tells whether a server that speaks TLS was asked without it, by the words of Go's server, or the other way round.
func otherScheme(res Response, err error) bool {
	if err == nil {
		return res.Status == 400 && bytes.Contains(res.Body, []byte("Client sent an HTTP request to an HTTPS server"))
	}
	return strings.Contains(err.Error(), "server gave HTTP response to HTTPS client") || strings.Contains(err.Error(), "first record does not look like a TLS handshake")
}

func (n shadowNet) Converse(ctx context.Context, c Conversation) error {
	switch {
	case n.notYet(ctx, c.Needs) && c.Change == nil:
		return fmt.Errorf("the answer of %s: %w", format.HostPort(c.Host, c.Port), ErrNotYet)
	case c.ReadOnly && c.Change == nil:
		begun := false
		speak := c.Speak
		c.Speak = func(conn io.ReadWriter) error { begun = true; return speak(conn) }
		err := n.live.Net().Converse(ctx, c)
		if err != nil && !begun {
			err = &unanswered{format.HostPort(c.Host, c.Port), err}
		}
		return err
	case c.Change != nil:
		n.record(*c.Change)
		return nil
	}
	n.shadow.mu.Lock()
	n.shadow.skipped++
	n.shadow.mu.Unlock()
	return fmt.Errorf("the answer of %s: %w", format.HostPort(c.Host, c.Port), ErrUnknown)
}
