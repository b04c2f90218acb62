package modules_test

import (
	"strings"
	"testing"

	"pig/internal/imitation"
	"pig/internal/module"
	"pig/internal/module/builtin"
	"pig/internal/products/pgsql/modules"
	"pig/internal/value"
)

func TestDataStayWhereTheyAre(t *testing.T) {
	t.Parallel()
	table := builtin.Table(modules.Table())
	world := imitation.NewWorld(imitation.Debian())
	args := func(directory, data, namespace string) *value.Dict {
		return value.DictOf("instance", "pg-a-1", "scope", "pg-a", "host", "10.0.0.2", "directory", directory, "data", data, "namespace", namespace)
	}
	renamed := func(instance, scope string) *value.Dict {
		a := args("/srv/pg-a-17", "/pg/data", "/pg/")
		a.Update(value.DictOf("instance", instance, "scope", scope))
		return a
	}
	run := func(m *imitation.Machine, a *value.Dict) string {
		return module.Run(t.Context(), m, table, module.Task{Module: "postgres_place", Args: a}).Failed
	}
	bare := world.Add("10.0.0.1")
	if why := run(bare, args("/other", "/elsewhere", "/x/")); why != "" {
		t.Errorf("a node without Patroni: %s", why)
	}
	m := world.Add("10.0.0.2")
	m.Put(imitation.Laid{Path: "/etc/patroni/patroni.yml", Content: "scope: \"pg-a\"\nname: \"pg-a-1\"\nnamespace: \"/pg/\"\npostgresql:\n  data_dir: \"/pg/data\"\n"})
	if why := run(m, args("/other", "/elsewhere", "/x/")); why != "" {
		t.Errorf("a member without data: %s", why)
	}
	m.Put(imitation.Laid{Path: "/srv/pg-a-17/data/PG_VERSION", Content: "17\n"})
	m.Put(imitation.Laid{Path: "/pg", Link: "/srv/pg-a-17"})
	for name, c := range map[string]struct {
		args *value.Dict
		want string
	}{
		"as it is":          {args("/srv/pg-a-17", "/pg/data", "/pg/"), ""},
		"another directory": {args("/sr/pg-a-18", "/pg/data", "/pg/"), "cannot move pg-a-1, whose data is in /pg/data: pg_fs_main: the directory of the cluster is /srv/pg-a-17, not /sr/pg-a-18."},
		"another version":   {args("/srv/pg-a-18", "/pg/data", "/pg/"), "pg_version: the cluster runs 17, not 18: restore pg_version: 17"},
		"another number":    {renamed("pg-a-3", "pg-a"), "cannot rename pg-a-1 to pg-a-3: restore pg_seq: 1, or remove the member first (pig pgsql-rm pg-a 10.0.0.2)"},
		"another cluster":   {renamed("pg-b-1", "pg-b"), "cannot rename pg-a-1 to pg-b-1: restore pg_cluster: pg-a, or"},
		"another member":    {renamed("pg-b-3", "pg-b"), "cannot rename pg-a-1 to pg-b-3: restore pg_cluster: pg-a and pg_seq: 1, or"},
		"another scope":     {renamed("pg-a-1", "pg-b"), "pg_shard: the name of the cluster in etcd is pg-a, not pg-b."},
		"all at once":       {args("/a", "/b", "/c/"), "not /a; pg_data: the data directory is /pg/data, not /b; pg_namespace: the prefix in etcd is /pg/, not /c/. Restore the former value"},
	} {
		if why := run(m, c.args); c.want == "" && why != "" || !strings.Contains(why, c.want) {
			t.Errorf("%s: %q, want %q", name, why, c.want)
		}
	}
	m.Put(imitation.Laid{Path: "/etc/patroni/patroni.yml", Content: "namespace: /pg/   # namespace\nscope: pg-a   # cluster\nname: pg-a-1   # instance\npostgresql:\n  data_dir: /pg/data   # data\n"})
	if why := run(m, args("/srv/pg-a-17", "/pg/data", "/pg/")); why != "" {
		t.Errorf("written by somebody else: %s", why)
	}
	if why := run(m, renamed("pg-a-3", "pg-a")); !strings.Contains(why, "cannot rename pg-a-1 to pg-a-3: restore pg_seq: 1,") {
		t.Errorf("written by somebody else, and renamed: %q", why)
	}
}
