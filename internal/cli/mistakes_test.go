package cli

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// mistake is an edit of the sound inventory and what pig says to it. The place that is told is where ‸ stands in now, or its line.
type mistake struct {
	Module string `yaml:"module"`
	What   string `yaml:"what"`
	Was    string `yaml:"was"`
	Now    string `yaml:"now"`
	Says   string `yaml:"says"`
	Hint   string `yaml:"hint"`
	Warns  bool   `yaml:"warns"`
}

var update = flag.Bool("update", false, "write what the tests make of pages")

const caret = "‸"

const mistakesPage = "../../docs/mistakes.md"

// TestMistakesAreRefused makes mistakes in a sound inventory, one at a time: pig names each with its place, before it asks any node.
// The page about mistakes is this table.
func TestMistakesAreRefused(t *testing.T) {
	sound, err := os.ReadFile("testdata/mistakes/sound.yml")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("testdata/mistakes/table.yml")
	if err != nil {
		t.Fatal(err)
	}
	var table []mistake
	if err := yaml.Unmarshal(text, &table); err != nil {
		t.Fatal(err)
	}
	if code, out := validateText(t, string(sound)); code != 0 || strings.Count(out, "warning:") > 1 {
		t.Fatalf("the sound inventory: exit status %d\n%s", code, out)
	}
	var page strings.Builder
	last := ""
	for _, m := range table {
		t.Run(m.Module+"/"+m.What, func(t *testing.T) { m.try(t, string(sound)) })
		if m.Module != last {
			last = m.Module
			fmt.Fprintf(&page, "\n## %s\n\n| error | message |\n|---|---|\n", m.Module)
		}
		kind := ""
		if m.Warns {
			kind = "warning: "
		}
		hint := ""
		if m.Hint != "" {
			hint = " — " + m.Hint
		}
		fmt.Fprintf(&page, "| %s | %s%s%s |\n", m.What, kind, cell(m.Says), cell(hint))
	}
	comparePage(t, mistakesPage, "<!-- from here on: go test ./internal/cli -run TestMistakes -update -->\n", page.String())
}

func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }

func (m mistake) try(t *testing.T, sound string) {
	t.Helper()
	if !strings.Contains(sound, m.Was) {
		t.Fatalf("the sound inventory has no %q", m.Was)
	}
	text := strings.Replace(sound, m.Was, m.Now, 1)
	before, after, placed := strings.Cut(text, caret)
	code, out := validateText(t, before+after)
	want := 1
	kind := "error: "
	if m.Warns {
		want, kind = 0, "warning: "
	}
	if code != want {
		t.Fatalf("exit status %d, want %d\n%s", code, want, out)
	}
	_, told, ok := strings.Cut(out, kind+m.Says+"\n")
	if !ok {
		t.Fatalf("pig does not say %q:\n%s", m.Says, out)
	}
	if placed {
		line := strings.Count(before, "\n") + 1
		col := len([]rune(before[strings.LastIndexByte(before, '\n')+1:])) + 1
		if at := fmt.Sprintf("%d:%d", line, col); !strings.Contains(firstLine(told), "pigsty.yml:"+at) {
			t.Errorf("it points to %s, want %s", strings.TrimSpace(firstLine(told)), at)
		}
	}
	told, _, _ = strings.Cut(told, "error: ")
	if m.Hint != "" && !strings.Contains(told, "hint: "+m.Hint+"\n") {
		t.Errorf("no hint %q in\n%s", m.Hint, told)
	}
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

func validateText(t *testing.T, text string) (int, string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "pigsty.yml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	code := Main(built(), []string{"pig", "validate", "-i", file}, strings.NewReader(""), &out, &out)
	return code, regexp.MustCompile(`/\S*/pigsty\.yml`).ReplaceAllString(out.String(), "pigsty.yml")
}

// comparePage holds what follows a mark in a page against what a test made, or with -update writes it.
func comparePage(t *testing.T, path, mark, made string) {
	t.Helper()
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, old, ok := strings.Cut(string(page), mark)
	if *update {
		if err := os.WriteFile(path, []byte(head+mark+made), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !ok || old != made {
		t.Errorf("%s is not what the test makes of it: run it with -update", path)
	}
}

// TestTheExampleOfThePage holds what the page shows first to what pig says: a line with a password stays readable.
func TestTheExampleOfThePage(t *testing.T) {
	sound, err := os.ReadFile("testdata/mistakes/sound.yml")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(mistakesPage)
	if err != nil {
		t.Fatal(err)
	}
	_, out := validateText(t, strings.Replace(string(sound), "Test.Of.Ours, pgbouncer", "Test.Of.Ours, pgbouncr", 1))
	_, said, _ := strings.Cut(out, "error: ")
	said, _, _ = strings.Cut(said, "\nnot valid")
	block := "```\nerror: " + strings.TrimRight(said, "\n")
	if !strings.Contains(string(page), block) {
		t.Errorf("%s does not show what pig says:\n%s", mistakesPage, block)
	}
}
