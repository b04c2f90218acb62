package module

import (
	"context"
	"errors"
	"testing"
	"time"

	"pig/internal/node"
	"pig/internal/value"
)

// Dial asks the function that answers HTTP.
func (n fakeNet) Dial(_ context.Context, host string, _ int, _ time.Duration, _ int) ([]byte, error) {
	_, err := n.f.http(node.Request{Method: "DIAL", URL: host})
	return nil, err
}

func TestEtcdMemberOfAClusterThatCannotBeAskedYet(t *testing.T) {
	t.Parallel()
	for running, want := range map[string]string{"": "", "b": "etcd member e-1 create"} {
		f := &fakeNode{planned: true, http: func(r node.Request) (node.Response, error) {
			if r.Method == "DIAL" && r.URL == running {
				return node.Response{}, nil
			}
			return node.Response{}, errors.Join(errors.New("no CA yet"), node.ErrUnknown)
		}}
		args := value.DictOf("endpoints", value.NewList("a:2379", "b:2379"), "name", "e-1", "peer_url", "https://a:2380", "initial_cluster", "declared")
		r := runFake(t, f, "etcd_member", args)
		state := map[bool]string{true: "existing", false: "new"}[want != ""]
		if r.Failed != "" || keysOf(r) != want || r.Values.At("initial_cluster_state") != state {
			t.Errorf("%q: %s, %v, %s", running, keysOf(r), value.Repr(r.Values), r.Failed)
		}
	}
}
