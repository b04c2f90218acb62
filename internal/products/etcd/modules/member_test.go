package modules

import (
	"errors"
	"testing"

	"pig/internal/module/fake"
	"pig/internal/module/moduletest"
	"pig/internal/node"
	"pig/internal/value"
)

func TestEtcdMemberOfAClusterThatCannotBeAskedYet(t *testing.T) {
	t.Parallel()
	for running, want := range map[string]string{"": "", "b": "etcd member e-1 create"} {
		f := &fake.Node{Planned: true, OnHTTP: func(r node.Request) (node.Response, error) {
			if r.Method == "DIAL" && r.URL == running {
				return node.Response{}, nil
			}
			return node.Response{}, errors.Join(errors.New("no CA yet"), node.ErrUnknown)
		}}
		args := value.DictOf("endpoints", value.NewList("a:2379", "b:2379"), "name", "e-1", "peer_url", "https://a:2380", "initial_cluster", "declared")
		r := moduletest.Run(t, Table(), f, "etcd_member", args)
		state := map[bool]string{true: "existing", false: "new"}[want != ""]
		if r.Failed != "" || fake.Keys(r.Changes) != want || r.Values.At("initial_cluster_state") != state {
			t.Errorf("%q: %s, %v, %s", running, fake.Keys(r.Changes), value.Repr(r.Values), r.Failed)
		}
	}
}
