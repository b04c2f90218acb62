package builtin

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

func parentOf(path string) string { return filepath.Dir(path) }

// iniEdit is what becomes of one option.
type iniEdit struct {
	option, msg                             string
	values                                  []string
	exclusive, tight, loose, inactive, bare bool
}

// iniHeader is the line that begins a section.
var iniHeader = regexp.MustCompile(`^\s*\[(.*)\]`)

// edit gives the text with the section, or the option in it, as it is asked for, and says what it did.
func (e *iniEdit) edit(text, section string, required []iniSetting, present bool) (edited, msg string) {
	var lines []string
	if text != "" {
		lines = strings.SplitAfter(text, "\n")
		if lines[len(lines)-1] == "" {
			lines = lines[:len(lines)-1]
		} else {
			lines[len(lines)-1] += "\n"
		}
	}
	from, to, found := e.section(lines, section, required)
	e.msg = "OK"
	switch {
	case !found && !present:
	case !found:
		lines = e.addSection(lines, section, required)
	case e.option == "" && !present:
		lines, e.msg = slices.Delete(lines, from, to), "section removed"
	case e.option != "":
		body := lines[from:to]
		if section != "" {
			body = body[1:]
		}
		body = e.settle(slices.Clone(body), present)
		lines = slices.Concat(lines[:to-len(lines[from:to])+headOf(section)], body, lines[to:])
	}
	edited = strings.Join(lines, "")
	if e.msg == "OK" {
		edited = text
	}
	return edited, e.msg
}

// headOf is how many lines begin a section.
func headOf(section string) int {
	if section == "" {
		return 0
	}
	return 1
}

// section finds the lines of a section, with its header. Those before the first header are of none.
func (e *iniEdit) section(lines []string, name string, required []iniSetting) (from, to int, found bool) {
	end := func(i int) int {
		for i < len(lines) && !iniHeader.MatchString(lines[i]) {
			i++
		}
		return i
	}
	if name == "" {
		return 0, end(0), e.option != "" && len(lines) > 0
	}
	for i, l := range lines {
		m := iniHeader.FindStringSubmatch(l)
		if m == nil || m[1] != name {
			continue
		}
		to = end(i + 1)
		if !slices.ContainsFunc(required, func(s iniSetting) bool { return !e.has(lines[i+1:to], s) }) {
			return i, to, true
		}
	}
	return 0, 0, false
}

// has tells whether lines set an option to all values, or at all.
func (e *iniEdit) has(lines []string, s iniSetting) bool {
	seen := map[string]bool{}
	there := false
	for _, l := range lines {
		if v, ok := iniOption(l, s.option, false); ok {
			there, seen[v] = true, true
		}
	}
	return there && !slices.ContainsFunc(s.values, func(v string) bool { return !seen[v] })
}

// iniOption is the value that a line gives an option; false if it is about something else. A comment counts where inactive says so.
func iniOption(line, option string, inactive bool) (string, bool) {
	text := strings.TrimSpace(line)
	if inactive {
		text = strings.TrimSpace(strings.TrimLeft(text, "#; "))
	}
	name, v, ok := strings.Cut(text, "=")
	if !ok {
		return "", text == option
	}
	return strings.TrimSpace(v), strings.TrimSpace(name) == option
}

func (e *iniEdit) line(v string, set bool) string {
	if !set {
		return e.option + "\n"
	}
	if e.tight {
		return e.option + "=" + v + "\n"
	}
	return e.option + " = " + v + "\n"
}

// wanted are the lines of the option.
func (e *iniEdit) wanted() []string {
	if len(e.values) == 0 {
		return []string{e.line("", false)}
	}
	var lines []string
	for _, v := range e.values {
		lines = append(lines, e.line(v, true))
	}
	return lines
}

func (e *iniEdit) addSection(lines []string, section string, required []iniSetting) []string {
	if len(lines) == 0 {
		lines = append(lines, "\n")
	}
	if section != "" {
		lines = append(lines, "["+section+"]\n")
	}
	option, values := e.option, e.values
	for _, s := range required {
		if s.option == option {
			continue
		}
		e.option, e.values = s.option, s.values
		lines = append(lines, e.wanted()...)
	}
	e.option, e.values = option, values
	if e.option != "" {
		lines = append(lines, e.wanted()...)
	}
	e.msg = "section and option added"
	if e.option == "" {
		e.msg = "only section added"
	}
	return lines
}

// settle gives the lines of a section with the option as it is asked for. A line that has a wanted value already stays where it is; what is
// wanted besides takes the places of other values, and then the end of the section.
func (e *iniEdit) settle(body []string, present bool) []string {
	if !present {
		return e.remove(body)
	}
	left := slices.Clone(e.values)
	done := make([]bool, len(body))
	put := func(i int, line string) {
		if !e.same(body[i], line) {
			body[i], e.msg = line, "option changed"
		}
		done[i] = true
	}
	bare := false
	for i, l := range body {
		v, is := iniOption(l, e.option, e.inactive)
		if !is {
			continue
		}
		if at := slices.Index(left, v); at >= 0 {
			left = slices.Delete(left, at, at+1)
			put(i, e.line(v, v != "" || !e.bare))
		} else if len(e.values) == 0 && !bare {
			bare = true
			put(i, e.line("", false))
		}
	}
	if e.exclusive && !e.bare {
		body, left = e.replace(body, done, left, put)
	}
	var added []string
	for _, v := range left {
		added = append(added, e.line(v, true))
	}
	if len(e.values) == 0 && !bare {
		added = append(added, e.line("", false))
	}
	if len(added) == 0 {
		return body
	}
	return e.append(body, added)
}

// replace gives other values of the option their places to wanted ones, and takes those that are left out.
func (e *iniEdit) replace(body []string, done []bool, left []string, put func(int, string)) (out, rest []string) {
	for i, l := range body {
		if _, is := iniOption(l, e.option, e.inactive); is && !done[i] && len(left) > 0 {
			put(i, e.line(left[0], true))
			left = left[1:]
		}
	}
	for i, l := range body {
		if _, is := iniOption(l, e.option, e.inactive); is && !done[i] {
			e.msg = "option changed"
			continue
		}
		out = append(out, l)
	}
	return out, left
}

// same tells whether a line says what another does.
func (e *iniEdit) same(line, wanted string) bool {
	if !e.loose {
		return line == wanted
	}
	a, active := iniOption(line, e.option, false)
	b, _ := iniOption(wanted, e.option, false)
	return active && a == b
}

// append adds lines after the last one of a section that is neither empty nor a comment.
func (e *iniEdit) append(body, lines []string) []string {
	at := len(body)
	for at > 0 && (strings.TrimSpace(body[at-1]) == "" || strings.ContainsAny(strings.TrimSpace(body[at-1])[:1], "#;")) {
		at--
	}
	e.msg = "option added"
	return slices.Insert(body, at, lines...)
}

// remove takes the option out: all its lines, or those with the values.
func (e *iniEdit) remove(body []string) []string {
	n := len(body)
	body = slices.DeleteFunc(body, func(l string) bool {
		v, ok := iniOption(l, e.option, false)
		return ok && (e.exclusive || slices.Contains(e.values, v))
	})
	if len(body) < n {
		e.msg = "option changed"
	}
	return body
}
