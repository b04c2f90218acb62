package infra

import (
	"fmt"
	"slices"
	"strings"

	"pig/internal/diag"
	"pig/internal/params"
	"pig/internal/value"
)

// sources tells of packages that are named and come from nowhere: repo_upstream is empty by default, since where packages come from is for each environment
// to say.
func (v *validator) sources() {
	first, vars := v.first()
	if first == nil {
		return
	}
	modules := words(vars, "repo_modules")
	if value.Str(params.OrDefault(vars.At("repo_bundle"), "repo_bundle")) != "" || len(params.Objects(vars, "repo_url_packages")) > 0 || params.OrDefault(vars.At("repo_enabled"), "repo_enabled") == false || offersAny(vars, modules) {
		return
	}
	for _, name := range []string{"repo_packages", "repo_extra_packages"} {
		if l, ok := vars.At(name).(*value.List); ok && len(l.Items) > 0 {
			v.Add(diag.Warnf(v.Where(first, name), "%s has no effect: repo_upstream has no repository of the modules %s (repo_modules)", name, strings.Join(modules, ", ")).
				WithHint("%s; or add packages with pig repo load or pig repo add", entry(modules)))
			return
		}
	}
}

// modules tells of node_repo_modules that no repository belongs to.
func (v *validator) modules() {
	told := map[string]bool{}
	for _, h := range v.Inv.Hosts() {
		vars := v.Inv.Vars(h)
		if vars.At("node_repo_modules") == nil {
			continue
		}
		for _, m := range words(vars, "node_repo_modules") {
			if m == "local" || told[m] || params.IsTemplate(m) || offersAny(vars, []string{m}) {
				continue
			}
			told[m] = true
			v.Add(diag.Warnf(v.Where(h, "node_repo_modules"), "node_repo_modules has %s, but repo_upstream has no repository of that module", m).
				WithHint("%s; or remove %s from node_repo_modules", entry([]string{m}), m))
		}
	}
}

// entry tells how a repository is written.
func entry(modules []string) string {
	module := "node"
	if len(modules) > 0 {
		module = modules[0]
	}
	return fmt.Sprintf("add a package source: repo_upstream: [ { name: debian, module: %s, baseurl: { default: 'http://MIRROR/debian ${distro_codename} main' } } ] (docs/offline.md)", module)
}

// offersAny tells whether a repository belongs to one of some modules, as far as the text tells.
func offersAny(vars *value.Dict, modules []string) bool {
	if text, ok := vars.At("repo_upstream").(string); ok && params.IsTemplate(text) {
		return true
	}
	return slices.ContainsFunc(params.Objects(vars, "repo_upstream"), func(r params.Object) bool {
		module := value.Str(r.At("module"))
		return params.IsTemplate(module) || slices.Contains(modules, module)
	})
}

// words are the items of a list, or of a text with commas.
func words(vars *value.Dict, name string) (all []string) {
	switch v := params.OrDefault(vars.At(name), name).(type) {
	case *value.List:
		return v.Texts()
	case string:
		for word := range strings.SplitSeq(v, ",") {
			if word = strings.TrimSpace(word); word != "" {
				all = append(all, word)
			}
		}
	}
	return all
}
