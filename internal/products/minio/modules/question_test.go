package modules

import (
	"context"
	"os"
	"strings"
	"testing"
	"testing/synctest"

	"pig/internal/module"
	"pig/internal/module/fake"
	"pig/internal/module/moduletest"
	"pig/internal/node"
	minio "pig/internal/products/minio/model"
	"pig/internal/value"
)

// What does not answer is not absent.
func TestMinioQuestions(t *testing.T) {
	t.Parallel()
	for service, q := range map[string]moduletest.Question{
		"minio": {Unit: "minio.service", HTTP: true, Args: minioArgs(), Set: value.DictOf("endpoint", "http://a:9000"), Ask: func(ctx context.Context, c *module.Call) error {
			m := newMinio(c)
			m.root = minio.Credentials{AccessKey: "a", SecretKey: "b"}
			_, err := m.ask(ctx, "GET", admin("info"))
			return err
		}},
	} {
		t.Run(service, func(t *testing.T) { moduletest.Unanswered(t, service, q) })
	}
}

// A busy server may take a change and not say so in time: the change is told again, and counts once.
func TestMinioChangesAreToldAgain(t *testing.T) {
	t.Parallel()
	silence := &node.Silence{Err: os.ErrDeadlineExceeded}
	for name, c := range map[string]struct {
		module  string
		args    *value.Dict
		answers func(r node.Request, again bool) (node.Response, error) // of what changes something
		changes string
		failed  string
	}{
		"a user": {"minio_users", value.DictOf("users", value.NewList(value.DictOf("access_key", "viewer", "secret_key", "View.Films.1"))),
			func(_ node.Request, again bool) (node.Response, error) {
				if again {
					return node.Response{Status: 200}, nil
				}
				return node.Response{}, silence
			}, "minio user viewer create", ""},
		"a bucket that was made": {"minio_buckets", value.DictOf("buckets", value.NewList(value.DictOf("name", "films"))),
			func(r node.Request, again bool) (node.Response, error) {
				switch {
				case strings.Contains(r.URL, "policy"):
					return node.Response{Status: 200}, nil
				case again:
					return node.Response{Status: 409, Body: []byte("<Error><Code>BucketAlreadyOwnedByYou</Code></Error>")}, nil
				}
				return node.Response{}, silence
			}, "bucket films create; policy films create", ""},
		"a bucket of somebody else": {"minio_buckets", value.DictOf("buckets", value.NewList(value.DictOf("name", "films"))),
			func(node.Request, bool) (node.Response, error) {
				return node.Response{Status: 409, Body: []byte("<Error><Code>BucketAlreadyExists</Code><Message>taken</Message></Error>")}, nil
			}, "", "taken"},
		"a user, never answered": {"minio_users", value.DictOf("users", value.NewList(value.DictOf("access_key", "viewer", "secret_key", "View.Films.1"))),
			func(node.Request, bool) (node.Response, error) { return node.Response{}, silence }, "", "does not answer"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tries := map[string]int{}
				f := &fake.Node{OnHTTP: func(r node.Request) (node.Response, error) {
					if r.Change == nil {
						return node.Response{Status: 404}, nil
					}
					tries[r.URL]++
					return c.answers(r, tries[r.URL] > 1)
				}}
				for k, v := range value.DictOf("endpoint", "https://a:9000", "access_key", "root", "secret_key", "Root.Key.1").All() {
					c.args.Set(k, v)
				}
				r := moduletest.Run(t, Table(), f, c.module, c.args)
				if fake.Keys(r.Changes) != c.changes || !strings.Contains(r.Failed, c.failed) || (c.failed == "") != (r.Failed == "") {
					t.Errorf("%s; %s", fake.Keys(r.Changes), r.Failed)
				}
			})
		})
	}
}
