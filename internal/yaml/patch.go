package yaml

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	yamlv3 "go.yaml.in/yaml/v3"

	"pig/internal/value"
)

// Edit sets or removes what stands at a path of keys in a mapping of mappings.
type Edit struct {
	Path   []string
	Value  value.Value
	Remove bool
}

// Patch makes edits in a text. What no edit names stays as it is written: comments, order, spelling, blank lines. Mappings that a path lacks are
// made. An error says that the text has something in the way of an edit, such as an alias; the caller reads the result again to see what came of it.
func Patch(text []byte, edits []Edit) ([]byte, error) {
	var doc yamlv3.Node
	if err := yamlv3.Unmarshal(text, &doc); err != nil {
		return nil, fmt.Errorf("cannot read the text: %w", err)
	}
	if len(doc.Content) != 1 || doc.Content[0].Kind != yamlv3.MappingNode {
		return nil, errors.New("invalid text: want one mapping")
	}
	p := &patcher{text: string(text), lines: lineStarts(string(text))}
	wanted := &wish{}
	for _, e := range edits {
		wanted.add(e)
	}
	if err := p.mapping(doc.Content[0], wanted, len(p.lines)); err != nil {
		return nil, err
	}
	return p.apply()
}

// wish is a tree of edits. An inner one has others below its keys.
type wish struct {
	keys  []string
	below map[string]*wish
	edit  *Edit
}

func (w *wish) add(e Edit) {
	for _, key := range e.Path {
		if w.edit != nil && w.edit.Remove {
			return // what goes takes all below along
		}
		next := w.below[key]
		if next == nil {
			next = &wish{}
			if w.below == nil {
				w.below = map[string]*wish{}
			}
			w.below[key] = next
			w.keys = append(w.keys, key)
		}
		w = next
	}
	w.edit = &e
}

// leaf tells whether w itself is set or removed, and nothing else below it.
func (w *wish) leaf() bool { return w.edit != nil && (w.edit.Remove || len(w.keys) == 0) }

// made is what stands where nothing stood; false if w only removes.
func (w *wish) made() (value.Value, bool) {
	if w.leaf() {
		return w.edit.Value, !w.edit.Remove
	}
	d := value.NewDict()
	for _, key := range w.keys {
		if v, ok := w.below[key].made(); ok {
			d.Set(key, v)
		}
	}
	return d, d.Len() > 0 || w.edit != nil
}

// patcher collects what is to be replaced in a text.
type patcher struct {
	text    string
	lines   []int // where each line begins
	splices []splice
}

type splice struct {
	from, to int
	text     string
}

func lineStarts(text string) []int {
	starts := []int{0}
	for i := range len(text) {
		if text[i] == '\n' && i+1 < len(text) {
			starts = append(starts, i+1)
		}
	}
	return starts
}

func (p *patcher) apply() ([]byte, error) {
	slices.SortStableFunc(p.splices, func(a, b splice) int { return cmp.Or(a.from-b.from, a.to-b.to) })
	var b strings.Builder
	done := 0
	for _, s := range p.splices {
		if s.from < done {
			return nil, errors.New("edits overlap")
		}
		b.WriteString(p.text[done:s.from] + s.text)
		done = s.to
	}
	return []byte(b.String() + p.text[done:]), nil
}

// offset is where a node begins. Columns count letters.
func (p *patcher) offset(n *yamlv3.Node) int {
	at := p.lines[n.Line-1]
	for range n.Column - 1 {
		_, size := utf8.DecodeRuneInString(p.text[at:])
		at += size
	}
	return at
}

func entry(m *yamlv3.Node, key string) int {
	for i := 0; i+1 < len(m.Content); i += 2 {
		if k := m.Content[i]; k.Kind == yamlv3.ScalarNode && k.Value == key && !isMerge(k) {
			return i
		}
	}
	return -1
}

func isNull(n *yamlv3.Node) bool { return n.Kind == yamlv3.ScalarNode && n.Tag == "!!null" }

// mapping edits a mapping whose lines end before the line until.
func (p *patcher) mapping(m *yamlv3.Node, w *wish, until int) error {
	if m.Style&yamlv3.FlowStyle != 0 {
		from := p.offset(m)
		text, err := p.flow(m, w)
		p.splices = append(p.splices, splice{from, p.flowEnd(from), text})
		return err
	}
	var fresh strings.Builder
	for _, key := range w.keys {
		below, i := w.below[key], entry(m, key)
		if i < 0 {
			if v, ok := below.made(); ok {
				fresh.WriteString(p.block(m.Content[0], key, v, FlowLeaves))
			}
			continue
		}
		if err := p.entry(m, i, below, until); err != nil {
			return err
		}
	}
	if fresh.Len() > 0 {
		last := len(m.Content) - 2
		at := p.entryEnd(m, last, until)
		text := fresh.String()
		if at == len(p.text) && !strings.HasSuffix(p.text, "\n") {
			text = "\n" + text
		}
		p.splices = append(p.splices, splice{at, at, text})
	}
	return nil
}

