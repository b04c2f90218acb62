package modules

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"pig/internal/module"
	"pig/internal/node"
	minio "pig/internal/products/minio/model"
	"pig/internal/value"
)

// minioBuckets makes buckets, each with a policy of its name that lets a user do everything with it. Each bucket has a name, and
// may have lock (objects cannot be removed for a time: only a new bucket can get that) and versioning. What is not
// declared stays.
func minioBuckets() module.Module {
	return module.Module{
		Name: "minio_buckets",
		Spec: module.Spec{Args: append(minioArgs(), module.Arg{Name: "buckets", Type: module.List, Elements: module.Dict})},
		Run: func(ctx context.Context, c *module.Call) (*value.Dict, error) {
			m := newMinio(c)
			for _, item := range c.Args.List("buckets") {
				b := item.(*value.Dict)
				if err := m.bucket(ctx, value.Str(b.At("name")), module.Flag(b, "lock"), module.Flag(b, "versioning")); err != nil {
					return nil, fmt.Errorf("bucket %s: %w", value.Str(b.At("name")), err)
				}
			}
			return value.NewDict(), nil
		},
	}
}

// remembers gives a server that may just have begun again the time to read the policy of a bucket from its drives.
func (m minioClient) remembers(ctx context.Context, bucket string) error {
	return m.call.System.Await(ctx, node.Wait{
		Limit: policiesTake,
		Met: func(ctx context.Context) error {
			_, err := m.ask(ctx, "GET", admin("info-canned-policy", "name", bucket))
			switch missing, err := absent(err); {
			case err != nil:
				return node.Final(err)
			case missing:
				return errNoPolicy
			}
			return nil
		},
		Late: func(_ context.Context, why error) error {
			if errors.Is(why, errNoPolicy) { // it has none, and gets one
				return nil
			}
			return why
		},
	})
}

// policiesTake is how long a server that has begun again takes at most to read the policies of its buckets.
const policiesTake = 2 * time.Second

var errNoPolicy = errors.New("the bucket has no policy")

func (m minioClient) versions(ctx context.Context, name, path string, fresh bool) error {
	if !fresh {
		answer, err := m.ask(ctx, "GET", path+"?versioning=")
		if err != nil || strings.Contains(string(answer), "<Status>Enabled</Status>") {
			return err
		}
	}
	body := `<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>Enabled</Status></VersioningConfiguration>`
	return m.do(ctx, "PUT", path+"?versioning=", []byte(body), node.Change{Kind: "bucket", ID: name, Action: "update", Attrs: []node.Attr{{Name: "versioning", After: "enabled"}}})
}

// policy makes the policy of a bucket.
func (m minioClient) policy(ctx context.Context, bucket string) error {
	want := minio.BucketPolicy(bucket)
	have, err := m.ask(ctx, "GET", admin("info-canned-policy", "name", bucket))
	missing, err := absent(err)
	if err != nil || !missing && minio.SamePolicy(have, want) {
		return err
	}
	change := node.Change{Kind: "policy", ID: bucket, Action: "update"}
	if missing {
		change.Action = "create"
	}
	return m.do(ctx, "PUT", admin("add-canned-policy", "name", bucket), want, change)
}

// absent tells whether an error says that something is not there, or that the server is not there yet; else it gives the error back.
func absent(err error) (bool, error) {
	var e *minioError
	if errors.Is(err, node.ErrNotYet) || errors.As(err, &e) && e.Status == http.StatusNotFound {
		return true, nil
	}
	return false, err
}

func (m minioClient) bucket(ctx context.Context, name string, lock, versioning bool) error {
	path := "/" + url.PathEscape(name)
	_, err := m.ask(ctx, "HEAD", path)
	missing, err := absent(err)
	if err != nil {
		return err
	}
	if missing {
		change := node.Change{Kind: "bucket", ID: name, Action: "create"}
		extra := map[string]string{}
		if lock {
			extra["X-Amz-Bucket-Object-Lock-Enabled"] = "true"
			change.Attrs = append(change.Attrs, node.Attr{Name: "lock", After: "true"})
		}
		if _, err := m.as(ctx, m.root, "PUT", path, nil, &change, extra); err != nil {
			return err
		}
	}
	if versioning {
		if err := m.versions(ctx, name, path, missing); err != nil {
			return err
		}
	}
	if !missing {
		if err := m.remembers(ctx, name); err != nil {
			return err
		}
	}
	return m.policy(ctx, name)
}
