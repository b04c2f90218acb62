package cli

import (
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"pig"
	"pig/internal/diag"
	"pig/internal/value"
	"pig/internal/yaml"
)

// named is a task, a handler, a block or a play that has a name.
type named struct {
	name string
	kind string // play, handler, block, task
	home string // the role, or the file of the playbook
	pos  diag.Pos
	dict *value.Dict
}

// everyName gives all names of pig's roles and playbooks, those of blocks and of imports too.
func everyName(t *testing.T) (names []named) {
	t.Helper()
	content := pig.Content()
	for _, pattern := range []string{"roles/*/tasks/*.yml", "roles/*/handlers/*.yml", "playbooks/*.yml"} {
		files, err := fs.Glob(content, pattern)
		if err != nil || len(files) == 0 {
			t.Fatal(pattern, files, err)
		}
		for _, f := range files {
			text, err := fs.ReadFile(content, f)
			if err != nil {
				t.Fatal(err)
			}
			read, _, err := yaml.Parse(text, f, yaml.Options{})
			if err != nil {
				t.Fatal(err)
			}
			home, kind := f, "play"
			if parts := strings.Split(f, "/"); parts[0] == "roles" {
				home, kind = parts[1], strings.TrimSuffix(parts[2], "s")
			}
			names = append(names, namesIn(read, home, kind)...)
		}
	}
	return names
}

// sections are the keys below which there are more tasks.
var sections = []string{"pre_tasks", "tasks", "post_tasks", "handlers", "block", "rescue", "always"}

func namesIn(v value.Value, home, kind string) (names []named) {
	list, ok := v.(*value.List)
	if !ok {
		return nil
	}
	for _, item := range list.Items {
		d, ok := item.(*value.Dict)
		if !ok {
			continue
		}
		n := named{kind: kind, home: home, pos: d.ValuePos("name"), dict: d}
		if d.Has("block") {
			n.kind = "block"
		}
		if n.name = text(d.At("name")); n.name != "" {
			names = append(names, n)
		}
		for _, key := range sections {
			below := "task"
			if key == "handlers" {
				below = "handler"
			}
			names = append(names, namesIn(d.At(key), home, below)...)
		}
	}
	return names
}

// pronouns stand for something that is named before: in a log there is no before.
var pronouns = regexp.MustCompile(`(?i)\b(it|its|itself|they|them|their|theirs|themselves|what|who|whom|whose|that|this|these|those|there|here|elsewhere|one|ones|others|another)\b`)

// taskVerbs are what tasks do. A new one is the field's word for it, and no other word of the list means the same.
var taskVerbs = strings.Fields(`
	Add Apply Authorize Build Check Clear Configure Copy Correct Create Delete Disable Enable End Exchange Expose Fetch Find Grant
	Install Issue Join Link List Load Measure Monitor Pause Promote Publish Read Rebalance Rebuild Recover Refresh Register Release Reload
	Remove Rename Render Replace Report Require Reserve Restart Restore Resume Revoke Select Serve Set Ship Sign Start Stop Store
	Suspend Unload Unpack Update Upgrade Use Wait`)

// faultOf says what is wrong with a name, "" if nothing is. Handlers begin with a small letter, and plays are titles.
func faultOf(name, kind string) string {
	if word := pronouns.FindString(name); word != "" {
		return fmt.Sprintf("%q stands for what only the lines around the name tell", word)
	}
	first, object, _ := strings.Cut(name, " ")
	switch {
	case kind == "play":
		return ""
	case object == "":
		return "a name is a verb and an object"
	case verbOf(first, kind) == "":
		return fmt.Sprintf("want a verb of the list, not %q", first)
	}
	return ""
}

// verbOf is the verb of the list that a name begins with.
func verbOf(first, kind string) string {
	for _, v := range taskVerbs {
		if first == v && kind != "handler" || kind == "handler" && first == strings.ToLower(v) {
			return v
		}
	}
	return ""
}

// A name is read alone: in a log, in a plan, at night.
func TestNamesAreVerbAndObject(t *testing.T) {
	used := map[string]bool{}
	for _, n := range everyName(t) {
		if fault := faultOf(n.name, n.kind); fault != "" {
			t.Errorf("%s: name of a %s %q: %s", n.pos, n.kind, n.name, fault)
		}
		first, _, _ := strings.Cut(n.name, " ")
		used[verbOf(first, n.kind)] = true
	}
	for _, v := range taskVerbs {
		if !used[v] {
			t.Errorf("no name begins with %s", v)
		}
	}
}

func TestNamesThatAreRefused(t *testing.T) {
	for _, name := range []string{
		"Wait for it", "Make its group", "Let it take hold", "Forget the virtual address", "Ask who leads", "Refuse where no backup leads there", "Tell what is left out",
		"Remove services that are no longer declared", "Keep the time", "Put the rules into place", "Stop those at the end", "Firewall", "Render", "restart etcd",
	} {
		if faultOf(name, "task") == "" {
			t.Errorf("%q is accepted", name)
		}
	}
	for _, c := range [][2]string{{"Render pg_exporter options", "task"}, {"Set up HAProxy", "block"}, {"restart etcd", "handler"}, {"NODE KEYS", "play"}} {
		if fault := faultOf(c[0], c[1]); fault != "" {
			t.Errorf("%q is refused: %s", c[0], fault)
		}
	}
}

// namesakes are tasks that differ and have one name.
var namesakes = map[string]string{
	"pgsql : Restart PostgreSQL on members with pending settings": "the plan of a correction shows the restart that follows in a run under its name",
}

// A name that two tasks of a role have does not tell which of them failed, unless they do the same.
func TestNamesAreUniqueInARole(t *testing.T) {
	met, first := map[string]bool{}, map[string]named{}
	for _, n := range everyName(t) {
		title := n.home + " : " + n.name
		before, ok := first[title]
		if !ok {
			first[title] = n
			continue
		}
		if does(n.dict) == does(before.dict) {
			continue
		}
		if met[title] = true; namesakes[title] == "" {
			t.Errorf("%s: %q is the name of another task at %s, which does something else", n.pos, n.name, before.pos)
		}
	}
	for title := range namesakes {
		if !met[title] {
			t.Errorf("there are no two tasks %q any more that would need their exception", title)
		}
	}
}

// does is a task without what says when it runs and what follows.
func does(task *value.Dict) string {
	d := task.Clone()
	for _, key := range []string{"name", "tags", "when", "register", "notify"} {
		d.Delete(key)
	}
	return value.Repr(d)
}
