package ui

import (
	"fmt"
	"strings"

	"pig/internal/engine"
	"pig/internal/value"
	"pig/internal/yaml"
)

// AnsibleFormat is what ansible.cfg says of the output: which results are shown, and how.
type AnsibleFormat struct {
	HideSkipped, HideOK bool
	YAML                bool
	Pretty              *bool // on several lines; nil: results that are there to be read, and all in YAML
}

// heading begins a task. Where some results are not shown, it waits for the first that is.
func (a *Ansible) heading(text string, t engine.TaskRef) {
	if a.opt.Verbosity > 1 && t.Pos.Known() {
		text = fmt.Sprintf("%s\x00task path: %s:%d\n", text, t.Pos.File, t.Pos.Line)
	}
	if !a.opt.Format.HideSkipped && !a.opt.Format.HideOK {
		a.begin(text)
		return
	}
	a.tellIncluded()
	a.mu.Lock()
	a.due = text
	a.mu.Unlock()
}

// begin prints a heading with what comes below it.
func (a *Ansible) begin(text string) {
	text, path, _ := strings.Cut(text, "\x00")
	a.banner(text)
	if path != "" {
		a.term.Print(path)
	}
}

// shows tells whether a result is shown, and prints the heading that waits for it.
func (a *Ansible) shows(r engine.Result) bool {
	f := a.opt.Format
	changed := r.DidChange() || r.Unknown()
	if r.Skipped && f.HideSkipped || !r.Skipped && !r.Failed && !r.Unreachable && !changed && f.HideOK {
		return false
	}
	a.mu.Lock()
	due := a.due
	a.due = ""
	a.mu.Unlock()
	if due != "" {
		a.begin(due)
	}
	return true
}

// text is a result as the settings want it; ample says that it is there to be read.
func (f AnsibleFormat) text(d *value.Dict, ample bool) string {
	pretty := ample || f.YAML
	if f.Pretty != nil {
		pretty = *f.Pretty
	}
	if !f.YAML {
		return pythonJSON(d, pretty)
	}
	if pretty {
		d = readable(d)
	}
	text := yaml.Dump(d, yaml.DumpOptions{Flow: yaml.FlowNever, Indent: map[bool]int{true: 4, false: 2}[pretty], SortKeys: true, Mask: true, Blocks: true})
	var b strings.Builder
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) != "" {
			b.WriteString("    ")
		}
		b.WriteString(line)
	}
	return "\n" + b.String()
}

// readable is a result in which nothing is told twice, and whose texts can stand in blocks.
func readable(d *value.Dict) *value.Dict {
	d = d.Clone()
	for _, name := range []string{"stdout", "stderr"} {
		if d.Has(name) && d.Has(name+"_lines") {
			d.Set(name+"_lines", "<omitted>")
		}
	}
	return blockable(d).(*value.Dict)
}

func blockable(v value.Value) value.Value {
	switch v := v.(type) {
	case string:
		if strings.ContainsAny(v, "\n\u0085\u2028\u2029") {
			return asBlock(v)
		}
	case *value.List:
		l := value.NewList()
		for _, item := range v.Items {
			l.Append(blockable(item))
		}
		return l
	case *value.Dict:
		d := value.NewDict()
		for k, item := range v.All() {
			d.Set(k, blockable(item))
		}
		return d
	}
	return v
}

// asBlock takes from a text what YAML cannot have in a block: blanks at the ends of lines, tabs, control characters.
func asBlock(s string) string {
	lines := strings.Split(strings.TrimRight(s, " \t\r\n"), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(withoutTabs(line), " ")
	}
	return strings.Map(func(r rune) rune {
		if r == '\n' || r >= ' ' && r != 0x7f && r != 0xfeff && (r < 0x80 || r > 0x9f || r == 0x85) {
			return r
		}
		return -1
	}, strings.Join(lines, "\n"))
}

// withoutTabs puts blanks up to the next column of eight in place of each tab.
func withoutTabs(line string) string {
	var b strings.Builder
	col := 0
	for _, r := range line {
		if r == '\t' {
			n := 8 - col%8
			b.WriteString(strings.Repeat(" ", n))
			col += n
			continue
		}
		b.WriteRune(r)
		col++
	}
	return b.String()
}
