package modules_test

import (
	"strings"
	"testing"

	"pig/internal/imitation"
	"pig/internal/module"
	"pig/internal/module/builtin"
	"pig/internal/products/etcd/modules"
	"pig/internal/value"
)

func TestAMemberStaysWhatItIs(t *testing.T) {
	t.Parallel()
	table := builtin.Table(modules.Table())
	m := imitation.NewWorld(imitation.Debian()).Add("10.0.0.1")
	run := func(name, cluster, data string) string {
		args := value.DictOf("name", name, "cluster", cluster, "data", data)
		return module.Run(t.Context(), m, table, module.Task{Module: "etcd_place", Args: args}).Failed
	}
	if why := run("x-2", "x", "/x"); why != "" {
		t.Errorf("a node without etcd: %s", why)
	}
	m.Put(imitation.Laid{Path: "/etc/etcd/etcd.conf", Content: "name: \"etcd-1\"\ndata-dir: \"/data/etcd\"\ninitial-cluster-token: \"etcd\"\ninitial-cluster: \"etcd-1=https://10.0.0.1:2380\"\n"})
	if why := run("x-2", "x", "/x"); why != "" {
		t.Errorf("a member without data: %s", why)
	}
	m.Put(imitation.Laid{Path: "/data/etcd/member/wal", Content: "x"})
	for _, c := range []struct{ name, cluster, data, want string }{
		{"etcd-1", "etcd", "/data/etcd/", ""},
		{"etcd-2", "etcd", "/data/etcd", "cannot rename etcd-1 to etcd-2: restore etcd_seq: 1,"},
		{"x-1", "x", "/data/etcd", "cannot rename cluster etcd to x, of which etcd-1 has data: restore etcd_cluster: etcd,"},
		{"etcd-1", "etcd", "/x", "cannot move the data of etcd-1 from /data/etcd to /x: restore etcd_data,"},
	} {
		if why := run(c.name, c.cluster, c.data); c.want == "" && why != "" || !strings.Contains(why, c.want) {
			t.Errorf("%v: %q", c, why)
		}
	}
}
