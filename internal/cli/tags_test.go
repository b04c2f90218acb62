package cli

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pig"
	"pig/internal/jinja"
	"pig/internal/parity"
	"pig/internal/playbook"
	"pig/internal/products/onnode"
	"pig/internal/secret"
)

const tagsPage = "../../docs/reference/tags.md"

// TestTagsAreThoseOfPigsty looks for each tag of Pigsty's playbooks in the playbook of that name here. Those that are not there
// have a reason, and the page about tags tells what the others select.
func TestTagsAreThoseOfPigsty(t *testing.T) {
	table, err := parity.Read()
	if err != nil {
		t.Fatal(err)
	}
	s := ownContent()
	var page strings.Builder
	used := map[string]bool{}
	for _, p := range table.Playbooks {
		tasks := reached(t, s, p.Name)
		fmt.Fprintf(&page, "\n### %s.yml\n\n| tag | what it selects here |\n|---|---|\n", p.Name)
		for _, tag := range p.Tags {
			var names []string
			for _, task := range tasks {
				if name := task.Name; slices.Contains(task.AllTags(), tag) && !slices.Contains(names, name) {
					names = append(names, name)
				}
			}
			why := table.Why(p.Name, tag)
			switch {
			case len(names) == 0 && why == "":
				t.Errorf("%s.yml: the tag %s selects nothing, and nobody says why", p.Name, tag)
			case len(names) > 0 && why != "":
				t.Errorf("%s.yml: the tag %s selects something, but is said to do nothing: %s", p.Name, tag, why)
			}
			if why != "" {
				used[why] = true
			}
			fmt.Fprintf(&page, "| `%s` | %s |\n", tag, tagRow(names, why))
		}
	}
	for _, a := range table.Absent {
		if !used[a.Why] {
			t.Errorf("no tag needs the reason %q", a.Why)
		}
	}
	comparePage(t, tagsPage, "<!-- from here on: go test ./internal/cli -run TestTags -update -->\n", page.String())
}

// ownContent runs pig's own playbooks with nothing but the modules.
func ownContent() *session {
	r := newRunner(newSource(newScreen(&app{}, &runOptions{}, secret.NewRedactor()), playbook.NewFiles(pig.Content())), onnode.Modules())
	r.templates = jinja.New(jinja.Options{})
	return &session{runner: r}
}

// reached are the tasks of one of pig's own playbooks.
func reached(t *testing.T, s *session, name string) (tasks []*playbook.Task) {
	t.Helper()
	plays, err := s.loader().Load(playbookPath(name))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range plays {
		more, whole, err := s.loader().Reach(p)
		if err != nil {
			t.Fatal(err)
		}
		if !whole {
			t.Errorf("%s.yml includes what shows only when it runs: its tags cannot be listed", name)
		}
		tasks = append(tasks, more...)
	}
	return tasks
}

// tagRow tells what a tag selects, in a line.
func tagRow(names []string, why string) string {
	const few = 6
	switch {
	case why != "":
		return "— " + why
	case len(names) > few:
		return fmt.Sprintf("%d tasks, from “%s” to “%s”", len(names), names[0], names[len(names)-1])
	}
	return strings.ReplaceAll(strings.Join(names, "; "), "|", `\|`)
}
