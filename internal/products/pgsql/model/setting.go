package model

import (
	"fmt"
	"slices"
	"strings"
)

// Setting is a configuration parameter of a role or database, in the order of the declaration. Value DEFAULT, in any
// case, takes the parameter away.
type Setting struct{ Name, Value string }

// quotedLists are the parameters whose value is a list of names, each of which is quoted by itself.
var quotedLists = []string{"search_path", "temp_tablespaces", "session_preload_libraries", "shared_preload_libraries", "local_preload_libraries", "unix_socket_directories"}

// reset tells whether a declared value means that there be none.
func (s Setting) reset() bool { return strings.EqualFold(s.Value, "default") }

// literal is the value as an SQL statement sets it.
func (s Setting) literal() string {
	if !slices.Contains(quotedLists, s.Name) {
		return Literal(s.Value)
	}
	var items []string
	for _, item := range splitNames(s.Value) {
		items = append(items, Literal(item))
	}
	if len(items) == 0 {
		return "''"
	}
	return strings.Join(items, ", ")
}

// equal tells whether live, as a catalog has it, is the declared value.
func (s Setting) equal(live string) bool {
	if slices.Contains(quotedLists, s.Name) {
		return slices.Equal(splitNames(s.Value), splitNames(live))
	}
	return live == s.Value || truth(live) != "" && truth(live) == truth(s.Value)
}

// truth makes the spellings of a boolean one; "" if v is none. Numbers are left alone, as 1 may be a number.
func truth(v string) string {
	switch strings.ToLower(v) {
	case "on", "true", "yes":
		return "on"
	case "off", "false", "no":
		return "off"
	}
	return ""
}

// splitNames takes a list of names with commas apart, as PostgreSQL does: unquoted ones are in small letters.
func splitNames(text string) []string {
	var names []string
	var b strings.Builder
	quoted, wasQuoted := false, false
	flush := func() {
		name := b.String()
		if !wasQuoted {
			name = strings.ToLower(strings.TrimSpace(name))
		}
		if name != "" || wasQuoted {
			names = append(names, name)
		}
		b.Reset()
		wasQuoted = false
	}
	for i := 0; i < len(text); i++ {
		ch := text[i]
		switch {
		case quoted && ch == '"' && i+1 < len(text) && text[i+1] == '"':
			b.WriteByte('"')
			i++
		case ch == '"':
			if !quoted {
				b.Reset()
			}
			quoted, wasQuoted = !quoted, true
		case quoted:
			b.WriteByte(ch)
		case ch == ',':
			flush()
		case wasQuoted: // blanks after the quote
		default:
			b.WriteByte(ch)
		}
	}
	flush()
	return names
}

// settingsMap reads a catalog's setconfig: name=value each.
func settingsMap(config []string) map[string]string {
	m := map[string]string{}
	for _, kv := range config {
		k, v, _ := strings.Cut(kv, "=")
		m[k] = v
	}
	return m
}

// diffSettings adds what is to be done to subject ("ROLE x", "DATABASE x") for its settings. Settings that are not declared
// stay: they may be the work of somebody else.
func (s *Step) diffSettings(subject string, declared []Setting, config []string) {
	live := settingsMap(config)
	for _, d := range declared {
		was, set := live[d.Name]
		switch {
		case d.reset() && set:
			s.attr(d.Name, was, "(default)")
			s.do(fmt.Sprintf("ALTER %s RESET %s", subject, Ident(d.Name)))
		case d.reset(), set && d.equal(was):
		default:
			s.attr(d.Name, was, d.Value)
			s.do(fmt.Sprintf("ALTER %s SET %s = %s", subject, Ident(d.Name), d.literal()))
		}
	}
}
