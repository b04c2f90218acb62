package module

import (
	"strings"
	"testing"

	"pig/internal/node"
	"pig/internal/value"
)

func TestEtcdKeys(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		prefix, count, calls, failed string
		planned                      bool
	}{
		"some":            {prefix: "/pg/a/", count: `{"count": "7"}`, calls: "kv/deleterange"},
		"none":            {prefix: "/pg/a/", count: `{}`},
		"planned":         {prefix: "/pg/a/", count: `{"count": "7"}`, planned: true},
		"everything":      {prefix: "/", count: `{"count": "7"}`, failed: "everything"},
		"without a right": {prefix: "/pg/a/", count: "!etcdserver: permission denied", failed: "permission denied"},
	} {
		var calls []string
		f := &fakeNode{planned: c.planned, http: fakeEtcd(map[string]string{"v3/auth/user/list": "{}", "v3/kv/range": c.count}, &calls)}
		r := runFake(t, f, "etcd_keys", value.DictOf("endpoints", value.NewList("a:2379"), "prefix", c.prefix, "state", "absent"))
		if strings.Join(calls, " ") != c.calls || !strings.Contains(r.Failed, c.failed) || (r.Failed != "") != (c.failed != "") {
			t.Errorf("%s: %v, %q", name, calls, r.Failed)
		}
		if deletes := c.calls != "" || c.planned; deletes != (len(r.Changes) == 1) || deletes && r.Changes[0].Impact != node.ImpactDataLoss {
			t.Errorf("%s: %v", name, r.Changes)
		}
	}
	f := &fakeNode{planned: true, http: func(node.Request) (node.Response, error) { return node.Response{}, node.ErrNotYet }}
	r := runFake(t, f, "etcd_keys", value.DictOf("endpoints", value.NewList("a:2379"), "prefix", "/pg/a/", "state", "absent"))
	if r.Failed != "" || len(r.Changes) != 0 {
		t.Errorf("where etcd is only planned: %+v", r)
	}
}
