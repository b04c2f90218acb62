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
		return value.DictOf("instance", "pg-a-1", "directory", directory, "data", data, "namespace", namespace)
	}
	run := func(m *imitation.Machine, a *value.Dict) string {
		return module.Run(t.Context(), m, table, module.Task{Module: "postgres_place", Args: a}).Failed
	}
	bare := world.Add("10.0.0.1")
	if why := run(bare, args("/other", "/elsewhere", "/x/")); why != "" {
		t.Errorf("a node without Patroni: %s", why)
	}
	m := world.Add("10.0.0.2")
	m.Put(imitation.Laid{Path: "/etc/patroni/patroni.yml", Content: "scope: \"pg-a\"\nnamespace: \"/pg/\"\npostgresql:\n  data_dir: \"/pg/data\"\n"})
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
		"another directory": {args("/srv/pg-a-18", "/pg/data", "/pg/"), "cannot move pg-a-1, whose data are in /pg/data: pg_fs_main: the directory of the cluster is /srv/pg-a-17, not /srv/pg-a-18."},
		"all at once":       {args("/a", "/b", "/c/"), "not /a; pg_data: the data directory is /pg/data, not /b; pg_namespace: the prefix in etcd is /pg/, not /c/. Write the former value"},
	} {
		if why := run(m, c.args); c.want == "" && why != "" || !strings.Contains(why, c.want) {
			t.Errorf("%s: %q, want %q", name, why, c.want)
		}
	}
}
