package modules

import (
	"strings"
	"testing"
	"testing/synctest"

	"pig/internal/module/fake"
	"pig/internal/module/moduletest"
	"pig/internal/node"
	"pig/internal/value"
)

// root are the arguments of a module that asks one server.
func root(more ...value.Value) *value.Dict {
	return value.DictOf(append([]value.Value{"endpoint", "https://a:9000", "access_key", "root", "secret_key", "Root.Key.1"}, more...)...)
}

func TestMinioStateTellsOfTheNodesOwnServer(t *testing.T) {
	t.Parallel()
	const two = `{"servers": [
		{"endpoint": "minio-1:9000", "state": "online", "drives": [{"path": "/data1", "state": "ok"}, {"path": "/data2", "state": "offline"}]},
		{"endpoint": "minio-2:9000", "state": "offline"}]}`
	const alone = `{"servers": [{"endpoint": "localhost:9000", "state": "online", "drives": [{"path": "/data", "state": "ok"}]}]}`
	for name, c := range map[string]struct {
		health int
		info   node.Response
		want   string
	}{
		"one of two":      {200, node.Response{Status: 200, Body: []byte(two)}, "{'writes': True, 'state': 'online', 'changed': False, 'drives': [{'path': '/data1', 'state': 'ok'}, {'path': '/data2', 'state': 'offline'}], 'servers': ['minio-1', 'minio-2']}"},
		"without quorum":  {412, node.Response{Status: 200, Body: []byte(two)}, "'writes': False"},
		"alone":           {200, node.Response{Status: 200, Body: []byte(alone)}, "'servers': []"},
		"a key of before": {200, node.Response{Status: 403}, "'state': \"MinIO refuses the root user's key"},
	} {
		t.Run(name, func(t *testing.T) {
			n := &fake.Node{OnHTTP: func(r node.Request) (node.Response, error) {
				if strings.Contains(r.URL, "/minio/health/cluster") {
					return node.Response{Status: c.health}, nil
				}
				return c.info, nil
			}}
			r := moduletest.Run(t, n, Table(), "minio_state", root("names", value.NewList("minio-1")))
			if got := value.Repr(r.Values); r.Err != nil || r.Failed || !strings.Contains(got, c.want) {
				t.Errorf("got  %s %v\nwant %s", got, r.Err, c.want)
			}
		})
	}
}

func TestMinioHealthWaitsForTheCluster(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answers []int // one after another; the last stays
		planned bool
		failed  string
		warned  string
	}{
		"it is there":            {answers: []int{200}},
		"it comes":               {answers: []int{503, 503, 200}},
		"it never comes":         {answers: []int{412}, failed: "did not become healthy within 30s: https://a:9000/minio/health/cluster answers 412"},
		"a plan looks and warns": {answers: []int{412}, planned: true, warned: "MinIO is not healthy now: https://a:9000/minio/health/cluster answers 412"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				asked := 0
				n := &fake.Node{Planned: c.planned, OnHTTP: func(node.Request) (node.Response, error) {
					asked++
					return node.Response{Status: c.answers[min(asked, len(c.answers))-1]}, nil
				}}
				r := moduletest.Run(t, n, Table(), "minio_health", root("timeout", int64(30)))
				if said := value.Repr(r.Values); (c.failed == "") == r.Failed || !strings.Contains(said, c.failed) {
					t.Errorf("%v: %s", r.Failed, said)
				}
				if warned := strings.Join(r.Warnings, "; "); warned != c.warned {
					t.Errorf("warned %q, want %q", warned, c.warned)
				}
			})
		})
	}
}
