// Package guc knows the settings of PostgreSQL: which names a major version takes, and which values. GUC is PostgreSQL's own word
// for them.
//
// A value is right if both the server and Patroni take it: Patroni drops what it does not understand, and clamps what is out of
// range, with no more than a line in its log.
package guc

import (
	_ "embed"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// First and Last are the major versions that the list describes.
const First, Last = 13, 18

// Setting is a setting in some major versions.
type Setting struct {
	Name     string
	Type     Type
	Context  string  // pg_settings.context: postmaster, sighup, superuser, user, backend, superuser-backend
	Min, Max float64 // of numbers, in Unit
	Unit     string  // of numbers without one: B, kB, 8kB, MB, us, ms, s, min; "" for plain numbers
	Values   []string

	from, till int
}

// Type is the kind of values that a setting takes. EnumBool takes booleans besides its values.
type Type string

// The types, as Patroni names them.
const (
	Bool     Type = "bool"
	Integer  Type = "integer"
	Real     Type = "real"
	Enum     Type = "enum"
	EnumBool Type = "enumbool"
	String   Type = "string"
)

// Restarts tells whether a server takes another value only when it starts.
func (s Setting) Restarts() bool { return s.Context == "postmaster" }

// Session tells whether a role or a database can have a value of its own.
func (s Setting) Session() bool {
	return s.Context != "postmaster" && s.Context != "sighup" && s.Context != "internal"
}

// The lists: the server's settings, and those of the modules that come with it, whose names have a dot.
var (
	//go:embed settings.tsv
	table string
	//go:embed contrib.tsv
	contrib string
)

// settings are by name in small letters: PostgreSQL minds no case.
var settings = sync.OnceValue(func() map[string][]Setting {
	all := map[string][]Setting{}
	for line := range strings.Lines(table + contrib) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		s, err := parse(strings.Split(strings.TrimSuffix(line, "\n"), "\t"))
		if err != nil {
			panic(fmt.Sprintf("settings.tsv: %s: %v", line, err)) // TestTable
		}
		key := strings.ToLower(s.Name)
		all[key] = append(all[key], s)
	}
	return all
})

func parse(f []string) (Setting, error) {
	if len(f) != 8 {
		return Setting{}, fmt.Errorf("%d columns", len(f))
	}
	s := Setting{Name: f[0], Type: Type(f[1]), Context: f[2], Min: math.Inf(-1), Max: math.Inf(1), till: math.MaxInt}
	from, till, _ := strings.Cut(f[3], "-")
	var err error
	number := func(text string, into *float64) {
		if text != "-" && err == nil {
			*into, err = strconv.ParseFloat(text, 64)
		}
	}
	if s.from, err = strconv.Atoi(from); err == nil && till != "" {
		s.till, err = strconv.Atoi(till)
	}
	number(f[4], &s.Min)
	number(f[5], &s.Max)
	if f[6] != "-" {
		s.Unit = f[6]
	}
	if f[7] != "-" {
		s.Values = strings.Split(f[7], ",")
	}
	return s, err
}

// Find gives the setting of a name in a major version.
func Find(name string, major int) (Setting, bool) {
	for _, s := range settings()[strings.ToLower(name)] {
		if s.from <= major && major <= s.till {
			return s, true
		}
	}
	return Setting{}, false
}

// Versions are the first and last major version, of those in the list, that have a setting; false if none has.
func Versions(name string) (from, till int, ok bool) {
	list := settings()[strings.ToLower(name)]
	if len(list) == 0 {
		return 0, 0, false
	}
	from = Last
	for _, s := range list {
		from, till = min(from, s.from), max(till, min(s.till, Last))
	}
	return from, till, true
}

// Module is what stands before the dot in the name of a module's setting, in small letters; "" for the server's own.
func Module(name string) string {
	module, _, dotted := strings.Cut(strings.ToLower(name), ".")
	if !dotted {
		return ""
	}
	return module
}

// Knows tells whether the settings of a module are in the list, all of them.
func Knows(module string) bool {
	for _, list := range settings() {
		if Module(list[0].Name) == module {
			return true
		}
	}
	return false
}

// Names are the settings of a major version, sorted: the server's own, or those of a module.
func Names(major int, module string) []string {
	var names []string
	for _, list := range settings() {
		if s, ok := Find(list[0].Name, major); ok && Module(s.Name) == module {
			names = append(names, s.Name)
		}
	}
	slices.Sort(names)
	return names
}

// Contexts are the contexts of the server's own settings of a major version, by their names in small letters.
func Contexts(major int) map[string]string {
	all := map[string]string{}
	for name, list := range settings() {
		if s, ok := Find(list[0].Name, major); ok && Module(s.Name) == "" {
			all[name] = s.Context
		}
	}
	return all
}
