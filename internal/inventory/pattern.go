package inventory

import (
	"net/netip"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"pig/internal/diag"
)

// Match gives the hosts that a pattern names, as -l takes it: names, groups and globs joined by commas or colons, &x to
// intersect, !x to exclude, ~regex, group[0], group[1:3], @file. The order is Ansible's: by pattern, then as in the
// inventory. A part that matches nothing is an error with a did-you-mean; the hosts of the other parts come with it.
func (inv *Inventory) Match(pattern string) ([]*Host, error) {
	hosts, unmatched, err := inv.Select(pattern)
	if err != nil {
		return hosts, err
	}
	for _, d := range unmatched {
		d.Severity = diag.Error
	}
	return hosts, unmatched.Err()
}

// Select is Match as a play's hosts: takes it: what matches nothing is only worth a warning.
func (inv *Inventory) Select(pattern string) ([]*Host, diag.List, error) {
	parts, err := expandFiles(SplitPattern(pattern))
	if err != nil {
		return nil, nil, err
	}
	var warnings diag.List
	var hosts []*Host
	for _, p := range orderPatterns(parts) {
		found, err := inv.matchOne(strings.TrimLeft(p, "&!"), &warnings)
		if err != nil {
			return nil, nil, err
		}
		switch p[0] {
		case '!':
			hosts = slices.DeleteFunc(hosts, func(h *Host) bool { return slices.Contains(found, h) })
		case '&':
			hosts = slices.DeleteFunc(hosts, func(h *Host) bool { return !slices.Contains(found, h) })
		default:
			hosts = appendNew(hosts, found)
		}
	}
	return hosts, warnings, nil
}

func appendNew(hosts, found []*Host) []*Host {
	seen := make(map[*Host]bool, len(hosts)+len(found))
	for _, h := range hosts {
		seen[h] = true
	}
	for _, h := range found {
		if !seen[h] {
			seen[h] = true
			hosts = append(hosts, h)
		}
	}
	return hosts
}

// patternPart is a pattern between colons: anything but blanks, colons and lone brackets, or a whole bracketed expression.
var patternPart = regexp.MustCompile(`(?:[^\s:\[\]]|\[[^\]]*\])+`)

// SplitPattern splits a pattern at its commas or, if it has none, at its colons.
func SplitPattern(pattern string) []string {
	var parts []string
	switch {
	case strings.Contains(pattern, ","):
		parts = strings.Split(pattern, ",")
	case isAddress(pattern):
		parts = []string{pattern}
	default:
		parts = patternPart.FindAllString(pattern, -1)
	}
	kept := parts[:0]
	for _, p := range parts {
		if p = strings.TrimSpace(p); p != "" {
			kept = append(kept, p)
		}
	}
	return kept
}

var hostName = regexp.MustCompile(`^[\w.\-]+(?::\d+)?$`)

// isAddress tells whether colons in a pattern belong to an address: IPv6, or a host with a port.
func isAddress(pattern string) bool {
	if hostName.MatchString(pattern) {
		return true
	}
	names, _, err := ExpandHosts(pattern)
	if err != nil || len(names) != 1 {
		return false
	}
	a, err := netip.ParseAddr(names[0])
	return err == nil && a.Is6()
}

// expandFiles replaces @file by the patterns that the file lists, one in a line.
func expandFiles(parts []string) ([]string, error) {
	var all []string
	for _, p := range parts {
		if p[0] != '@' {
			all = append(all, p)
			continue
		}
		text, err := os.ReadFile(p[1:])
		if err != nil {
			d := diag.Errorf(diag.Pos{File: p[1:]}, "unable to find limit file: %v", err)
			d.Cause = err
			return nil, d
		}
		for line := range strings.SplitSeq(string(text), "\n") {
			if line = strings.TrimSpace(line); line != "" {
				all = append(all, line)
			}
		}
	}
	return all, nil
}

// orderPatterns puts plain patterns first, then intersections, then exclusions. Without a plain one, all is meant.
func orderPatterns(parts []string) []string {
	var plain, and, not []string
	for _, p := range parts {
		switch p[0] {
		case '!':
			not = append(not, p)
		case '&':
			and = append(and, p)
		default:
			plain = append(plain, p)
		}
	}
	if len(plain) == 0 && len(parts) > 0 {
		plain = []string{allGroup}
	}
	return slices.Concat(plain, and, not)
}

var subscript = regexp.MustCompile(`^(.+)\[(?:(-?\d+)|(\d+)[:-](\d*))\]$`)

