// Package packages knows what Pigsty's names for packages stand for on each distribution: an extension (postgis), a group of packages
// (pgsql-gis), a program (patroni). The names are data, in packages.txt.
package packages

import (
	_ "embed"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed packages.txt
var text string

// System is what a host runs, as Ansible's facts say it.
type System struct {
	Distribution string // Debian, Ubuntu, or one of Red Hat's kin; "" is Debian
	Release      string // the major version; "" is the newest that is known
	Arch         string // x86_64 or aarch64
}

// family is deb or el, release what packages.txt calls the release: d12, u24, el9.
func (s System) family() (family, release string) {
	number, _, _ := strings.Cut(s.Release, ".")
	switch s.Distribution {
	case "", "Debian":
		return "deb", "d" + number
	case "Ubuntu":
		return "deb", "u" + number
	default:
		return "el", "el" + number
	}
}

// Debian tells whether it is Debian or Ubuntu.
func (s System) Debian() bool {
	family, _ := s.family()
	return family == "deb"
}

// tables are the sections of packages.txt by their heads: each has packages by name. A name without any entry is nil there.
var tables = sync.OnceValue(func() map[string]map[string]*string { return parse(text) })

func parse(text string) map[string]map[string]*string {
	all := map[string]map[string]*string{}
	var section map[string]*string
	family := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "["):
			head := strings.Trim(line, "[]")
			family, _, _ = strings.Cut(head, " ")
			section = map[string]*string{}
			all[head] = section
		case strings.HasSuffix(line, " -"):
			section[strings.TrimSuffix(line, " -")] = nil
		default:
			name, packages, given := strings.Cut(line, "=")
			name, packages = strings.TrimSpace(name), strings.TrimSpace(packages)
			if !given {
				packages = usual(family, name)
			}
			section[name] = &packages
		}
	}
	return all
}

// usual is the package of an extension whose name follows the rule.
func usual(family, name string) string {
	if family == "el" {
		return name + "_$v"
	}
	return "postgresql-$v-" + strings.ReplaceAll(name, "_", "-")
}

// ofVersion is a group of one version of PostgreSQL: pg17-gis.
var ofVersion = regexp.MustCompile(`^pg(1[4-9])(-.*)?$`)

// Lookup are the packages behind a name; ok is false for a name that stands for nothing on this system: it is then a package's own.
func (s System) Lookup(name string) (packages []string, ok bool) {
	family, release := s.family()
	for _, head := range []string{family + " " + release + " " + s.arch(), family} {
		if p, there := tables()[head][name]; there {
			if p == nil {
				return nil, false
			}
			return strings.Fields(*p), true
		}
	}
	if m := ofVersion.FindStringSubmatch(name); m != nil {
		if p := tables()[family]["pgsql"+m[2]]; p != nil {
			return strings.Fields(strings.ReplaceAll(*p, "$v", m[1])), true
		}
	}
	return nil, false
}

func (s System) arch() string {
	switch s.Arch {
	case "", "amd64":
		return "x86_64"
	case "arm64":
		return "aarch64"
	}
	return s.Arch
}

// Expand are the packages behind entries of a list: each has names apart from each other by commas or blanks. own are names that mean something else
// than Pigsty's, such as what the distribution itself has. $v and ${pg_version} are the version of PostgreSQL.
func (s System) Expand(entries []string, version int, own map[string][]string) []string {
	var all []string
	add := func(p string) {
		p = strings.NewReplacer("${pg_version}", strconv.Itoa(version), "$v", strconv.Itoa(version)).Replace(p)
		if !slices.Contains(all, p) {
			all = append(all, p)
		}
	}
	for _, entry := range entries {
		for name := range strings.FieldsFuncSeq(entry, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' || r == '\n' }) {
			packages, known := own[name]
			if !known {
				packages, known = s.Lookup(name)
			}
			if !known {
				packages = []string{name}
			}
			for _, p := range packages {
				add(p)
			}
		}
	}
	return all
}

// Names are those that Pigsty has for a system, sorted.
func (s System) Names() []string {
	family, _ := s.family()
	var names []string
	for name, p := range tables()[family] {
		if p != nil {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
