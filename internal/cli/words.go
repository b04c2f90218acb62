package cli

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"pig/internal/diag"
	"pig/internal/graph"
	"pig/internal/plan"
	"pig/internal/product"
)

// onePlanFile refuses a plan file among other arguments: what the operator reviewed would be left aside, and something else planned and applied.
func onePlanFile(args []string) error {
	for _, path := range args {
		if len(args) > 1 && isFile(path) {
			if _, err := plan.Open(path); !errors.Is(err, plan.ErrNoPlan) {
				return diag.Errorf(diag.Pos{}, "cannot apply plan file %q with other arguments: a plan is applied completely", path).WithHint("pig apply %s", path)
			}
		}
	}
	return nil
}

// wholePlan refuses flags that would select a part of a plan file, or run less of it.
func (o *runOptions) wholePlan(path string) error {
	for _, f := range []struct {
		name  string
		given bool
	}{{"--limit", o.limit != ""}, {"--tags", len(o.tags) > 0}, {"--skip-tags", len(o.skipTags) > 0}, {"--start-at-task", o.startAt != ""}} {
		if f.given {
			return diag.Errorf(diag.Pos{}, "cannot apply plan file %q with %s: a plan is applied completely", path, f.name).WithHint("pig apply %s", path)
		}
	}
	return nil
}

// keepable refuses to keep a plan that was made with flags which a plan file does not hold.
func (o *runOptions) keepable() error {
	if len(o.skipTags) > 0 {
		return diag.Errorf(diag.Pos{}, "cannot save a plan made with --skip-tags").WithHint("select the tasks with --tags, or apply without a plan file")
	}
	return nil
}

// checkWords refuses words that select no unit of all: one that is left out in silence may be the one that was meant.
func (s *source) checkWords(all *graph.Graph[product.Unit], words []string) error {
	var known []string
	for _, name := range all.Names() {
		u, _ := all.Node(name)
		for _, w := range []string{u.Module, u.Cluster, u.Name} {
			if w != "" && !slices.Contains(known, w) {
				known = append(known, w)
			}
		}
	}
	var found diag.List
	for _, w := range words {
		if !slices.Contains(known, w) {
			found.Add(s.unknownWord(w, known))
		}
	}
	if len(found) == 0 {
		return nil
	}
	return found
}

func (s *source) unknownWord(word string, known []string) *diag.Diagnostic {
	switch {
	case s.inventory.Host(word) != nil || s.inventory.Group(word) != nil:
		return diag.Errorf(diag.Pos{}, "module or cluster %q not found: the inventory has a host or a group of this name", word).WithHint("select hosts with -l %s", word)
	case isFile(word):
		if _, err := plan.Open(word); !errors.Is(err, plan.ErrNoPlan) {
			return diag.Errorf(diag.Pos{}, "invalid argument %q: a plan file is applied, not planned", word).WithHint("pig apply %s", word)
		}
	case filepath.Ext(word) != "" || strings.ContainsRune(word, filepath.Separator):
		return diag.Errorf(diag.Pos{}, "invalid argument %q: neither a plan file nor a module or cluster of the inventory", word)
	}
	hint := diag.DidYouMean(word, known)
	if hint == "" {
		hint = "the inventory declares " + strings.Join(known, ", ")
	}
	return diag.Errorf(diag.Pos{}, "module or cluster %q not found in the inventory", word).WithHint("%s", hint)
}
