package lint_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pig/internal/jinja"
	"pig/internal/lint"
	"pig/internal/module/builtin"
)

func linter() *lint.Linter {
	free := []string{"command", "shell", "raw", "script", "include_tasks", "import_tasks", "meta"}
	return &lint.Linter{
		Modules: builtin.Table(), Actions: []string{"debug", "template", "include_tasks", "import_tasks", "meta"}, Templates: jinja.New(jinja.Options{}),
		FreeForm: func(name string) bool { return slices.Contains(free, name) },
	}
}

var wantForm = regexp.MustCompile(`# want ([a-z -]+)$`)

// What stands behind "# want" at a line is what is found there, and nothing else; every rule has such a line.
func TestRules(t *testing.T) {
	t.Parallel()
	met := map[string]bool{}
	for _, name := range []string{"testdata/site.yml", "testdata/clean.yml"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		got := map[int][]string{}
		for _, d := range linter().Check(lint.Read(name, text)) {
			got[d.Pos.Line] = append(got[d.Pos.Line], d.Rule())
			if d.Pos.Col == 0 || d.Pos.File != name {
				t.Errorf("%s has no column or file: %v", d.Rule(), d.Pos)
			}
			met[d.Rule()] = true
		}
		for n, line := range strings.Split(string(text), "\n") {
			var want []string
			if m := wantForm.FindStringSubmatch(line); m != nil {
				want = strings.Fields(m[1])
			}
			found := got[n+1]
			slices.Sort(found)
			slices.Sort(want)
			if !slices.Equal(found, want) {
				t.Errorf("%s:%d: found %v, want %v: %s", name, n+1, found, want, line)
			}
		}
	}
	for _, r := range lint.Rules() {
		if !met[r.ID] {
			t.Errorf("no case shows the rule %s", r.ID)
		}
	}
}

func TestAFileThatIsNoYAML(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/broken.yml")
	if err != nil {
		t.Fatal(err)
	}
	found := linter().Check(lint.Read("testdata/broken.yml", text))
	if len(found) != 1 || found[0].Rule() != "yaml-syntax" || found[0].Pos.Line == 0 {
		t.Errorf("found %v", found)
	}
}

// What ansible-galaxy installs is a list too, and none of tasks.
func TestRequirementsAreNoTasks(t *testing.T) {
	t.Parallel()
	text := []byte("- src: https://example.com/x.tar.gz\n  version: 1\n")
	if found := linter().Check(lint.Read("roles/requirements.yml", text)); len(found) != 0 {
		t.Errorf("found %v", found)
	}
	if found := linter().Check(lint.Read("tasks/main.yml", text)); len(found) == 0 {
		t.Error("found nothing in tasks without a module")
	}
}

// A name that another file makes is known.
func TestNamesOfOtherFiles(t *testing.T) {
	t.Parallel()
	l := linter()
	text := []byte("- name: Ask\n  ping:\n  when: asked is changed\n")
	if found := l.Check(lint.Read("b.yml", text)); len(found) != 1 || found[0].Rule() != "undefined-register" {
		t.Errorf("found %v", found)
	}
	l.Gather(lint.Read("a.yml", []byte("- ping:\n  register: asked\n")))
	if found := l.Check(lint.Read("b.yml", text)); len(found) != 0 {
		t.Errorf("found %v", found)
	}
}

const page = "../../docs/lint.md"

// The page lists the rules.
func TestThePage(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("| rule | finds |\n|---|---|\n| `yaml-syntax` | The file is no valid YAML. |\n")
	for _, r := range lint.Rules() {
		b.WriteString("| `" + r.ID + "` | " + r.Says + " |\n")
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	head, old, ok := strings.Cut(string(text), "<!-- from here on: PIG_UPDATE=1 go test ./internal/lint -->\n\n")
	if ok && os.Getenv("PIG_UPDATE") != "" {
		if err := os.WriteFile(page, []byte(head+"<!-- from here on: PIG_UPDATE=1 go test ./internal/lint -->\n\n"+b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !ok || old != b.String() {
		t.Errorf("%s does not list the rules: PIG_UPDATE=1 go test ./internal/lint", page)
	}
}
