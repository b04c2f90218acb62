package cli

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"pig/internal/journal"
	"pig/internal/ui"
)

const madeHere = "<!-- from here on: go test ./internal/cli -run TestReference -update -->\n"

// The page about exit codes is what the code says of them.
func TestReferenceOfExitCodes(t *testing.T) {
	var page strings.Builder
	page.WriteString("\n| code | meaning | more |\n|---|---|---|\n")
	for _, e := range exitCodes {
		fmt.Fprintf(&page, "| %d | %s | %s |\n", e.code, e.short, e.more)
	}
	comparePage(t, "../../docs/reference/exit-codes.md", madeHere, page.String())
}

// The page about events is made of their types.
func TestReferenceOfEvents(t *testing.T) {
	var page strings.Builder
	page.WriteString("\n## The lines of --json\n")
	names, events := ui.Documented()
	for i, e := range events {
		fields(t, &page, names[i], e)
	}
	page.WriteString("\n## Parts of lines\n")
	fields(t, &page, "a change", ui.ChangeFields{})
	fields(t, &page, "an attribute", ui.AttrFields{})
	fields(t, &page, "the counts of a host", ui.CountFields{})
	fields(t, &page, "a unit of drift", ui.DriftFields{})
	page.WriteString("\n## The lines of the journal\n")
	fields(t, &page, "start", journal.Start{})
	fields(t, &page, "result", journal.Result{})
	fields(t, &page, "end", journal.End{})
	fields(t, &page, "where a host stopped", journal.Stop{})
	comparePage(t, "../../docs/reference/events.md", madeHere, page.String())
}

// fields writes the table of a type.
func fields(t *testing.T, page *strings.Builder, title string, of any) {
	t.Helper()
	fmt.Fprintf(page, "\n### %s\n\n| field | type | what it is |\n|---|---|---|\n", title)
	for f := range reflect.ValueOf(of).Fields() {
		name, option, _ := strings.Cut(f.Tag.Get("json"), ",")
		doc := f.Tag.Get("doc")
		if doc == "" {
			t.Errorf("%s: nobody says what %s is", title, name)
		}
		if option == "omitempty" {
			doc += " (where there is one)"
		}
		fmt.Fprintf(page, "| `%s` | %s | %s |\n", name, kindOf(f.Type), doc)
	}
}

// kindOf is what JSON has of a type.
func kindOf(t reflect.Type) string {
	switch {
	case t.PkgPath() == "time" || t.Kind() == reflect.String:
		return "string"
	case t.Kind() == reflect.Bool:
		return "boolean"
	case t.Kind() == reflect.Int || t.Kind() == reflect.Float64:
		return "number"
	case t.Kind() == reflect.Slice && t.PkgPath() == "":
		return "list"
	case t.Kind() == reflect.Interface:
		return "list"
	}
	return "mapping"
}
