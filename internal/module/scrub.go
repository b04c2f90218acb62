package module

import (
	"pig/internal/node"
	"pig/internal/secret"
	"pig/internal/value"
)

// scrub makes r safe to leave the node: secrets in its text are typed as such or masked.
func scrub(r *Result, secrets []string) {
	if len(secrets) == 0 {
		for i, c := range r.Changes {
			r.Changes[i].Diff = secret.HideNamed(c.Diff)
		}
		return
	}
	red := secret.NewRedactor(secrets...)
	r.Values, _ = taint(r.Values, red).(*value.Dict)
	r.Failed = red.Redact(r.Failed)
	for i, w := range r.Warnings {
		r.Warnings[i] = red.Redact(w)
	}
	for i := range r.Changes {
		scrubChange(&r.Changes[i], red)
	}
}

// taint turns every text that contains a secret into one that masks itself.
func taint(v value.Value, red *secret.Redactor) value.Value {
	switch v := v.(type) {
	case string:
		if found := red.Found(v); len(found) > 0 {
			return secret.Carrying(v, found...)
		}
	case *value.List:
		for i, item := range v.Items {
			v.Items[i] = taint(item, red)
		}
	case *value.Dict:
		for k, item := range v.All() {
			v.Set(k, taint(item, red))
		}
	}
	return v
}

func scrubChange(c *node.Change, red *secret.Redactor) {
	if c.Kind == "command" {
		c.ID = red.Redact(c.ID)
	}
	c.ID = red.Name(c.ID)
	c.Before, c.After = red.Redact(c.Before), red.Redact(c.After)
	for i, a := range c.Attrs {
		c.Attrs[i] = node.Attr{Name: a.Name, Before: red.Redact(a.Before), After: red.Redact(a.After)}
	}
	c.Diff = scrubDiff(c.Diff, red)
}

// scrubDiff masks a diff. A task that carries secrets writes files that carried others before, which nobody told us.
func scrubDiff(diff string, red *secret.Redactor) string {
	return red.Redact(secret.HideRemoved(diff))
}
