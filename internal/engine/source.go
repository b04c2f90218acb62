package engine

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"pig/internal/node"
	"pig/internal/playbook"
	"pig/internal/value"
	"pig/internal/yaml"
)

// What a plan knows is compared by what it is: whatever it follows from. Of what it does not know, such as a file that a task behind an unknown
// condition writes, a second plan says "unknown" as well, whatever that has become. So that a plan that is kept holds to what was reviewed, it
// binds what such a result follows from: the task, the files that the task names, and the variables of its role and the facts that any of these
// mention. Comments are not in it; variables of the inventory are bound for the whole unit.

// source is the sealed digest of what a result of t follows from; "" if the result is known, or the plan is not kept.
func (r *run) source(t *playbook.Task, res Result) string {
	if len(r.e.opt.Key) == 0 || !res.Unknown() && !slices.ContainsFunc(res.Changes, func(c node.Change) bool { return c.Unknown }) {
		return ""
	}
	var text strings.Builder
	for _, v := range wordsOf(t) {
		_, _ = text.Write(value.PlainJSON(v))
		text.WriteByte('\n')
	}
	r.namedFiles(&text, t)
	roleVariables(&text, t.Role)
	for _, m := range environment.FindAllStringSubmatch(text.String(), -1) {
		fmt.Fprintf(&text, "%s=%s\n", m[1], r.e.Env(m[1]))
	}
	_, _ = text.Write(value.PlainJSON(r.mentioned(text.String())))
	mac := hmac.New(sha256.New, r.e.opt.Key)
	_, _ = io.WriteString(mac, text.String())
	return hex.EncodeToString(mac.Sum(nil))
}

// wordsOf are what a task and the blocks around it say.
func wordsOf(t *playbook.Task) []value.Value {
	all := []value.Value{t.Action, t.Args, t.ArgsText, t.Free, t.ChangedWhen, t.FailedWhen, t.Until}
	if t.Loop != nil {
		all = append(all, t.Loop.With, t.Loop.Items)
	}
	add := func(k *playbook.Keywords) {
		for _, w := range k.When {
			all = append(all, w.Value)
		}
		all = append(all, k.Vars, value.NewList(k.Environment...), k.Become, k.BecomeUser, k.DelegateTo, k.IgnoreErrors)
		for _, d := range k.ModuleDefaults {
			all = append(all, d)
		}
	}
	add(&t.Keywords)
	for _, b := range t.Chain() {
		add(&b.Keywords)
	}
	for i, v := range all {
		if d, ok := v.(*value.Dict); ok && d == nil {
			all[i] = nil
		}
	}
	return all
}

// roleVariables writes those variables of a role that the text speaks of, and those that these speak of.
func roleVariables(b *strings.Builder, role *playbook.Role) {
	if role == nil {
		return
	}
	for written, grew := map[string]bool{}, true; grew; {
		grew = false
		for i, d := range []*value.Dict{role.Defaults, role.Vars, role.Params} {
			if d == nil {
				continue
			}
			for k, v := range d.All() {
				name := value.Str(k)
				if at := fmt.Sprint(i, name); !written[at] && strings.Contains(b.String(), name) {
					written[at], grew = true, true
					fmt.Fprintf(b, "%s=%s\n", at, value.PlainJSON(v))
				}
			}
		}
	}
}

// namers are the arguments of actions that name files of the controller, and the folders where those are.
var namers = map[string]struct{ arg, folder string }{
	"copy": {"src", "files"}, "template": {"src", "templates"}, "script": {"cmd", "files"}, "include_tasks": {"file", "tasks"},
	"include_vars": {"file", "vars"}, "unarchive": {"src", "files"},
}

