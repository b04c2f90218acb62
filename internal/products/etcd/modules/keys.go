package modules

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"

	"pig/internal/module"
	"pig/internal/node"
	etcd "pig/internal/products/etcd/model"
	"pig/internal/value"
)

// etcdKeys removes all keys that begin with a prefix, but the one with the name in keep: what a cluster left in etcd when it is no
// more. It returns found, how many there were.
func etcdKeys() module.Module {
	return module.Module{
		Name: "etcd_keys",
		Spec: module.Spec{Args: append(etcdArgs(),
			module.Arg{Name: "prefix", Required: true}, module.Arg{Name: "keep"},
			module.Arg{Name: "state", Required: true, Choices: []string{"absent"}},
		)},
		Run: runEtcdKeys,
	}
}

func runEtcdKeys(ctx context.Context, c *module.Call) (*value.Dict, error) {
	prefix := c.Args.String("prefix")
	if prefix == "" || prefix == "/" {
		return nil, fmt.Errorf("invalid prefix %q: would remove all keys of etcd", prefix)
	}
	e := newEtcd(c)
	guarded, err := e.enter(ctx)
	switch {
	case errors.Is(err, node.ErrUnknown): // etcd is only planned: it holds nothing yet
		return value.DictOf("found", int64(0)), nil
	case err != nil:
		return nil, etcdTrouble(ctx, c, err)
	case guarded && e.token == "":
		return nil, errors.New("etcd requires a password: give root_password")
	}
	found, spans := int64(0), keySpans(prefix, c.Args.String("keep"))
	for _, span := range spans {
		n, err := e.count(ctx, span)
		if err != nil {
			return nil, fmt.Errorf("cannot read the keys below %s: %w", prefix, err)
		}
		found += n
	}
	if found == 0 {
		return value.DictOf("found", found), nil
	}
	change := node.Change{Kind: "etcd keys", ID: prefix, Action: "delete", Impact: node.ImpactDataLoss,
		Attrs: []node.Attr{{Name: "keys", Before: strconv.FormatInt(found, 10), After: "0"}}}
	var deletes []any
	for _, span := range spans {
		deletes = append(deletes, map[string]any{"request_delete_range": span})
	}
	if err := e.do(ctx, "kv/txn", map[string]any{"success": deletes}, change); err != nil {
		return nil, fmt.Errorf("cannot remove the keys below %s: %w", prefix, err)
	}
	return value.DictOf("found", found), nil
}

// keySpans are the ranges of keys below a prefix, around the one to keep.
func keySpans(prefix, keep string) []map[string]any {
	span := func(from, to string) map[string]any {
		return map[string]any{"key": base64.StdEncoding.EncodeToString([]byte(from)), "range_end": base64.StdEncoding.EncodeToString([]byte(to))}
	}
	if keep == "" {
		return []map[string]any{span(prefix, etcd.PrefixEnd(prefix))}
	}
	return []map[string]any{span(prefix, prefix+keep), span(prefix+keep+"\x00", etcd.PrefixEnd(prefix))}
}

// count asks how many keys a range has.
func (e *etcdClient) count(ctx context.Context, span map[string]any) (int64, error) {
	ask := map[string]any{"count_only": true}
	for k, v := range span {
		ask[k] = v
	}
	var answer struct {
		Count string `json:"count"` // a 64-bit number, which the gateway quotes; missing where it is 0
	}
	if err := e.ask(ctx, "kv/range", ask, &answer); err != nil {
		return 0, err
	}
	n, _ := strconv.ParseInt(answer.Count, 10, 64)
	return n, nil
}
