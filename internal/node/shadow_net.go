package node

import (
	"context"
	"fmt"
	"time"
)

type shadowNet struct{ *shadowSystem }

// Dial tries for real: what answers now answers then. Where nothing does, only a run can tell.
func (n shadowNet) Dial(ctx context.Context, host string, port int, timeout time.Duration, limit int) ([]byte, error) {
	banner, err := n.live.Net().Dial(ctx, host, port, timeout, limit)
	if err != nil {
		return nil, fmt.Errorf("whether %s:%d answers: %w", host, port, ErrUnknown)
	}
	return banner, nil
}

func (n shadowNet) HTTP(ctx context.Context, r Request) (Response, error) {
	if n.notYet(ctx, r.Needs) {
		if r.Change != nil {
			n.record(*r.Change)
			return Response{Status: 200, URL: r.URL}, nil
		}
		return Response{}, fmt.Errorf("the answer of %s: %w", r.URL, ErrNotYet)
	}
	if r.ReadOnly || r.Method == "" || r.Method == "GET" || r.Method == "HEAD" {
		res, err := n.live.Net().HTTP(ctx, r)
		if err != nil {
			return Response{}, fmt.Errorf("the answer of %s: %w", r.URL, ErrUnknown)
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
