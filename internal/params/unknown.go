package params

import (
	"regexp"
	"slices"
	"strings"

	"pig/internal/diag"
	"pig/internal/inventory"
	"pig/internal/value"
)

// prefixes are what names of parameters begin with, and hardly anything else does.
var prefixes = []string{
	"pg_", "pgb_", "pgbouncer_", "pgbackrest_", "patroni_", "node_", "etcd_", "minio_", "redis_", "haproxy_", "infra_", "nginx_", "grafana_", "repo_", "vip_",
	"vector_", "dns_", "vmetrics_", "vlogs_", "vtraces_", "vmalert_", "blackbox_", "alertmanager_", "certbot_", "pgsodium_",
}

// unknownParam tells of a name that is no parameter but looks like one. Users define variables of their own, so a name is
// left alone if nothing is near, or if a template of the inventory uses it.
func (v *Validator) unknownParam(name string, pos diag.Pos) {
	if v.catalog.foreign[name] || v.used[name] || strings.HasPrefix(name, "ansible_") {
		return
	}
	if field := inFields()[name]; field != "" {
		v.Add(diag.Errorf(pos, "%s is the name of a generated password, not a parameter", name).WithHint("write the password into %s", field))
		return
	}
	if param := v.unspaced(name); param != "" {
		v.Add(diag.Errorf(pos, "%s has no space after its colon", param).WithHint("write %s: VALUE", param))
		return
	}
	known := hasPrefix(name)
	near := diag.Nearest(name, v.catalog.names)
	switch {
	case v.misspelt(name) != "":
		v.Add(diag.Errorf(pos, "unknown parameter %s", fieldName(name)).WithHint("did you mean %s?", near))
	case known && near != "":
		v.Add(diag.Warnf(pos, "unknown parameter %s", fieldName(name)).WithHint("did you mean %s? Otherwise, only your own roles can use the parameter", near))
	case known:
		v.Add(diag.Warnf(pos, "unknown parameter %s", fieldName(name)).WithHint("remove the parameter, unless a role of your own reads it"))
	}
}

func hasPrefix(name string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(name, p) })
}

// unspaced is the parameter of a name with a colon in it, or "": in braces YAML takes pg_role:primary for a key without a value.
func (v *Validator) unspaced(name string) string {
	if param, _, ok := strings.Cut(name, ":"); ok && v.catalog.Lookup(param) != nil {
		return param
	}
	return ""
}

// misspelt is the parameter that an unknown name certainly stands for, or "".
func (v *Validator) misspelt(name string) string {
	if param := v.unspaced(name); param != "" {
		return param
	}
	near := diag.Nearest(name, v.catalog.names)
	if near != "" && !strings.HasPrefix(name, near+"_") && (hasPrefix(name) && sharedEnds(name, near) >= max(len(name), len(near))*2/3 || isTypo(name, near)) {
		return near
	}
	return ""
}

// Misspelt tells whether a host has a parameter under a misspelt name, which is told: that it lacks the parameter is no second mistake.
func (v *Validator) Misspelt(h *inventory.Host, param string) bool {
	vars := v.Inv.Vars(h)
	if vars.Has(param) {
		return false
	}
	return slices.ContainsFunc(vars.StringKeys(), func(name string) bool {
		return v.catalog.Lookup(name) == nil && !v.catalog.foreign[name] && !v.used[name] && v.misspelt(name) == param
	})
}

// isTypo tells whether a name without a known prefix is a parameter's name but for a slip: the same letters in another
// order, or one more, less or different.
func isTypo(name, near string) bool {
	return len(name) > 5 && diag.Nearest(name, []string{near}) != "" && abs(len(name)-len(near)) <= 1 && sharedEnds(name, near) >= len(name)-2
}

func abs(n int) int { return max(n, -n) }

// sharedEnds is how many letters two words have in common at their beginnings and ends.
func sharedEnds(a, b string) int {
	n := min(len(a), len(b))
	head := 0
	for head < n && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < n-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	return head + tail
}

var (
	templateForm = regexp.MustCompile(`(?s)\{[{%].*?[%}]\}`)
	nameForm     = regexp.MustCompile(`[A-Za-z_]\w*`)
)

// templateNames are all names inside templates of the inventory.
func templateNames(inv *inventory.Inventory) map[string]bool {
	names := map[string]bool{}
	collect := func(v value.Value) {
		if !IsTemplate(v) {
			return
		}
		s, _ := value.Plain(v)
		for _, t := range templateForm.FindAllString(s, -1) {
			for _, name := range nameForm.FindAllString(t, -1) {
				names[name] = true
			}
		}
	}
	for _, g := range inv.Groups() {
		value.Walk(inv.GroupVars(g), collect)
	}
	for _, h := range inv.Hosts() {
		value.Walk(inv.HostVars(h), collect)
	}
	return names
}
