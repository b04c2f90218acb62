package house

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// oldForms are forms of a message that leave its reader to guess: what is invalid, what was looked for and where, which thing "it" is.
var oldForms = []struct {
	form    *regexp.Regexp
	instead string
}{
	{regexp.MustCompile(`(?i)^there (is|are) no\b`), `write: WHAT "NAME" not found in WHERE`},
	{regexp.MustCompile(`(?i)\b(is|are) no\b`), `write: invalid WHAT "VALUE": RULE, or: WHAT "NAME" not found in WHERE`},
	{regexp.MustCompile(`(?i)^(it|its|they|their|them) `), "name the thing"},
}

// noMore ends "is no" in "is no longer declared", which is plain.
var noMore = regexp.MustCompile(`(?i)\b(is|are) no longer\b`)

// quoted are texts of other programs: templates and playbooks look for their words.
var quoted = map[string]string{
	"there is no previous item":          "Jinja2's",
	"there is no next item":              "Jinja2's",
	"there is no parent block called %s": "Jinja2's",
}

// oldForm tells what to write in place of a text, "" if it is plain.
func oldForm(text string) string {
	if quoted[text] != "" {
		return ""
	}
	text = noMore.ReplaceAllString(text, "")
	for _, old := range oldForms {
		if old.form.MatchString(text) {
			return old.instead
		}
	}
	return ""
}

// literals are the string literals of Go code by their places.
func literals(name string, src any) (map[string]string, error) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, src, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	found := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
			text, wrong := strconv.Unquote(l.Value)
			if wrong != nil {
				err = fmt.Errorf("%s: %w", files.Position(l.Pos()), wrong)
			}
			found[files.Position(l.Pos()).String()] = text
		}
		return err == nil
	})
	return found, err
}

func TestMessagesNameTheThingAndTheRule(t *testing.T) {
	t.Parallel()
	count := 0
	met := map[string]bool{}
	for _, dir := range []string{"internal", "cmd", "bench"} {
		err := filepath.WalkDir("../../"+dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			texts, err := literals(path, nil)
			if err != nil {
				return err
			}
			count += len(texts)
			var places []string
			for place, text := range texts {
				met[text] = true
				if instead := oldForm(text); instead != "" {
					places = append(places, fmt.Sprintf("%s: %q: %s", place, text, instead))
				}
			}
			slices.Sort(places)
			for _, p := range places {
				t.Error(p)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if count < 10000 {
		t.Errorf("only %d texts were read", count)
	}
	for text, whose := range quoted {
		if !met[text] {
			t.Errorf("no code has %s text %q any more: remove the exception", whose, text)
		}
	}
}

func TestOldForms(t *testing.T) {
	t.Parallel()
	for text, bad := range map[string]bool{
		"%q is no URL":                         true,
		"invalid url %q: want a URL":           false,
		"key %s: there is no such file":        true,
		"There are no hosts":                   true,
		"host %q not found in the inventory":   false,
		"it is the last member":                true,
		"its data is lost":                     true,
		"they disagree":                        true,
		"a CA\nit signs":                       false,
		"item %d is not a mapping":             false,
		"database %s is no longer declared":    false,
		"%s is no longer here and is no file":  true,
		"there is no previous item":            false,
		"there is no previous item of %s":      true,
		"this is nothing":                      false,
		"the analysis is not known":            false,
		"a list of iterations, of which it is": false,
	} {
		if got := oldForm(text); (got != "") != bad {
			t.Errorf("%q: %q", text, got)
		}
	}
	found, err := literals("x.go", "package x\n\nimport \"fmt\"\n\nvar a = fmt.Errorf(\"a is no b\") // it is no text\nvar c = `raw`\n")
	if err != nil || len(found) != 3 || found["x.go:5:20"] != "a is no b" || found["x.go:6:9"] != "raw" {
		t.Errorf("%v %v", found, err)
	}
}
