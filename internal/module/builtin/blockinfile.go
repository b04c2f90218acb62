package builtin

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"pig/internal/module"
	"pig/internal/pyre"
	"pig/internal/value"
)

func blockinfile() module.Module {
	return module.Module{
		Name: "blockinfile",
		Spec: module.Spec{Args: append(fileArgs(),
			module.Arg{Name: "path", Type: module.Path, Required: true, Aliases: []string{"dest", "destfile", "name"}},
			module.Arg{Name: "state", Default: "present", Choices: []string{"absent", "present"}},
			module.Arg{Name: "block", Default: "", Aliases: []string{"content"}},
			module.Arg{Name: "marker", Default: "# {mark} ANSIBLE MANAGED BLOCK"},
			module.Arg{Name: "marker_begin", Default: "BEGIN"}, module.Arg{Name: "marker_end", Default: "END"},
			module.Arg{Name: "insertafter"}, module.Arg{Name: "insertbefore"},
			module.Arg{Name: "create", Type: module.Bool}, module.Arg{Name: "backup", Type: module.Bool}, module.Arg{Name: "validate"},
			module.Arg{Name: "append_newline", Type: module.Bool}, module.Arg{Name: "prepend_newline", Type: module.Bool},
		)},
		Run: runBlockinfile,
	}
}

func runBlockinfile(ctx context.Context, c *module.Call) (*value.Dict, error) {
	text, before, err := readText(c)
	if err != nil {
		return nil, err
	}
	block := strings.TrimRight(c.Args.String("block"), "\n")
	remove := c.Args.String("state") == "absent" || block == ""
	if !before.Exists() {
		if remove {
			return value.DictOf("msg", "File does not exist"), nil
		}
		if !c.Args.Bool("create") {
			return nil, fmt.Errorf("path %s does not exist", c.Args.String("path"))
		}
	}
	mark := func(arg string) string {
		return strings.ReplaceAll(c.Args.String("marker"), "{mark}", c.Args.String(arg))
	}
	begin, end := mark("marker_begin"), mark("marker_end")
	doc := splitLines(text)
	at, found := cutBlock(doc, begin, end)
	if remove {
		return value.NewDict(), rewrite(ctx, c, before, text, doc.String())
	}
	if !found {
		if at, err = blockPlace(c, doc); err != nil {
			return nil, err
		}
	}
	putBlock(c, doc, at, slices.Concat([]string{begin}, strings.Split(block, "\n"), []string{end}))
	return value.NewDict(), rewrite(ctx, c, before, text, doc.String())
}

// cutBlock takes the block between the last lines that are the markers out, and gives the line where it was.
func cutBlock(doc *document, begin, end string) (at int, found bool) {
	from, to := lastIndex(doc.lines, begin), lastIndex(doc.lines, end)
	if from < 0 || to < 0 {
		return 0, false
	}
	at = min(from, to) // markers that are equal, or in the other order, count as well
	doc.lines = slices.Delete(doc.lines, at, max(from, to)+1)
	return at, true
}

func lastIndex(lines []string, line string) int {
	for i := len(lines) - 1; i >= 0; i-- {
		if lines[i] == line {
			return i
		}
	}
	return -1
}

// putBlock inserts lines, with the blank lines around them that are asked for and are not there.
func putBlock(c *module.Call, doc *document, at int, lines []string) {
	if c.Args.Bool("append_newline") && at < len(doc.lines) && doc.lines[at] != "" {
		lines = append(lines, "")
	}
	if c.Args.Bool("prepend_newline") && at > 0 && doc.lines[at-1] != "" {
		lines = append([]string{""}, lines...)
	}
	doc.newline = doc.newline || at == len(doc.lines)
	doc.lines = slices.Insert(doc.lines, at, lines...)
}

func blockPlace(c *module.Call, doc *document) (int, error) {
	where, after := c.Args.String("insertafter"), 1
	if c.Args.Has("insertbefore") {
		where, after = c.Args.String("insertbefore"), 0
	}
	switch where {
	case "", "EOF":
		return len(doc.lines), nil
	case "BOF":
		return 0, nil
	}
	re, err := compile(where, 0)
	if err != nil {
		return 0, fmt.Errorf("insertafter or insertbefore: %w", err)
	}
	for i := len(doc.lines) - 1; i >= 0; i-- {
		if re.matches(doc.lines[i]) {
			return i + after, nil
		}
	}
	return len(doc.lines), re.err
}

func replace() module.Module {
	return module.Module{
		Name: "replace",
		Spec: module.Spec{Args: append(fileArgs(),
			module.Arg{Name: "path", Type: module.Path, Required: true, Aliases: []string{"dest", "destfile", "name"}},
			module.Arg{Name: "regexp", Required: true},
			module.Arg{Name: "replace", Default: ""},
			module.Arg{Name: "after"}, module.Arg{Name: "before"},
			module.Arg{Name: "backup", Type: module.Bool}, module.Arg{Name: "validate"}, module.Arg{Name: "encoding", Only: "utf-8"},
		)},
		Run: runReplace,
	}
}

func runReplace(ctx context.Context, c *module.Call) (*value.Dict, error) {
	text, before, err := readText(c)
	if err != nil {
		return nil, err
	}
	if !before.Exists() {
		return nil, fmt.Errorf("path %s does not exist", c.Args.String("path"))
	}
	start, end, err := section(c, text)
	if err != nil {
		return nil, err
	}
	if start < 0 {
		return value.DictOf("msg", "Pattern for before/after params did not match the given file"), nil
	}
	re, err := pyre.Compile(c.Args.String("regexp"), pyre.Multiline)
	if err != nil {
		return nil, fmt.Errorf("regexp: %w", err)
	}
	edited, n, err := re.Replace(text[start:end], c.Args.String("replace"), 0)
	if err != nil {
		return nil, fmt.Errorf("regexp or replace: %w", err)
	}
	edited = text[:start] + edited + text[end:]
	msg := ""
	if n > 0 && edited != text {
		msg = fmt.Sprintf("%d replacements made", n)
	}
	return value.DictOf("msg", msg), rewrite(ctx, c, before, text, edited)
}

// section is the part of text that replace looks at: what is between after and before. It begins at -1 if there is none.
func section(c *module.Call, text string) (start, end int, err error) {
	start, end = 0, len(text)
	for _, arg := range []string{"after", "before"} {
		if !c.Args.Has(arg) {
			continue
		}
		re, err := pyre.Compile(c.Args.String(arg), pyre.DotAll)
		if err != nil {
			return 0, 0, fmt.Errorf("%s: %w", arg, err)
		}
		found, err := re.Find(text[start:end], -1)
		switch {
		case err != nil:
			return 0, 0, fmt.Errorf("%s: %w", arg, err)
		case len(found) == 0:
			return -1, 0, nil
		case arg == "after":
			_, start = found[0].Span()
		default:
			at := found[0]
			if !c.Args.Has("after") { // Ansible's looks for the last one then, whatever its documentation says
				at = found[len(found)-1]
			}
			begin, _ := at.Span()
			end = start + begin
		}
	}
	return start, end, nil
}
