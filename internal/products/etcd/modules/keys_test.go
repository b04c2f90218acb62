package modules

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"pig/internal/module/fake"
	"pig/internal/module/moduletest"
	"pig/internal/node"
	"pig/internal/value"
)

func TestEtcdKeys(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		prefix, keep, count, calls, failed string
		planned                            bool
	}{
		"some":            {prefix: "/pg/a/", count: `{"count": "7"}`, calls: "kv/txn"},
		"all but one":     {prefix: "/pg/a/", keep: "config", count: `{"count": "7"}`, calls: "kv/txn"},
		"none":            {prefix: "/pg/a/", count: `{}`},
		"planned":         {prefix: "/pg/a/", count: `{"count": "7"}`, planned: true},
		"everything":      {prefix: "/", count: `{"count": "7"}`, failed: "would remove all keys"},
		"without a right": {prefix: "/pg/a/", count: "!etcdserver: permission denied", failed: "permission denied"},
	} {
		var calls []string
		f := &fake.Node{Planned: c.planned, OnHTTP: fakeEtcd(map[string]string{"v3/auth/user/list": "{}", "v3/kv/range": c.count}, &calls)}
		r := moduletest.Run(t, Table(), f, "etcd_keys", value.DictOf("endpoints", value.NewList("a:2379"), "prefix", c.prefix, "keep", c.keep, "state", "absent"))
		if strings.Join(calls, " ") != c.calls || !strings.Contains(r.Failed, c.failed) || (r.Failed != "") != (c.failed != "") {
			t.Errorf("%s: %v, %q", name, calls, r.Failed)
		}
		if deletes := c.calls != "" || c.planned; deletes != (len(r.Changes) == 1) || deletes && r.Changes[0].Impact != node.ImpactDataLoss {
			t.Errorf("%s: %v", name, r.Changes)
		}
	}
	f := &fake.Node{Planned: true, OnHTTP: func(node.Request) (node.Response, error) { return node.Response{}, node.ErrNotYet }}
	r := moduletest.Run(t, Table(), f, "etcd_keys", value.DictOf("endpoints", value.NewList("a:2379"), "prefix", "/pg/a/", "state", "absent"))
	if r.Failed != "" || len(r.Changes) != 0 {
		t.Errorf("where etcd is only planned: %+v", r)
	}
}

func TestEtcdKeySpansLeaveOutTheOneToKeep(t *testing.T) {
	t.Parallel()
	var got []string
	for _, span := range keySpans("/pg/a/", "config") {
		for _, end := range []string{"key", "range_end"} {
			text, err := base64.StdEncoding.DecodeString(span[end].(string))
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, string(text))
		}
	}
	if want := []string{"/pg/a/", "/pg/a/config", "/pg/a/config\x00", "/pg/a0"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
