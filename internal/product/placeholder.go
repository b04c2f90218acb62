package product

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"pig/internal/diag"
	"pig/internal/params"
	"pig/internal/secret"
	"pig/internal/value"
)

var placeholderForm = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)

// Expand replaces ${name} in a text. What get does not know stays and is listed in unknown.
func Expand(text string, get func(name string) (string, bool)) (expanded string, unknown []string) {
	var b strings.Builder
	done := 0
	for _, at := range placeholderForm.FindAllStringSubmatchIndex(text, -1) {
		b.WriteString(text[done:at[0]])
		done = at[1]
		name := text[at[2]:at[3]]
		v, ok := get(name)
		switch {
		case !ok:
			unknown = append(unknown, name)
			v = text[at[0]:at[1]]
		case strings.Contains(v, ":") && authority(text[:at[0]], text[at[1]:]):
			v = "[" + v + "]"
		}
		b.WriteString(v)
	}
	return b.String() + text[done:], unknown
}

// authority tells whether what stands between two texts is the host of a URL, or has a port after it: there an IPv6 address needs brackets.
func authority(before, after string) bool {
	return strings.HasSuffix(before, "://") || strings.Contains(before, "://") && strings.HasSuffix(before, "@") || portAfter.MatchString(after)
}

var portAfter = regexp.MustCompile(`^:\d`)

// placeholders resolves the parameters of all nodes that may hold placeholders, and keeps what changed. Parameters whose
// older names were used are kept under today's.
func (r *Resolver) placeholders() {
	for _, n := range r.Env.Hosts {
		r.modernized(n)
		for _, p := range params.Load().Params {
			if len(p.Placeholders) > 0 {
				r.resolveParam(n, p)
			}
		}
	}
}

// modernized keeps what differs from the inventory because older names were used there.
func (r *Resolver) modernized(n *Host) {
	now, before := n.Vars.Written, r.Inventory.Vars(n.Entry)
	if now == before {
		return
	}
	for key, v := range now.All() {
		if old, ok := before.Get(key); !ok || !value.Equal(old, v) {
			n.Resolved.SetAt(key, v, now.KeyPos(key), now.ValuePos(key))
		}
	}
}

func (r *Resolver) resolveParam(n *Host, p *params.Param) {
	v := n.Vars.Get(p.Name)
	if v == nil || !mentions(v) {
		return
	}
	out := mapTexts(v, func(text string) string {
		expanded, unknown := Expand(text, func(placeholder string) (string, bool) {
			if !slices.Contains(p.Placeholders, placeholder) {
				return "", false
			}
			return n.placeholder(placeholder)
		})
		for _, u := range unknown {
			r.unknownPlaceholder(n, p, u)
		}
		return expanded
	})
	n.Resolved.Set(p.Name, out)
}

func (r *Resolver) unknownPlaceholder(n *Host, p *params.Param, placeholder string) {
	if slices.Contains(p.Later, placeholder) {
		return
	}
	err := diag.Errorf(n.Vars.Pos(p.Name), "unknown placeholder ${%[2]s} in %[1]s", p.Name, placeholder)
	switch {
	case placeholder == "vip" && p.Name == "pg_listen":
		err.Summary = "pg_listen has ${vip}, but the cluster has no virtual address"
		err.Hint = "set pg_vip_enabled: true and pg_vip_address: ADDRESS/MASK"
	case diag.DidYouMean(placeholder, p.Placeholders) != "":
		err.Hint = "did you mean ${" + diag.Nearest(placeholder, p.Placeholders) + "}?"
	default:
		err.Hint = "known are ${" + strings.Join(p.Placeholders, "}, ${") + "}"
	}
	r.AddError(err.Pos, err)
}

// placeholder is what a name stands for on a node.
func (n *Host) placeholder(name string) (string, bool) {
	switch name {
	case "ip":
		return n.Name, true
	case "lo":
		return "127.0.0.1", true
	}
	for _, p := range n.Vars.Resolver.Env.products {
		if r, ok := p.(Replacer); ok {
			if text, known := r.Replace(n, name); known {
				return text, text != ""
			}
		}
	}
	text := n.Vars.Text(name)
	return text, text != ""
}

// mentions tells whether a text in v holds a placeholder.
func mentions(v value.Value) bool {
	found := false
	value.Walk(v, func(v value.Value) {
		s, ok := value.Plain(v)
		found = found || ok && strings.Contains(s, "${") && !params.IsTemplate(v)
	})
	return found
}

// mapTexts copies v with all texts in it replaced. Secrets stay secrets.
func mapTexts(v value.Value, f func(string) string) value.Value {
	switch v := v.(type) {
	case string:
		return f(v)
	case secret.Text:
		if s := f(v.Plain()); s != v.Plain() {
			return secret.Carrying(s, append(v.Parts(), s)...)
		}
	case *value.List:
		items := make([]value.Value, len(v.Items))
		for i, item := range v.Items {
			items[i] = mapTexts(item, f)
		}
		return &value.List{Items: items, At: v.At}
	case *value.Dict:
		d := value.NewDict()
		for k, item := range v.All() {
			d.SetAt(k, mapTexts(item, f), v.KeyPos(k), v.ValuePos(k))
		}
		return d
	}
	return v
}

// Fill replaces names in a pattern, e.g. ${minio_cluster}-${minio_seq}.pigsty.
func Fill(pattern string, with map[string]any) (string, error) {
	text, unknown := Expand(pattern, func(name string) (string, bool) {
		v, ok := with[name]
		return fmt.Sprint(v), ok
	})
	if len(unknown) > 0 {
		known := make([]string, 0, len(with))
		for name := range with {
			known = append(known, name)
		}
		d := diag.Errorf(diag.Pos{}, "unknown placeholder ${%[2]s} in %[1]s", pattern, unknown[0])
		slices.Sort(known)
		return "", d.WithHint("known are ${%s}", strings.Join(known, "}, ${"))
	}
	return text, nil
}
