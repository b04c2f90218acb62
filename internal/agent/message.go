package agent

import (
	"encoding/hex"
	"fmt"
	"time"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// Request is a task for the node.
type Request struct {
	module.Task
	Planned bool          // on the shadow
	Timeout time.Duration // 0: none
}

// EncodeRequest gives the payload of a Run frame.
func EncodeRequest(r Request) ([]byte, error) {
	env := value.NewDict()
	for k, v := range r.Env {
		env.Set(k, v)
	}
	pending := value.NewList()
	for _, p := range r.Pending {
		pending.Append(value.Strings([]string{p.ID, p.Handler, p.Cause}))
	}
	b, err := value.Append(nil, value.DictOf(
		"module", r.Module, "args", r.Args, "user", r.User, "env", env, "known", value.Strings(r.Known),
		"planned", r.Planned, "timeout", int64(r.Timeout), "pending", pending, "key", hex.EncodeToString(r.Key)))
	if err != nil {
		return nil, fmt.Errorf("the arguments of %s: %w", r.Module, err)
	}
	return b, nil
}

// DecodeRequest reads what EncodeRequest wrote.
func DecodeRequest(b []byte) (Request, error) {
	d, err := decodeDict(b)
	if err != nil {
		return Request{}, err
	}
	r := Request{Planned: d.At("planned") == true}
	r.Module = text(d, "module")
	r.Args, _ = d.At("args").(*value.Dict)
	if r.Args == nil {
		r.Args = value.NewDict()
	}
	r.User = text(d, "user")
	r.Known = texts(d, "known")
	if r.Key, err = hex.DecodeString(text(d, "key")); err != nil {
		return Request{}, fmt.Errorf("the key of a plan: %w", err)
	}
	ns, _ := d.At("timeout").(int64)
	r.Timeout = time.Duration(ns)
	pending, _ := d.At("pending").(*value.List)
	for i := range lengthOf(pending) {
		if l, ok := pending.Items[i].(*value.List); ok && len(l.Items) == 3 {
			r.Pending = append(r.Pending, module.Pending{ID: value.Str(l.Items[0]), Handler: value.Str(l.Items[1]), Cause: value.Str(l.Items[2])})
		}
	}
	r.Env = map[string]string{}
	if env, ok := d.At("env").(*value.Dict); ok {
		for k, v := range env.All() {
			r.Env[value.Str(k)] = value.Str(v)
		}
	}
	return r, nil
}

func lengthOf(l *value.List) int {
	if l == nil {
		return 0
	}
	return len(l.Items)
}

// EncodeResult gives the payload of a Result frame.
func EncodeResult(r module.Result) ([]byte, error) {
	changes := value.NewList()
	for _, c := range r.Changes {
		changes.Append(changeValue(c))
	}
	return value.Append(nil, value.DictOf("values", r.Values, "changed", r.Changed, "failed", r.Failed,
		"changes", changes, "warnings", value.Strings(r.Warnings), "noted", r.Noted))
}

func changeValue(c node.Change) *value.Dict {
	attrs := value.NewList()
	for _, a := range c.Attrs {
		attrs.Append(value.Strings([]string{a.Name, a.Before, a.After}))
	}
	return value.DictOf("kind", c.Kind, "id", c.ID, "action", c.Action, "attrs", attrs, "before", c.Before, "after", c.After,
		"diff", c.Diff, "impact", int64(c.Impact), "assumed", c.Assumed, "unknown", c.Unknown, "shared", c.Shared, "sum", c.Sum)
}

// DecodeResult reads what EncodeResult wrote.
func DecodeResult(b []byte) (module.Result, error) {
	d, err := decodeDict(b)
	if err != nil {
		return module.Result{}, err
	}
	r := module.Result{Changed: changed(d.At("changed")), Failed: text(d, "failed"), Warnings: texts(d, "warnings"), Noted: d.At("noted") == true}
	r.Values, _ = d.At("values").(*value.Dict)
	if r.Values == nil {
		r.Values = value.NewDict()
	}
	changes, _ := d.At("changes").(*value.List)
	if changes == nil {
		return r, nil
	}
	for _, item := range changes.Items {
		if c, ok := item.(*value.Dict); ok {
			r.Changes = append(r.Changes, changeOf(c))
		}
	}
	return r, nil
}

// changed is a bool or unknown, whatever a node says.
func changed(v value.Value) value.Value {
	if value.IsUnknown(v) {
		return v
	}
	return v == true
}

func changeOf(d *value.Dict) node.Change {
	impact, _ := d.At("impact").(int64)
	impact = max(int64(node.ImpactNone), min(impact, int64(node.ImpactDataLoss)))
	c := node.Change{
		Kind: text(d, "kind"), ID: text(d, "id"), Action: text(d, "action"), Before: text(d, "before"), After: text(d, "after"),
		Diff: text(d, "diff"), Impact: node.Impact(impact), Assumed: d.At("assumed") == true, Unknown: d.At("unknown") == true, Shared: d.At("shared") == true, Sum: text(d, "sum"),
	}
	attrs, _ := d.At("attrs").(*value.List)
	if attrs == nil {
		return c
	}
	for _, item := range attrs.Items {
		if l, ok := item.(*value.List); ok && len(l.Items) == 3 {
			c.Attrs = append(c.Attrs, node.Attr{Name: value.Str(l.Items[0]), Before: value.Str(l.Items[1]), After: value.Str(l.Items[2])})
		}
	}
	return c
}

func decodeDict(b []byte) (*value.Dict, error) {
	v, err := value.Decode(b)
	if err != nil {
		return nil, err
	}
	d, ok := v.(*value.Dict)
	if !ok {
		return nil, fmt.Errorf("a message of type %s", value.TypeName(v))
	}
	return d, nil
}

func text(d *value.Dict, key string) string {
	if v := d.At(key); v != nil {
		return value.Str(v)
	}
	return ""
}

func texts(d *value.Dict, key string) []string {
	l, ok := d.At(key).(*value.List)
	if !ok {
		return nil
	}
	out := make([]string, len(l.Items))
	for i, item := range l.Items {
		out[i] = value.Str(item)
	}
	return out
}
