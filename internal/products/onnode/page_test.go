package onnode

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"pig/internal/module"
	"pig/internal/value"
)

const page = "../../../docs/reference/modules.md"

var update = flag.Bool("update", false, "write the page")

// The page of the modules is what they take.
func TestThePageListsTheModules(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Modules\n\nThe modules of this build and their arguments, for playbooks and roles. Written by `go test ./internal/products/onnode -run TestThePage -update`.\n" +
		"An argument with *only* has one value that can be given: it asks for what happens anyway. What is not listed is refused, with its place.\n")
	table := Modules()
	for _, name := range module.Names(table) {
		spec := table[name].Spec
		fmt.Fprintf(&b, "\n## %s\n\n", name)
		if spec.Free != "" {
			fmt.Fprintf(&b, "Free text is `%s`.\n\n", spec.Free)
		}
		if len(spec.Args) == 0 {
			b.WriteString("No arguments.\n")
			continue
		}
		b.WriteString("| argument | type | default | values |\n|---|---|---|---|\n")
		for _, a := range spec.Args {
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", named(a), typed(a), given(a), valued(a))
		}
	}
	if *update {
		if err := os.WriteFile(page, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if string(text) != b.String() {
		t.Errorf("%s is not what the modules take: go test ./internal/products/onnode -run TestThePage -update", page)
	}
}

func named(a module.Arg) string {
	name := "`" + a.Name + "`"
	if len(a.Aliases) > 0 {
		name += " (" + strings.Join(a.Aliases, ", ") + ")"
	}
	return name
}

func typed(a module.Arg) string {
	kind := string(a.Type)
	if kind == "" {
		kind = string(module.Str)
	}
	if a.Elements != "" {
		kind += " of " + string(a.Elements)
	}
	return kind
}

func given(a module.Arg) string {
	switch {
	case a.Required:
		return "required"
	case a.Default == nil:
		return ""
	}
	return "`" + strings.ReplaceAll(string(value.PlainJSON(a.Default)), "|", `\|`) + "`"
}

func valued(a module.Arg) string {
	switch {
	case a.Only != nil:
		return "only " + value.Str(a.Only)
	default:
		return strings.Join(a.Choices, ", ")
	}
}
