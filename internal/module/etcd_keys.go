package module

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"

	"pig/internal/etcd"
	"pig/internal/node"
	"pig/internal/value"
)

// etcdKeys removes all keys that begin with a prefix: what a cluster left in etcd when it is no more. It returns found, how
// many there were.
func etcdKeys() Module {
	return Module{
		Name: "etcd_keys",
		Spec: Spec{Args: append(etcdArgs(),
			Arg{Name: "prefix", Required: true},
			Arg{Name: "state", Required: true, Choices: []string{"absent"}},
		)},
		Run: runEtcdKeys,
	}
}

func runEtcdKeys(ctx context.Context, c *Call) (*value.Dict, error) {
	prefix := c.Args.String("prefix")
	if prefix == "" || prefix == "/" {
		return nil, fmt.Errorf("the prefix %q stands for everything that is in etcd: nothing is removed", prefix)
	}
	e := newEtcd(c)
	guarded, err := e.enter(ctx)
	switch {
	case errors.Is(err, node.ErrUnknown): // etcd is only planned: it holds nothing yet
		return value.DictOf("found", int64(0)), nil
	case err != nil:
		return nil, etcdTrouble(ctx, c, err)
	case guarded && e.token == "":
		return nil, errors.New("etcd asks for a password: give root_password")
	}
	span := map[string]any{
		"key":       base64.StdEncoding.EncodeToString([]byte(prefix)),
		"range_end": base64.StdEncoding.EncodeToString([]byte(etcd.PrefixEnd(prefix))),
	}
	count := map[string]any{"count_only": true}
	for k, v := range span {
		count[k] = v
	}
	var answer struct {
		Count string `json:"count"` // a 64-bit number, which the gateway quotes; missing where it is 0
	}
	if err := e.ask(ctx, "kv/range", count, &answer); err != nil {
		return nil, fmt.Errorf("reading the keys below %s: %w", prefix, err)
	}
	found, _ := strconv.ParseInt(answer.Count, 10, 64)
	if found == 0 {
		return value.DictOf("found", found), nil
	}
	change := node.Change{Kind: "etcd keys", ID: prefix, Action: "delete", Impact: node.ImpactDataLoss,
		Attrs: []node.Attr{{Name: "keys", Before: answer.Count, After: "0"}}}
	if err := e.do(ctx, "kv/deleterange", span, change); err != nil {
		return nil, fmt.Errorf("removing the keys below %s: %w", prefix, err)
	}
	return value.DictOf("found", found), nil
}
