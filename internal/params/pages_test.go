package params

import (
	"bytes"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pig"
	"pig/internal/value"
)

// pageless are the modules without a page: they have parameters, and nothing reads them.
var pageless = []string{"APP"}

const pageMark = "<!-- from here on: go test ./internal/params -run TestPages -update -->\n"

var update = flag.Bool("update", false, "write the pages")

func TestPagesListTheParameters(t *testing.T) {
	for _, module := range Load().Modules() {
		if slices.Contains(pageless, module) {
			continue
		}
		path := "../../docs/" + strings.ToLower(module) + ".md"
		page, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		head, old, ok := strings.Cut(string(page), pageMark)
		table := parameterTable(module)
		if *update {
			if !ok {
				head += "\n"
			}
			if err := os.WriteFile(path, []byte(head+pageMark+table), 0o644); err != nil {
				t.Fatal(err)
			}
		} else if !ok || old != table {
			t.Errorf("the parameters of %s are not those of the catalog: go test ./internal/params -run TestPages -update", path)
		}
	}
}

func parameterTable(module string) string {
	var b strings.Builder
	b.WriteString("\n## Parameters\n\nWhere: G the whole environment, C a cluster or group, I a host, A with `-e`. A list ends with `[]`, a mapping of many is in `{}`.\n")
	section := ""
	objects := map[string]*ObjectType{}
	var order []*ObjectType
	var collect func(p *Param)
	collect = func(p *Param) {
		if o := p.Type.Object; o != nil && objects[o.Name] == nil {
			objects[o.Name] = o
			order = append(order, o)
			for _, f := range o.Fields {
				collect(f)
			}
		}
	}
	for _, p := range Load().Params {
		if p.Module != module {
			continue
		}
		if p.Section != section {
			section = p.Section
			fmt.Fprintf(&b, "\n### %s\n\n| parameter | type | default | where | what |\n|---|---|---|---|---|\n", section)
		}
		what := p.Doc
		if p.Unused != "" {
			what += " — has no effect: " + p.Unused
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", p.Name, typeOf(p), defaultOf(p), p.Levels, row(what))
		collect(p)
	}
	for _, o := range order {
		fmt.Fprintf(&b, "\n### %s\n\n| field | type | default | what |\n|---|---|---|---|\n", o.Name)
		for _, f := range o.Fields {
			what := f.Doc
			if f.Unused != "" {
				what += " — has no effect: " + f.Unused
			}
			if f.Required {
				what += "; required"
			}
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", f.Name, typeOf(f), defaultOf(f), row(what))
		}
	}
	return b.String()
}

func row(s string) string { return strings.ReplaceAll(s, "|", `\|`) }

func typeOf(p *Param) string {
	if p.Type.Kind != "enum" {
		return p.Type.String()
	}
	var texts []string
	for _, v := range p.Values {
		texts = append(texts, value.Str(v))
	}
	return strings.Join(texts, ", ")
}

// defaultOf leaves out what is too long for a table.
func defaultOf(p *Param) string {
	const long = 60
	if p.Generated != "" {
		return "generated"
	}
	switch d := p.Default.(type) {
	case nil:
		return ""
	case string:
		if d == "" {
			return "''"
		}
	}
	text := strings.ReplaceAll(string(value.PlainJSON(p.Default)), `"`, "")
	if len(text) > long {
		if l, ok := p.Default.(*value.List); ok {
			return fmt.Sprintf("%d of them", l.Len())
		}
		text = text[:long] + "…"
	}
	return "`" + row(text) + "`"
}

var (
	expression = regexp.MustCompile(`(?s)\{\{.*?\}\}|\{%.*?%\}`)
	notCode    = regexp.MustCompile(`(?m)(?:^|\s)#.*$|\btags: (?:&\w+ )?(?:\[[^\]]*\]|\S+)|^\s*- name: .*$`)
	literal    = regexp.MustCompile(`"[^"\n]*"|` + "`[^`]*`" + ``)
)

// code are the parts of a file that can read a parameter: not its comments, its tags, or the names of its tasks.
func code(path string, text []byte) [][]byte {
	switch {
	case strings.HasSuffix(path, ".go"):
		var parts [][]byte
		for _, l := range literal.FindAll(text, -1) {
			if !bytes.ContainsAny(l, " ,") || bytes.Contains(l, []byte("{{")) { // others are messages and lists of tags
				parts = append(parts, l)
			}
		}
		return parts
	case strings.Contains(path, "/templates/") || strings.HasPrefix(path, "templates/"):
		return expression.FindAll(text, -1)
	}
	return [][]byte{notCode.ReplaceAll(text, nil)}
}

// homonyms are parameters that nothing reads, with the names of what is read.
const homonyms = " app san cn org unit key crt dbname expire "

// TestParametersAreReadOrSayWhyNot looks for each parameter in the roles, templates, playbooks and packages.
func TestParametersAreReadOrSayWhyNot(t *testing.T) {
	read := map[string]bool{}
	words := regexp.MustCompile(`[a-z_0-9]+`)
	note := func(path string, text []byte) {
		for _, part := range code(path, text) {
			for _, w := range words.FindAll(part, -1) {
				read[string(w)] = true
			}
		}
	}
	walk := func(files fs.FS, wanted func(path string) bool) {
		err := fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !wanted(path) {
				return err
			}
			text, err := fs.ReadFile(files, path)
			note(path, text)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	walk(pig.Content(), func(path string) bool {
		return !strings.HasPrefix(path, "inventory/") && !strings.HasPrefix(path, "internal/") // the catalog itself
	})
	walk(os.DirFS(".."), func(path string) bool {
		return strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") && !strings.HasPrefix(path, "params/") && !strings.Contains(path, "/validate")
	})
	for name, o := range Load().Objects {
		if name == "backup_repo" || o.Open { // pgBackRest's options go into its file as they are
			continue
		}
		for _, f := range o.Fields {
			if (f.Unused == "") != read[f.Name] && f.Name != "register_datasource" && f.Name != "description" {
				t.Errorf("field %s of %s: read: %t, and said to do nothing: %q", f.Name, name, read[f.Name], f.Unused)
			}
		}
	}
	for _, p := range Load().Params {
		switch {
		case p.Unused == "" && !read[p.Name]:
			t.Errorf("nothing reads %s: read it in a role, or give it unused: REASON in its params.yaml", p.Name)
		case p.Unused != "" && read[p.Name] && !strings.Contains(homonyms, " "+p.Name+" "):
			t.Errorf("%s is read, and said to do nothing: %s", p.Name, p.Unused)
		}
	}
}