// namedFiles writes the files that a task names: one by its name, all of the folder where the name is a template, or other files are read from
// within.
func (r *run) namedFiles(b *strings.Builder, t *playbook.Task) {
	if looks.MatchString(b.String()) || t.Loop != nil && slices.Contains(readers, t.Loop.With) {
		r.folders(b, t.Role, "files", "templates")
	}
	if t.Action == "include_role" {
		r.includedRole(b, t)
		return
	}
	if t.Script != "" {
		if p, err := r.payload(t); err == nil { // else the run tells
			fmt.Fprintln(b, p.Digest)
		}
		return
	}
	n, ok := namers[t.Action]
	if !ok {
		return
	}
	name := t.Free
	if t.Args != nil && t.Args.At(n.arg) != nil {
		name, _ = value.Plain(t.Args.At(n.arg))
	}
	if name == "" {
		return
	}
	if strings.Contains(name, "{{") || strings.Contains(name, "{%") {
		r.folders(b, t.Role, n.folder)
		return
	}
	path, _, err := (&lookupFiles{r.playRun, t}).find(n.folder, name)
	if err != nil {
		return // the run tells
	}
	if r.e.Files.IsDir(path) {
		r.below(b, path)
		return
	}
	text, err := r.e.Files.Read(path)
	if err != nil {
		return // as above
	}
	r.content(b, path, text)
	switch {
	case t.Action == "include_tasks": // they read what they like of their role
		r.folders(b, t.Role, "tasks", "files", "templates", "vars")
	case n.folder == "templates" && (borrows.Match(text) || looks.Match(text)):
		r.folders(b, t.Role, "files", "templates")
	}
}

var (
	environment = regexp.MustCompile(`\benv\W{1,6}([A-Za-z_][A-Za-z0-9_]*)`) // lookup('env', 'HOME')
	looks       = regexp.MustCompile(`\b(lookup|query|q)\(`)
	borrows     = regexp.MustCompile(`\{%-?\+?\s*(include|import|from|extends)\b`)
	readers     = []string{"file", "fileglob", "filetree", "first_found", "lines", "template", "ini", "csvfile"} // lookups that read files, as with_
)

// includedRole writes all of the role that a task includes.
func (r *run) includedRole(b *strings.Builder, t *playbook.Task) {
	if t.Args == nil {
		return
	}
	name, _ := value.Plain(t.Args.At("name"))
	if dir, err := r.e.Loader.FindRole(name, r.playRun.play); err == nil { // else the run tells
		r.below(b, dir)
	}
}

// folders write all files of some folders of a role.
func (r *run) folders(b *strings.Builder, role *playbook.Role, names ...string) {
	if role == nil {
		return
	}
	for _, name := range names {
		r.below(b, playbook.Join(role.Dir, name))
	}
}

// below writes all files below a directory.
func (r *run) below(b *strings.Builder, dir string) {
	below, err := r.e.Files.Walk(dir)
	if err != nil {
		return // there is none
	}
	for _, name := range below {
		p := playbook.Join(dir, name)
		if text, err := r.e.Files.Read(p); err == nil {
			r.content(b, p, text)
		}
	}
}

// content writes a file: YAML as what it says, without comments.
func (r *run) content(b *strings.Builder, path string, text []byte) {
	if strings.HasSuffix(path, ".yml") || strings.HasSuffix(path, ".yaml") {
		if v, _, err := yaml.Parse(text, path, yaml.Options{}); err == nil {
			text = value.PlainJSON(v)
		}
	}
	fmt.Fprintf(b, "%d:%s\n", len(text), text)
}

// passing are facts that are never twice the same.
var passing = []string{"date_time", "memfree_mb", "swapfree_mb", "uptime_seconds", "env"}

// mentioned are the facts of the host that a text speaks of.
func (r *run) mentioned(text string) *value.Dict {
	r.host.mu.Lock()
	defer r.host.mu.Unlock()
	found := value.NewDict()
	for k, v := range r.host.facts.All() {
		name := value.Str(k)
		if !slices.Contains(passing, name) && (strings.Contains(text, "ansible_"+name) || strings.Contains(text, "ansible_facts") && strings.Contains(text, name)) {
			found.Set(k, v)
		}
	}
	for _, set := range []*value.Dict{r.host.set, r.host.included} {
		for k, v := range set.All() {
			name := value.Str(k)
			if !r.host.heard[name] && !isResult(v) && strings.Contains(text, name) {
				found.Set(k, v)
			}
		}
	}
	return found
}

// isResult tells whether a value is what register keeps: that has times in it.
func isResult(v value.Value) bool {
	d, ok := v.(*value.Dict)
	return ok && d.At("changed") != nil && d.At("failed") != nil
}
