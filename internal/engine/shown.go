package engine

import (
	"fmt"
	"slices"
	"time"

	"pig/internal/diag"
	"pig/internal/node"
	"pig/internal/playbook"
	"pig/internal/secret"
	"pig/internal/value"
)

// shown passes on to a sink what may be seen: texts with secrets masked and with what would steer a terminal made visible, and
// nothing of the content that a task with no_log or diff: false changes. Every sink of an engine is behind one, so that no sink
// has to mask what is finished: numbers, times, keys and names stay as they are.
type shown struct {
	Sink
	red *secret.Redactor
}

// maxShown bounds one text of a node on its way to people; registered results have all of it.
const maxShown = 1 << 20

func (s shown) text(t string) string {
	t = s.red.Redact(t)
	if len(t) > maxShown {
		t = fmt.Sprintf("%s\n[pig: the text was cut here: %d bytes more]", t[:maxShown], len(t)-maxShown)
	}
	return diag.Visible(t)
}

func (s shown) name(t string) string { return diag.OneLine(s.red.Name(t)) }

func (s shown) ref(t TaskRef) TaskRef {
	t.Name = s.name(t.Name)
	return t
}

// PlayStarted implements Sink.
func (s shown) PlayStarted(p *playbook.Play, name string, hosts []string) {
	s.Sink.PlayStarted(p, s.name(name), hosts)
}

// TaskStarted implements Sink.
func (s shown) TaskStarted(t TaskRef) { s.Sink.TaskStarted(s.ref(t)) }

// HostStarted implements Sink.
func (s shown) HostStarted(host string, t TaskRef) { s.Sink.HostStarted(host, s.ref(t)) }

// HostDone implements Sink.
func (s shown) HostDone(host string, t TaskRef, r Result, took time.Duration) {
	s.Sink.HostDone(host, s.ref(t), s.result(r), took)
}

// ItemDone implements Sink.
func (s shown) ItemDone(host string, t TaskRef, r Result) {
	s.Sink.ItemDone(host, s.ref(t), s.result(r))
}

// Included implements Sink.
func (s shown) Included(host string, t TaskRef, what, label string) {
	s.Sink.Included(host, s.ref(t), diag.OneLine(what), s.text(label))
}

// Retrying implements Sink.
func (s shown) Retrying(host string, t TaskRef, attempt, of int) {
	s.Sink.Retrying(host, s.ref(t), attempt, of)
}

// Warned implements Sink.
func (s shown) Warned(text string) { s.Sink.Warned(s.text(text)) }

func (s shown) result(r Result) Result {
	r.Msg, r.Label, r.Delegate = s.text(r.Msg), s.text(r.Label), diag.OneLine(r.Delegate)
	r.Warnings = slices.Clone(r.Warnings)
	for i, w := range r.Warnings {
		r.Warnings[i] = s.text(w)
	}
	if r.Values != nil {
		r.Values, _ = s.value(r.Values).(*value.Dict)
	}
	r.Item = s.value(r.Item)
	r.Changes = slices.Clone(r.Changes)
	for i, c := range r.Changes {
		r.Changes[i] = s.change(c, r)
	}
	if r.Items != nil {
		items := make([]Result, len(r.Items))
		for i, item := range r.Items {
			items[i] = s.result(item)
		}
		r.Items = items
	}
	return r
}

func (s shown) change(c node.Change, r Result) node.Change {
	c.Kind, c.Action = diag.OneLine(c.Kind), diag.OneLine(c.Action)
	if c.ID = s.name(c.ID); c.Kind == "command" || c.Kind == "task" { // a command line is a text
		c.ID = diag.OneLine(s.red.Redact(c.ID))
	}
	if r.NoLog {
		c.Attrs = nil
		if c.Kind == "command" { // its words may be what is not to be logged
			c.ID = "(no_log)"
		}
	}
	if r.NoLog || r.NoDiff {
		c.Before, c.After, c.Diff = "", "", ""
	}
	c.Before, c.After, c.Diff = s.text(c.Before), s.text(c.After), s.text(c.Diff)
	c.Attrs = slices.Clone(c.Attrs)
	for i, a := range c.Attrs {
		c.Attrs[i] = node.Attr{Name: diag.OneLine(a.Name), Before: diag.OneLine(s.red.Redact(a.Before)), After: diag.OneLine(s.red.Redact(a.After))}
	}
	return c
}

// value is v with all its texts as they may be seen: v itself where nothing has to be masked.
func (s shown) value(v value.Value) value.Value {
	seen, _ := s.seen(v)
	return seen
}

// seen is value, and whether it is another than v.
func (s shown) seen(v value.Value) (value.Value, bool) {
	switch v := v.(type) {
	case string:
		t := s.text(v)
		return t, t != v
	case secret.Text:
		return s.text(v.Masked()), true
	case *value.List:
		if items, other := s.each(v.Items); other {
			return value.NewList(items...), true
		}
	case value.Tuple:
		if items, other := s.each(v); other {
			return value.Tuple(items), true
		}
	case *value.Dict:
		return s.dict(v)
	}
	return v, false
}

func (s shown) each(items []value.Value) (seen []value.Value, other bool) {
	for i, item := range items {
		done, differs := s.seen(item)
		if !differs {
			continue
		}
		if !other {
			seen, other = slices.Clone(items), true
		}
		seen[i] = done
	}
	return seen, other
}

func (s shown) dict(v *value.Dict) (value.Value, bool) {
	var copied *value.Dict
	i := 0
	for k, item := range v.All() {
		key := k
		done, differs := s.seen(item)
		if name, ok := k.(string); ok {
			masked := s.name(name)
			key, differs = masked, differs || masked != name
		}
		if copied == nil && differs {
			copied = value.NewDictFor(v.Len())
			for k, item := range v.All() { // those before it
				if copied.Len() == i {
					break
				}
				copied.Set(k, item)
			}
		}
		if copied != nil {
			copied.Set(key, done)
		}
		i++
	}
	if copied == nil {
		return v, false
	}
	return copied, true
}
