package module

import (
	"strings"

	"pig/internal/node"
	"pig/internal/secret"
	"pig/internal/value"
)

// scrub makes r safe to leave the node: secrets in its text are typed as such or masked.
func scrub(r *Result, secrets []string) {
	if len(secrets) == 0 {
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
	c.ID = red.Redact(c.ID)
	c.Before, c.After = red.Redact(c.Before), red.Redact(c.After)
	for i, a := range c.Attrs {
		c.Attrs[i] = node.Attr{Name: a.Name, Before: red.Redact(a.Before), After: red.Redact(a.After)}
	}
	c.Diff = scrubDiff(c.Diff, red)
}

// scrubDiff masks a diff. Where it shows lines that carry secrets, lines that go away may carry the secrets of before,
// which nobody told us: of those only the first word stays.
func scrubDiff(diff string, red *secret.Redactor) string {
	masked := red.Redact(diff)
	if masked == diff {
		return diff
	}
	lines := strings.SplitAfter(masked, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, "-") && !strings.HasPrefix(line, "---") {
			lines[i] = firstWord(line)
		}
	}
	return strings.Join(lines, "")
}

func firstWord(line string) string {
	body := strings.TrimRight(line[1:], "\n")
	start := len(body) - len(strings.TrimLeft(body, " \t"))
	end := strings.IndexAny(body[start:], " \t:=")
	if end < 0 {
		if len(body) < 4 {
			return line
		}
		return "-" + secret.Mask + "\n"
	}
	if start+end+1 >= len(body) {
		return line
	}
	return "-" + body[:start+end+1] + " " + secret.Mask + "\n"
}