// entry edits the entry of a block mapping whose key is the node i.
func (p *patcher) entry(m *yamlv3.Node, i int, w *wish, until int) error {
	key, val := m.Content[i], m.Content[i+1]
	if i+2 < len(m.Content) {
		until = m.Content[i+2].Line - 1
	}
	begin := p.lines[key.Line-1]
	if strings.TrimSpace(p.text[begin:p.offset(key)]) != "" {
		return fmt.Errorf("line %d does not begin with key %s", key.Line, key.Value)
	}
	end := p.entryEnd(m, i, until)
	switch {
	case w.leaf() && w.edit.Remove:
		p.splices = append(p.splices, splice{begin, end, ""})
		return nil
	case !w.leaf() && val.Kind == yamlv3.MappingNode && len(val.Content) > 0:
		return p.mapping(val, w, until)
	case !w.leaf() && val.Kind != yamlv3.MappingNode && !isNull(val):
		return fmt.Errorf("line %d has no mapping below key %s", key.Line, key.Value)
	}
	v, ok := w.made()
	if !ok {
		return nil
	}
	p.splices = append(p.splices, splice{begin, end, p.replaced(key, val, v, end)})
	return nil
}

// replaced is an entry with another value. On one line the comment behind the value stays, and so does what aligns values.
func (p *patcher) replaced(key, val *yamlv3.Node, v value.Value, end int) string {
	style := FlowLeaves
	if val.Style&yamlv3.FlowStyle != 0 {
		style = FlowAlways
	}
	text := p.block(key, key.Value, v, style)
	if strings.Count(text, "\n") != 1 || val.Line != key.Line || isNull(val) || val.Style&(yamlv3.LiteralStyle|yamlv3.FoldedStyle) != 0 {
		return text
	}
	at := p.offset(val)
	stop := p.valueEnd(val, at)
	if strings.Contains(p.text[at:stop], "\n") {
		return text
	}
	tail := strings.TrimRight(p.text[stop:end], "\n")
	if tail != "" && !strings.HasPrefix(strings.TrimLeft(tail, " \t"), "#") || strings.Contains(tail, "\n") {
		return text
	}
	_, written, _ := strings.Cut(text, ": ")
	written = strings.TrimSuffix(written, "\n")
	if moved := utf8.RuneCountInString(written) - utf8.RuneCountInString(p.text[at:stop]); tail != "" {
		blanks := len(tail) - len(strings.TrimLeft(tail, " "))
		tail = strings.Repeat(" ", max(1, blanks-moved)) + strings.TrimLeft(tail, " ")
	}
	return p.text[p.lines[key.Line-1]:at] + written + tail + "\n"
}

// block is an entry as lines that stand as deep as a key does.
func (p *patcher) block(beside *yamlv3.Node, key string, v value.Value, style Flow) string {
	indent := strings.Repeat(" ", beside.Column-1)
	text := entryText(key, v, style)
	lines := strings.SplitAfter(strings.TrimSuffix(text, "\n"), "\n")
	for i, l := range lines {
		if strings.TrimSpace(l) != "" {
			lines[i] = indent + l
		}
	}
	return strings.Join(lines, "") + "\n"
}

// noFold is a width at which no line is folded.
const noFold = 1 << 30

// entryText is key: value. A mapping in flow style stays one below a key in block style.
func entryText(key string, v value.Value, style Flow) string {
	if style != FlowAlways {
		return Dump(value.DictOf(key, v), DumpOptions{Width: noFold, Vault: true, Flow: blockOf(v)})
	}
	name := strings.TrimSuffix(Dump(value.DictOf(key, nil), DumpOptions{Flow: FlowNever}), " null\n")
	return name + " " + strings.TrimSpace(flowText(v)) + "\n"
}

// blockOf keeps an entry with a plain value in block style: key: value, not {key: value}.
func blockOf(v value.Value) Flow {
	switch v.(type) {
	case *value.Dict, *value.List, value.Tuple:
		return FlowLeaves
	}
	return FlowNever
}

func flowText(v value.Value) string {
	text := Dump(v, DumpOptions{Width: noFold, Vault: true, Flow: FlowAlways})
	return strings.TrimSuffix(strings.TrimSpace(text), "\n...")
}

// entryEnd is where the lines of a block mapping's entry end, without blank lines and comments that stand no deeper than its key: those belong to
// what follows.
func (p *patcher) entryEnd(m *yamlv3.Node, i, until int) int {
	key := m.Content[i]
	if i+2 < len(m.Content) {
		until = m.Content[i+2].Line - 1
	}
	line := until
	for line > key.Line {
		text := p.line(line - 1)
		inner := strings.TrimLeft(text, " \t")
		deep := len(text) - len(inner)
		if strings.TrimSpace(inner) != "" && (inner[0] != '#' || deep >= key.Column) && !(deep == 0 && strings.HasPrefix(inner, "...")) {
			break
		}
		line--
	}
	if line >= len(p.lines) {
		return len(p.text)
	}
	return p.lines[line]
}

func (p *patcher) line(i int) string {
	if i+1 < len(p.lines) {
		return p.text[p.lines[i]:p.lines[i+1]]
	}
	return p.text[p.lines[i]:]
}
