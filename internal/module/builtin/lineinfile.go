package builtin

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

func lineinfile() module.Module {
	return module.Module{
		Name: "lineinfile",
		Spec: module.Spec{Args: append(fileArgs(),
			module.Arg{Name: "path", Type: module.Path, Required: true, Aliases: []string{"dest", "destfile", "name"}},
			module.Arg{Name: "state", Default: "present", Choices: []string{"absent", "present"}},
			module.Arg{Name: "regexp", Aliases: []string{"regex"}},
			module.Arg{Name: "search_string"},
			module.Arg{Name: "line", Aliases: []string{"value"}},
			module.Arg{Name: "backrefs", Type: module.Bool},
			module.Arg{Name: "insertafter"}, module.Arg{Name: "insertbefore"},
			module.Arg{Name: "create", Type: module.Bool},
			module.Arg{Name: "backup", Type: module.Bool},
			module.Arg{Name: "firstmatch", Type: module.Bool},
			module.Arg{Name: "validate"},
		), Exclusive: [][]string{{"insertafter", "insertbefore"}, {"regexp", "search_string"}}},
		Run: runLineinfile,
	}
}

func runLineinfile(ctx context.Context, c *module.Call) (*value.Dict, error) {
	text, before, err := readText(c)
	if err != nil {
		return nil, err
	}
	if !before.Exists() {
		if c.Args.String("state") == "absent" {
			return value.DictOf("msg", "file not present"), nil
		}
		if !c.Args.Bool("create") {
			return nil, fmt.Errorf("destination %s does not exist", c.Args.String("path"))
		}
	}
	want, err := wantedLines(c)
	if err != nil {
		return nil, err
	}
	doc := splitLines(text)
	result := value.DictOf("msg", "", "backup", "")
	var msg string
	if c.Args.String("state") == "absent" {
		n := len(doc.lines)
		doc.lines = slices.DeleteFunc(doc.lines, want.matches)
		if err := want.failed(); err != nil {
			return nil, err
		}
		n -= len(doc.lines)
		result.Set("found", int64(n))
		if n > 0 {
			msg = fmt.Sprintf("%d line(s) removed", n)
		}
	} else if msg, err = ensureLine(c, doc, want); err != nil {
		return nil, err
	}
	if err := rewrite(ctx, c, before, text, doc.String()); err != nil {
		return nil, err
	}
	result.Set("msg", msg)
	return result, nil
}

// readText gives the content of the file that a module edits; nothing if there is no file.
func readText(c *module.Call) (string, node.Info, error) { return textAt(c, c.Args.String("path")) }

// rewrite puts the edited text in place, or just sets the attributes if nothing was edited. Missing directories are made
// for a new file, as Ansible does.
func rewrite(ctx context.Context, c *module.Call, before node.Info, old, text string) error {
	path := c.Args.String("path")
	if text == old && before.Exists() {
		return settle(c, path, true)
	}
	a, err := attrs(c.Args, before)
	if err != nil {
		return err
	}
	if !before.Exists() {
		dir, err := c.System.Files().Stat(filepath.Dir(path), true)
		if err != nil {
			return err
		}
		if !dir.Exists() && !dir.Assumed {
			bare := *c
			bare.Args = module.NewArgs(value.NewDict())
			if err := makeDirs(&bare, filepath.Dir(path)); err != nil {
				return err
			}
		}
	}
	if err := validate(ctx, c, path, []byte(text), a); err != nil {
		return err
	}
	if c.Args.Bool("backup") && before.Exists() {
		if _, err := backup(c, path, []byte(old), before); err != nil {
			return err
		}
	}
	return c.System.Files().Write(path, []byte(text), a)
}

// sought tells which lines are meant.
type sought struct {
	by      *pattern // of regexp, nil if there is none
	matches func(string) bool
}

// failed is why the lines could not all be looked at.
func (w sought) failed() error {
	if w.by == nil || w.by.err == nil {
		return nil
	}
	return fmt.Errorf("regexp: %w", w.by.err)
}

func wantedLines(c *module.Call) (sought, error) {
	switch {
	case c.Args.Has("regexp"):
		re, err := compile(c.Args.String("regexp"), 0)
		if err != nil {
			return sought{}, fmt.Errorf("regexp: %w", err)
		}
		return sought{re, re.matches}, nil
	case c.Args.Has("search_string"):
		want := c.Args.String("search_string")
		return sought{matches: func(l string) bool { return strings.Contains(l, want) }}, nil
	}
	line := c.Args.String("line")
	return sought{matches: func(l string) bool { return l == line }}, nil
}

// document is a text as lines, with its last line break remembered.
type document struct {
	lines   []string
	newline bool
}

func splitLines(text string) *document {
	if text == "" {
		return &document{newline: true}
	}
	d := &document{newline: strings.HasSuffix(text, "\n")}
	d.lines = strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	return d
}

func (d *document) String() string {
	if len(d.lines) == 0 {
		return ""
	}
	text := strings.Join(d.lines, "\n")
	if d.newline {
		text += "\n"
	}
	return text
}

func ensureLine(c *module.Call, doc *document, want sought) (string, error) {
	if !c.Args.Has("line") {
		return "", errors.New("line is required with state=present")
	}
	line := c.Args.String("line")
	at, matched := -1, false
	for i, l := range doc.lines {
		if want.matches(l) {
			at, matched = i, true
			if c.Args.Bool("firstmatch") {
				break
			}
		}
	}
	if err := want.failed(); err != nil {
		return "", err
	}
	if at < 0 && c.Args.Has("regexp") { // a line that is there word for word counts, whatever the pattern says
		at = slices.Index(doc.lines, line)
	}
	switch {
	case at >= 0:
		if c.Args.Bool("backrefs") && matched && want.by != nil {
			var err error
			if line, err = want.by.find(doc.lines[at]).Expand(line); err != nil {
				return "", fmt.Errorf("line: %w", err)
			}
		}
		if doc.lines[at] == line {
			return "", nil
		}
		doc.lines[at] = line
		return "line replaced", nil
	case c.Args.Bool("backrefs"):
		return "", nil
	}
	return "line added", insertLine(c, doc, line)
}

func insertLine(c *module.Call, doc *document, line string) error {
	where, after := c.Args.String("insertafter"), true
	if c.Args.Has("insertbefore") {
		where, after = c.Args.String("insertbefore"), false
	}
	at := len(doc.lines)
	switch where {
	case "", "EOF":
	case "BOF":
		at = 0
	default:
		re, err := compile(where, 0)
		if err != nil {
			return fmt.Errorf("insertafter or insertbefore: %w", err)
		}
		for i, l := range doc.lines {
			if !re.matches(l) {
				continue
			}
			at = i
			if after {
				at++
			}
			if c.Args.Bool("firstmatch") {
				break
			}
		}
		if re.err != nil {
			return fmt.Errorf("insertafter or insertbefore: %w", re.err)
		}
	}
	if at == len(doc.lines) {
		doc.newline = true
	}
	doc.lines = slices.Insert(doc.lines, at, line)
	return nil
}
