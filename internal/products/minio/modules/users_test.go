package modules

import (
	"strings"
	"testing"

	"pig/internal/module/fake"
	"pig/internal/module/moduletest"
	"pig/internal/node"
	"pig/internal/value"
)

// A server that has just begun forgets a policy that it was told before it had read all of its own.
func TestMinioUserGetsAPolicyThatTheServerForgot(t *testing.T) {
	t.Parallel()
	told := 0
	f := &fake.Node{OnHTTP: func(r node.Request) (node.Response, error) {
		switch {
		case r.Method == "GET":
			return node.Response{Status: 404}, nil
		case strings.Contains(r.URL, "set-user-or-group-policy"):
			if told++; told == 1 {
				return node.Response{Status: 404, Body: []byte(`{"Code": "XMinioAdminNoSuchPolicy", "Message": "The canned policy does not exist."}`)}, nil
			}
		}
		return node.Response{Status: 200}, nil
	}}
	user := value.DictOf("access_key", "viewer", "secret_key", "View.Films.1", "policy", "films")
	r := moduletest.Run(t, Table(), f, "minio_users", value.DictOf("endpoint", "https://a:9000", "access_key", "root", "secret_key", "Root.Key.1", "users", value.NewList(user),
		"buckets", value.NewList(value.DictOf("name", "films"), value.DictOf("name", "other"))))
	if r.Failed != "" || fake.Keys(r.Changes) != "minio user viewer create; policy films create; minio user viewer update" {
		t.Errorf("%s, %s", fake.Keys(r.Changes), r.Failed)
	}
}
