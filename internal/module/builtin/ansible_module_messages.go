package builtin

import (
	"strings"

	"pig/internal/value"
)

// Since ansible-core 2.19 a module tells of errors, warnings and what is deprecated as objects with a type.

// kindOf is the type of such an object, "" if it is none.
func kindOf(v value.Value) (*value.Dict, string) {
	d, ok := v.(*value.Dict)
	if !ok {
		return nil, ""
	}
	kind, _ := value.Plain(d.At("__ansible_type"))
	return d, kind
}

// eventText is what an event says, and what caused it.
func eventText(v value.Value) string {
	event, ok := v.(*value.Dict)
	if !ok {
		return ""
	}
	text, _ := value.Plain(event.At("msg"))
	if chain, ok := event.At("chain").(*value.Dict); ok {
		if cause := eventText(chain.At("event")); cause != "" {
			text = strings.TrimSuffix(text, ".") + ": " + cause
		}
	}
	return text
}

// words makes plain values of the messages in a result, as Ansible's controller does.
func (r *moduleResult) words() {
	if d, kind := kindOf(r.values.At("exception")); kind == "ErrorSummary" {
		r.values.Set("exception", "(traceback unavailable)")
		if event, ok := d.At("event").(*value.Dict); ok && event.At("formatted_traceback") != nil {
			r.values.Set("exception", event.At("formatted_traceback"))
		}
		if text := eventText(d.At("event")); text != "" && !r.values.Has("msg") {
			r.msg = text
			r.values.Set("msg", "Task failed: Module failed: "+text)
		}
	}
	if l, ok := r.values.At("warnings").(*value.List); ok {
		for i, item := range l.Items {
			if d, kind := kindOf(item); kind == "WarningSummary" {
				l.Items[i] = eventText(d.At("event"))
			}
		}
	}
	if l, ok := r.values.At("deprecations").(*value.List); ok {
		for i, item := range l.Items {
			if d, kind := kindOf(item); kind == "DeprecationSummary" {
				l.Items[i] = deprecation(d)
			}
		}
	}
}

func deprecation(d *value.Dict) *value.Dict {
	plain := value.DictOf("msg", eventText(d.At("event")))
	if by, ok := d.At("deprecator").(*value.Dict); ok {
		by.Delete("__ansible_type")
		plain.Set("deprecator", by)
		plain.Set("collection_name", by.At("resolved_name"))
	}
	for _, k := range []string{"version", "date"} {
		if v := d.At(k); v != nil {
			plain.Set(k, v)
		}
	}
	return plain
}
