package minio

import (
	"slices"
	"testing"

	"pig/internal/health"
	"pig/internal/inventory"
	"pig/internal/product"
	"pig/internal/products/node"
	"pig/internal/value"
)

func storage(t *testing.T) *product.Environment {
	t.Helper()
	inv, _, err := inventory.LoadText("pigsty.yml", []byte(`
all:
  children:
    infra: { hosts: { a: { infra_seq: 1 } } }
    minio: { hosts: { a: { minio_seq: 1 }, b: { minio_seq: 2 } }, vars: { minio_cluster: minio } }
`), inventory.Options{})
	if err != nil {
		t.Fatal(err)
	}
	env, _ := product.Resolve(inv, []product.Product{node.Product{}, Product{}}, product.Options{})
	return env
}

func server(unit, active string, writes bool, drives ...string) health.Answer {
	a := health.Answer{Units: map[string]string{"minio": health.NotFound, "silo": health.NotFound}}
	a.Units[unit] = active
	if active != "active" {
		return a
	}
	l := value.NewList()
	for i, state := range drives {
		l.Append(value.DictOf("path", "/data"+string(rune('1'+i)), "state", state))
	}
	a.Said = map[string]health.Said{aboutMinio: {Values: value.DictOf("writes", writes, "state", "online", "drives", l)}}
	return a
}

func withServers(a health.Answer, names ...string) health.Answer {
	a.Said[aboutMinio].Values.Set("servers", value.Strings(names))
	return a
}

func TestMinio(t *testing.T) {
	t.Parallel()
	m := Of(storage(t))[0]
	for _, c := range []struct {
		name     string
		a, b     health.Answer
		problems []string
	}{
		{"well", server("minio", "active", true, "ok", "ok"), server("silo", "active", true, "ok", "ok"), nil},
		{"a server is stopped", server("minio", "active", true, "ok"), server("minio", "inactive", false), []string{"minio-2: minio is inactive on b"}},
		{"a drive is gone", server("minio", "active", true, "ok", "offline"), server("minio", "active", true, "ok", "ok"), []string{"minio-1: drive /data2 is offline"}},
		{"too few drives", server("minio", "active", false, "ok"), server("minio", "failed", false), []string{"minio-2: minio is failed on b", "too few drives: MinIO is read-only"}},
		{"nobody answers", health.Answer{Err: "no route"}, health.Answer{Err: "no route"}, []string{"minio-1: a does not answer: no route", "minio-2: b does not answer: no route", "no node answers"}},
		{"a stranger", withServers(server("minio", "active", true, "ok"), "minio-1.pigsty", "b", "minio-3.pigsty"), server("minio", "active", true, "ok"), []string{"minio-3.pigsty is a server of the cluster and not in the inventory: put it back"}},
		{"it hangs", health.Answer{Units: map[string]string{"minio": "active"}}, server("minio", "active", true, "ok"), []string{"minio-1 runs but does not answer"}},
	} {
		got := status(m, map[string]health.Answer{"a": c.a, "b": c.b})
		if !slices.Equal(got.Problems, c.problems) {
			t.Errorf("%s: %q", c.name, got.Problems)
		}
	}
	if got := status(m, map[string]health.Answer{"a": server("minio", "active", true, "ok", "offline"), "b": {}}); got.Members[0].Drives != "1/2" {
		t.Errorf("%+v", got.Members[0])
	}
}
