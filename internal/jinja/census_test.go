package jinja_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pig/internal/jinja/filters"
	"pig/internal/jinja/lookups"
)

// cases are the texts of tests that render templates: those of the packages of jinja, the recorded answers of Jinja2, and the cases that
// ansible-core has answered.
func cases(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	for _, root := range []string{".", "../../testdata/differential", "../engine"} {
		err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() || strings.HasSuffix(path, ".go") && (!strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "fuzz_test.go")) || strings.Contains(path, "expected") {
				return err
			}
			text, err := os.ReadFile(path)
			all.Write(text)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all.String()
}

// missing are the names that no text uses in a form, in which NAME stands for the name.
func missing(text, form string, names []string) (none []string) {
	for _, name := range names {
		if !regexp.MustCompile(strings.ReplaceAll(form, "NAME", regexp.QuoteMeta(name))).MatchString(text) {
			none = append(none, name)
		}
	}
	slices.Sort(none)
	return none
}

func names[V any](table map[string]V) (all []string) {
	for name := range table {
		all = append(all, name)
	}
	return all
}

const (
	filterForm = `\|\s*(?:[\w.]+\.)?NAME\b|(?:map|filter)\s*\(?\s*\\?['"]?NAME\b`
	testForm   = `\bis\s+(?:not\s+)?(?:[\w.]+\.)?NAME(?:\W|$)|(?:select|reject)(?:attr)?\([^)]*\\?['"]NAME\\?['"]`
	lookupForm = `(?:lookup|query|q)\(\\?['"](?:[\w.]+\.)?NAME\\?['"]|with_NAME\b`
)

func TestEveryFilterTestAndLookupHasACase(t *testing.T) {
	t.Parallel()
	text := cases(t)
	for kind, c := range map[string]struct {
		form  string
		names []string
	}{
		"filter": {filterForm, names(filters.Filters(filters.Sources{}))},
		"test":   {testForm, names(filters.Tests(filters.Sources{}))},
		"lookup": {lookupForm, names(lookups.Table(lookups.Sources{}))},
	} {
		if len(c.names) < 20 {
			t.Errorf("only %d %ss", len(c.names), kind)
		}
		for _, name := range missing(text, c.form, c.names) {
			t.Errorf("no case has the %s %s", kind, name)
		}
	}
}

func TestTheCensusSeesWhatIsMissing(t *testing.T) {
	t.Parallel()
	text := `{{ a | upper }} {{ l | map('lower') }} {{ a is defined }} {{ l | select("odd") }} {{ lookup('env', 'X') }} with_items: x`
	for form, c := range map[string]struct{ names, want []string }{
		filterForm: {[]string{"upper", "lower", "title", "low"}, []string{"low", "title"}},
		testForm:   {[]string{"defined", "odd", "even", "define"}, []string{"define", "even"}},
		lookupForm: {[]string{"env", "items", "file", "item"}, []string{"file", "item"}},
	} {
		if got := missing(text, form, c.names); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", form, got, c.want)
		}
	}
}
