// Package policy judges plans by rules that stand beside an inventory, in policies/*.yml:
//
//   - name: no failover without a window
//     deny: units[].changes[] | [?impact=='failover'].address
//     message: a failover needs a change window
//
// A rule asks the plan's document (docs/reference/plan.schema.json) in JMESPath. What it finds it denies, or warns of.
package policy

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"pig/internal/diag"
	"pig/internal/jinja/filters"
	"pig/internal/plan"
	"pig/internal/value"
	"pig/internal/yaml"
)

// Rule is one of a file.
type Rule struct {
	Name    string
	Denies  bool // else it warns
	Message string
	Pos     diag.Pos
	// Doubts are warnings of names that no plan has: such a rule finds nothing, so it lets everything pass.
	Doubts diag.List

	query *filters.Query
}

// Finding is what a rule found.
type Finding struct {
	Rule *Rule
	// About are what it found, as text: addresses, names. None where the rule only says yes.
	About []string
}

// Load reads the rules of all *.yml files in a folder, in order. A folder that is not there has none.
func Load(dir string) ([]*Rule, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read the policies: %w", err)
	}
	var rules []*Rule
	var wrong diag.List
	for _, e := range entries {
		if ext := filepath.Ext(e.Name()); ext != ".yml" && ext != ".yaml" || e.IsDir() {
			continue
		}
		path := filepath.Join(dir, e.Name())
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("cannot read the policies: %w", err)
		}
		found, err := Parse(path, text)
		wrong.Add(err)
		rules = append(rules, found...)
	}
	return rules, wrong.Err()
}

// Parse reads the rules of one file.
func Parse(path string, text []byte) (rules []*Rule, err error) {
	v, _, err := yaml.Parse(text, path, yaml.Options{Strict: true})
	if err != nil {
		return nil, err
	}
	if v == nil {
		return nil, nil
	}
	list, ok := v.(*value.List)
	if !ok {
		return nil, diag.Errorf(diag.Pos{File: path}, "invalid policy file: want a list of rules").WithHint("begin each rule with - name: NAME")
	}
	var wrong diag.List
	for i, item := range list.Items {
		r, err := parseRule(item, list.Pos(i), path)
		if err != nil {
			wrong.Add(err)
			continue
		}
		rules = append(rules, r)
	}
	return rules, wrong.Err()
}

// fields are those of a rule.
var fields = []string{"name", "deny", "warn", "message"}

func parseRule(item value.Value, pos diag.Pos, path string) (*Rule, error) {
	d, ok := item.(*value.Dict)
	if !ok {
		return nil, diag.Errorf(at(pos, path), "invalid rule: want a mapping with name, deny or warn, and message")
	}
	for _, key := range d.StringKeys() {
		if !slices.Contains(fields, key) {
			e := diag.Errorf(at(d.KeyPos(key), path), "unknown field %q of a rule", key)
			if near := diag.DidYouMean(key, fields); near != "" {
				return nil, e.WithHint("%s", near)
			}
			return nil, e.WithHint("the fields are name, deny, warn, message")
		}
		if _, ok := d.At(key).(string); !ok {
			return nil, diag.Errorf(at(d.ValuePos(key), path), "invalid %s of a rule: want a string", key)
		}
	}
	text := func(key string) string { s, _ := d.At(key).(string); return s }
	r := &Rule{Name: text("name"), Denies: d.Has("deny"), Message: text("message"), Pos: at(pos, path)}
	key := "warn"
	if r.Denies {
		key = "deny"
	}
	switch {
	case r.Name == "":
		return nil, diag.Errorf(r.Pos, "name of a rule not found").WithHint("add name: NAME")
	case d.Has("deny") == d.Has("warn"):
		return nil, diag.Errorf(r.Pos, "invalid rule %q: want either deny or warn", r.Name)
	}
	var err error
	if r.query, err = filters.NewQuery(text(key)); err != nil {
		wrong := diag.Errorf(at(d.ValuePos(key), path), "invalid query of rule %q: %s", r.Name, err)
		if n := bareNumber.FindStringSubmatch(text(key)); n != nil {
			return nil, wrong.WithHint("write the number in backquotes: `%s`", n[1])
		}
		return nil, wrong
	}
	r.Doubts = doubts(r, at(d.ValuePos(key), path))
	return r, nil
}

// doubts warns of names in a query that a plan's document does not have. What is in before and after is named by resources.
func doubts(r *Rule, pos diag.Pos) (found diag.List) {
	names, known := r.query.Fields(), plan.FieldNames()
	free := slices.Contains(names, "before") || slices.Contains(names, "after")
	for _, name := range names {
		near := diag.DidYouMean(name, known)
		if slices.Contains(known, name) || free && near == "" {
			continue
		}
		d := diag.Warnf(pos, "unknown field %q in rule %q: no plan has this field, so the rule may never match", name, r.Name)
		if near == "" {
			near = "pig schema plan shows the fields"
		}
		found = append(found, d.WithHint("%s", near))
	}
	return found
}

// bareNumber is a comparison with a number as other languages write it.
var bareNumber = regexp.MustCompile(`[<>=]\s*(-?[0-9.]+)`)

func at(pos diag.Pos, path string) diag.Pos {
	if !pos.Known() {
		return diag.Pos{File: path}
	}
	return pos
}

// Judge asks all rules of a plan.
func Judge(rules []*Rule, d *plan.Document) ([]Finding, error) {
	if len(rules) == 0 {
		return nil, nil
	}
	text, err := json.Marshal(d)
	if err != nil {
		return nil, err
	}
	in, err := value.ParseJSON(text)
	if err != nil {
		return nil, err
	}
	var found []Finding
	for _, r := range rules {
		out, err := r.query.Search(in)
		if err != nil {
			return nil, diag.Errorf(r.Pos, "cannot answer the query of rule %q: %s", r.Name, err)
		}
		if about, yes := findings(out); yes {
			found = append(found, Finding{r, about})
		}
	}
	return found, nil
}

// findings are what an answer tells: nothing, a plain yes, or things. As in JMESPath's conditions false, null and what is empty say no.
func findings(out value.Value) (about []string, yes bool) {
	switch v := out.(type) {
	case nil:
		return nil, false
	case bool:
		return nil, v
	case string:
		return []string{v}, v != ""
	case *value.Dict:
		return []string{string(value.JSON(v))}, v.Len() > 0
	case *value.List:
		for _, item := range v.Items {
			if more, is := findings(item); is {
				yes = true
				about = append(about, more...)
			}
		}
		return about, yes
	}
	return []string{value.Str(out)}, true
}

// Denied tells whether one of the findings denies.
func Denied(found []Finding) bool {
	return slices.ContainsFunc(found, func(f Finding) bool { return f.Rule.Denies })
}
