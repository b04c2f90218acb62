package modules

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	minio "pig/internal/products/minio/model"
	"pig/internal/value"
)

// minioUsers makes users: each with access_key, secret_key, and policy (names with commas between them). A user's key is tried
// before it is set. What is not declared stays.
func minioUsers() module.Module {
	return module.Module{
		Name: "minio_users",
		Spec: module.Spec{Args: append(minioArgs(), module.Arg{Name: "users", Type: module.List, Elements: module.Dict},
			// buckets are those that have been made, each with a policy of its name.
			module.Arg{Name: "buckets", Type: module.List, Elements: module.Dict})},
		Run: func(ctx context.Context, c *module.Call) (*value.Dict, error) {
			m := newMinio(c)
			for _, item := range c.Args.List("users") {
				u := item.(*value.Dict)
				who := minio.Credentials{AccessKey: value.Str(u.At("access_key")), SecretKey: secretText(u.At("secret_key"))}
				if err := m.user(ctx, who, policies(u.At("policy"))); err != nil {
					return nil, fmt.Errorf("user %s: %w", who.AccessKey, err)
				}
			}
			return value.NewDict(), nil
		},
	}
}

func secretText(v value.Value) string {
	s, _ := value.Plain(v)
	return s
}

// policies are the names in a list, or in a text with commas.
func policies(v value.Value) []string {
	if v == nil {
		return nil
	}
	var names []string
	for p := range strings.SplitSeq(value.Str(v), ",") {
		if p = strings.TrimSpace(p); p != "" {
			names = append(names, p)
		}
	}
	slices.Sort(names)
	return names
}

func (m minioClient) user(ctx context.Context, who minio.Credentials, want []string) error {
	answer, err := m.ask(ctx, "GET", admin("user-info", "accessKey", who.AccessKey))
	missing, err := absent(err)
	if err != nil {
		return err
	}
	var live struct {
		Policy string `json:"policyName"`
	}
	if !missing {
		if err := json.Unmarshal(answer, &live); err != nil {
			return fmt.Errorf("invalid answer of MinIO: want JSON: %w", err)
		}
	}
	known := false
	if !missing {
		if known, err = m.knows(ctx, who); err != nil {
			return err
		}
	}
	if !known {
		if err := m.setUser(ctx, who, missing); err != nil {
			return err
		}
	}
	if !missing && slices.Equal(policies(live.Policy), want) || len(want) == 0 {
		return nil
	}
	return m.grant(ctx, who.AccessKey, live.Policy, want)
}

// grant gives a user its policies. A server that has just begun may forget a policy once more that it was told: it reads all of
// them from its drives while it answers already.
func (m minioClient) grant(ctx context.Context, user, before string, want []string) error {
	names := strings.Join(want, ",")
	change := node.Change{Kind: "minio user", ID: user, Action: "update", Attrs: []node.Attr{{Name: "policy", Before: before, After: names}}}
	for try := 0; ; try++ {
		err := m.do(ctx, "PUT", admin("set-user-or-group-policy", "policyName", names, "userOrGroup", user, "isGroup", "false"), nil, change)
		var e *minioError
		if !errors.As(err, &e) || e.Code != "XMinioAdminNoSuchPolicy" || try == policyTries {
			return err
		}
		for _, item := range m.call.Args.List("buckets") {
			if bucket := value.Str(item.(*value.Dict).At("name")); slices.Contains(want, bucket) {
				if err := m.policy(ctx, bucket); err != nil {
					return err
				}
			}
		}
		if err := module.Pause(ctx, 10*module.Interval); err != nil {
			return err
		}
	}
}

const policyTries = 10

// knows tries a user's key: what it may do is another matter.
func (m minioClient) knows(ctx context.Context, who minio.Credentials) (bool, error) {
	_, err := m.as(ctx, who, "GET", "/", nil, nil, nil)
	var e *minioError
	switch {
	case errors.As(err, &e) && e.Code == "AccessDenied":
		return true, nil
	case errors.As(err, &e) && (e.Code == "SignatureDoesNotMatch" || e.Code == "InvalidAccessKeyId"):
		return false, nil
	}
	return err == nil, err
}

func (m minioClient) setUser(ctx context.Context, who minio.Credentials, missing bool) error {
	text, err := json.Marshal(map[string]string{"secretKey": who.SecretKey, "status": "enabled"})
	if err != nil {
		return err
	}
	sealed, err := m.seal.Seal(text)
	if err != nil {
		return err
	}
	change := node.Change{Kind: "minio user", ID: who.AccessKey, Action: "update", Attrs: []node.Attr{{Name: "secret key"}}}
	if missing {
		change.Action, change.Attrs = "create", nil
	}
	return m.do(ctx, "PUT", admin("add-user", "accessKey", who.AccessKey), sealed, change)
}