func (inv *Inventory) matchOne(pattern string, warnings *diag.List) ([]*Host, error) {
	if pattern == "" {
		return nil, diag.Errorf(diag.Pos{}, "a pattern is missing after & or !")
	}
	if h := inv.declared(pattern); h != nil {
		return []*Host{h}, nil
	}
	if h := inv.declared(bracketed(pattern)); h != nil {
		return []*Host{h}, nil
	}
	m := subscript.FindStringSubmatch(pattern)
	if m == nil || pattern[0] == '~' {
		return inv.enumerate(pattern, warnings)
	}
	hosts, err := inv.enumerate(m[1], warnings)
	if err != nil || len(hosts) == 0 {
		return hosts, err
	}
	if m[2] != "" {
		i, _ := strconv.Atoi(m[2])
		if i < 0 {
			i += len(hosts)
		}
		if i < 0 || i >= len(hosts) {
			return nil, diag.Errorf(diag.Pos{}, "no hosts matched the subscripted pattern %q", pattern).WithDetail("%s has %d hosts", m[1], len(hosts))
		}
		return hosts[i : i+1], nil
	}
	from, to := atoi(m[3]), len(hosts)-1
	if m[4] != "" {
		to = min(atoi(m[4]), to)
	}
	if from > to {
		return nil, nil
	}
	return hosts[from : to+1], nil
}

// bracketed is the IPv6 address that a pattern has in brackets, as in pg-test:&[2001:db8::10], where colons of its own would part it; "" if none.
func bracketed(pattern string) string {
	inside, closed := strings.CutSuffix(strings.TrimPrefix(pattern, "["), "]")
	if a, err := netip.ParseAddr(inside); err != nil || !closed || pattern[0] != '[' || !a.Is6() {
		return ""
	}
	return inside
}

func (inv *Inventory) declared(name string) *Host {
	inv.mu.RLock()
	defer inv.mu.RUnlock()
	return inv.hosts[name]
}

// enumerate finds groups by name, glob or regular expression, and hosts if no group matched or the pattern may mean both.
// A host of several matching groups is there several times: Ansible's subscripts count it so.
func (inv *Inventory) enumerate(pattern string, warnings *diag.List) ([]*Host, error) {
	matches, err := matcher(pattern)
	if err != nil {
		return nil, err
	}
	var found []*Host
	anyGroup := false
	for _, g := range inv.Groups() {
		if matches(g.Name) {
			anyGroup = true
			found = append(found, inv.HostsOf(g)...)
		}
	}
	if !anyGroup || strings.ContainsAny(pattern, "~.?*[") {
		for _, h := range inv.Hosts() {
			if matches(h.Name) || slices.ContainsFunc(h.Aliases, matches) {
				found = append(found, h)
			}
		}
	}
	if len(found) == 0 && isLocalhost(pattern) {
		return []*Host{inv.Host(pattern)}, nil
	}
	if len(found) == 0 && !anyGroup && pattern != allGroup {
		*warnings = append(*warnings, diag.Warnf(diag.Pos{}, "could not match supplied host pattern: %s", pattern).
			WithHint("%s", diag.DidYouMean(pattern, inv.names())))
	}
	return found, nil
}

func (inv *Inventory) names() []string {
	var names []string
	for _, g := range inv.Groups() {
		names = append(names, g.Name)
	}
	for _, h := range inv.Hosts() {
		names = append(names, h.Name)
	}
	return names
}

// matcher compiles a glob as Python's fnmatch does, or a regular expression after ~, which need not match to the end.
func matcher(pattern string) (func(string) bool, error) {
	if pattern[0] != '~' && !strings.ContainsAny(pattern, "*?[") {
		return func(name string) bool { return name == pattern }, nil
	}
	expr := ""
	if pattern[0] == '~' {
		expr = `^(?:` + pattern[1:] + `)`
	} else {
		expr = globExpression(pattern)
	}
	re, err := regexp.Compile(expr)
	if err != nil {
		d := diag.Errorf(diag.Pos{}, "bad pattern %s: %v", pattern, err)
		d.Cause = err
		return nil, d
	}
	return re.MatchString, nil
}

func globExpression(glob string) string {
	var b strings.Builder
	b.WriteString(`(?s)^`)
	for i := 0; i < len(glob); i++ {
		switch c := glob[i]; c {
		case '*':
			b.WriteString(`.*`)
		case '?':
			b.WriteString(`.`)
		case '[':
			end := strings.IndexByte(glob[min(i+2, len(glob)):], ']') // ] right after [ is itself meant
			if end < 0 {
				b.WriteString(`\[`)
				continue
			}
			class := glob[i+1 : i+2+end]
			negate := ""
			if class[0] == '!' {
				negate, class = "^", class[1:]
			}
			if class == "" {
				b.WriteString(regexp.QuoteMeta(glob[i : i+3+end]))
			} else {
				b.WriteString(`[` + negate + strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`, `^`, `\^`).Replace(class) + `]`)
			}
			i += 2 + end
		default:
			b.WriteString(regexp.QuoteMeta(glob[i : i+1]))
		}
	}
	return b.String() + `$`
}
