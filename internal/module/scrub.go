package module

import (
	"slices"

	"pig/internal/node"
	"pig/internal/secret"
	"pig/internal/value"
)

// scrub makes r safe to leave the node: secrets in its text are typed as such or masked. Here is the only place that knows which
// secrets a text may have, so that short ones are found too, which nobody looks for elsewhere.
func scrub(r *Result, secrets []string) {
	if len(secrets) == 0 {
		for i, c := range r.Changes {
			r.Changes[i].Diff = secret.HideNamed(c.Diff)
		}
		return
	}
	red := secret.NewOwn(secrets...)
	r.Values, _ = taint(r.Values, red, red.Found).(*value.Dict)
	r.Failed = red.Redact(r.Failed)
	for i, w := range r.Warnings {
		r.Warnings[i] = red.Redact(w)
	}
	for i := range r.Changes {
		scrubChange(&r.Changes[i], red)
	}
}

// said are the values that repeat what a program was given or said: a secret may be a part of any word there.
var said = []string{"cmd", "stdout", "stdout_lines", "stderr", "stderr_lines", "content", "json", "msg"}

// taint turns every text in which found finds a secret into one that masks itself.
func taint(v value.Value, red *secret.Redactor, found func(text string) []string) value.Value {
	switch v := v.(type) {
	case string:
		if parts := found(v); len(parts) > 0 {
			return secret.Carrying(v, parts...)
		}
	case *value.List:
		for i, item := range v.Items {
			v.Items[i] = taint(item, red, found)
		}
	case *value.Dict:
		for k, item := range v.All() {
			in := found
			if name, _ := k.(string); slices.Contains(said, name) {
				in = red.Within
			}
			v.Set(k, taint(item, red, in))
		}
	}
	return v
}

func scrubChange(c *node.Change, red *secret.Redactor) {
	if c.Kind == "command" {
		c.ID = red.Redact(c.ID)
	}
	c.ID = red.Name(c.ID)
	c.Before, c.After = red.Whole(c.Before), red.Whole(c.After)
	for i, a := range c.Attrs {
		c.Attrs[i] = node.Attr{Name: a.Name, Before: red.Whole(a.Before), After: red.Whole(a.After)}
	}
	c.Diff = scrubDiff(c.Diff, red)
}

// scrubDiff masks a diff. A task that carries secrets writes files that carried others before, which nobody told us.
func scrubDiff(diff string, red *secret.Redactor) string {
	return red.Diff(secret.HideRemoved(diff))
}
