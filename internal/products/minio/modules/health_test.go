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
		"one of two":      {200, node.Response{Status: 200, Body: []byte(two)}, "{'writes': True, 'state': 'online', 'drives': [{'path': '/data1', 'state': 'ok'}, {'path': '/data2', 'state': 'offline'}], 'servers': ['minio-1', 'minio-2']}"},
		"without quorum":  {412, node.Response{Status: 200, Body: []byte(two)}, "'writes': False"},
		"alone":           {200, node.Response{Status: 200, Body: []byte(alone)}, "'servers': []"},
		"a key of before": {200, node.Response{Status: 403}, "'state': 'MinIO refuses the key of the root user"},
	} {
		t.Run(name, func(t *testing.T) {
			n := &fake.Node{OnHTTP: func(r node.Request) (node.Response, error) {
				if strings.Contains(r.URL, "/minio/health/cluster") {
					return node.Response{Status: c.health}, nil
				}
				return c.info, nil
			}}
			r := moduletest.Run(t, Table(), n, "minio_state", root("names", value.NewList("minio-1")))
			if got := value.Repr(r.Values); r.Failed != "" || !strings.Contains(got, c.want) {
				t.Errorf("got  %s %s\nwant %s", got, r.Failed, c.want)
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
				n := &fake.Node{Planned: c.planned, OnExec: func(node.Cmd) (node.Output, error) { return node.Output{}, nil }, OnHTTP: func(node.Request) (node.Response, error) {
					asked++
					return node.Response{Status: c.answers[min(asked, len(c.answers))-1]}, nil
				}}
				r := moduletest.Run(t, Table(), n, "minio_health", root("timeout", int64(30)))
				if (c.failed == "") != (r.Failed == "") || !strings.Contains(r.Failed, c.failed) {
					t.Errorf("failed with %q, want %q", r.Failed, c.failed)
				}
				if warned := strings.Join(r.Warnings, "; "); warned != c.warned {
					t.Errorf("warned %q, want %q", warned, c.warned)
				}
			})
		})
	}
}

func TestMinioGrowsByPoolsAlone(t *testing.T) {
	t.Parallel()
	const settings = "# Settings of minio-1: made by pig\nMINIO_VOLUMES=\"https://minio-{1...2}.pigsty:9000/data{1...2}\"\n"
	const first = "https://minio-{1...2}.pigsty:9000/data{1...2}"
	for name, c := range map[string]struct {
		settings, volumes, instance string
		holds                       bool // drives hold data
		failed                      string
	}{
		"the same":                {settings, first, "minio-1", true, ""},
		"another pool":            {settings, first + " https://minio-{3...4}.pigsty:9000/data{1...2}", "minio-1", true, ""},
		"another node in a pool":  {settings, "https://minio-{1...3}.pigsty:9000/data{1...2}", "minio-1", true, "minio-{1...3}"},
		"a first start":           {"", "https://minio-{1...3}.pigsty:9000/data{1...2}", "minio-1", false, ""},
		"another number":          {settings, first, "minio-2", true, "cannot rename minio-1 to minio-2"},
		"another number, no data": {settings, first, "minio-2", false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			n := &fake.Node{Contents: map[string]string{}}
			if c.settings != "" {
				n.Contents["/etc/default/minio"] = c.settings
			}
			if c.holds {
				n.Contents["/data1/.minio.sys/format.json"] = "{}"
			}
			r := moduletest.Run(t, Table(), n, "minio_grows", value.DictOf("settings", "/etc/default/minio", "volumes", c.volumes, "instance", c.instance))
			if (c.failed == "") != (r.Failed == "") || !strings.Contains(r.Failed, c.failed) {
				t.Errorf("failed with %q, want %q", r.Failed, c.failed)
			}
		})
	}
}
