package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
)

// StaleInputs tells why was, planned before, is for other variables or passwords than now: "" if it is not. secrets is the name of the file of
// generated passwords.
func StaleInputs(was, now UnitPlan, secrets string) string {
	switch {
	case was.Inputs != now.Inputs:
		return "the inventory has changed for this unit"
	case was.Extra != now.Extra:
		return "the variables of -e have changed"
	case was.Passwords != now.Passwords:
		return secrets + " has changed"
	}
	return ""
}

// Stale tells why a unit of kept, planned before, is not what it is in now: "" if it is. Roles, files, facts and what is observed on nodes count
// through the changes that follow from them: if the same changes follow, the plan is as good as new. What several units do to a machine, such as the
// infra node, is planned by the first of them that comes to it: it may be another one today.
func Stale(kept, now *Plan, unit, secrets string) string {
	was, is := kept.Unit(unit), now.Unit(unit)
	if why := StaleInputs(*was, *is, secrets); why != "" {
		return why
	}
	before, after := lines(*was), lines(*is)
	for _, l := range after {
		if slices.ContainsFunc(before, l.same) || kept.elsewhere(l, unit) {
			continue
		}
		if slices.ContainsFunc(before, func(b line) bool { return b.text == l.text }) {
			return "changed content: " + l.text
		}
		return "not in the plan: " + l.text
	}
	for _, l := range before {
		if !slices.ContainsFunc(after, l.same) && !now.elsewhere(l, unit) {
			return "in the plan only: " + l.text
		}
	}
	return ""
}

// elsewhere tells whether another unit of the plan than this one makes the change of a line.
func (p *Plan) elsewhere(l line, unit string) bool {
	return l.deed != "" && slices.ContainsFunc(p.Units, func(u UnitPlan) bool {
		return u.Unit.Name != unit && slices.ContainsFunc(lines(u), func(other line) bool { return other.deed == l.deed && other.seen == l.seen })
	})
}

// line is a change as people read it, with a digest of the content that they do not, or of what is not known yet but follows from something.
type line struct {
	text, content string
	// deed is the machine and what is done there, with a digest of what is seen of the content: digests of the whole are sealed for a unit. What is
	// seen of it depends on which secrets were known at the time.
	deed, seen string
}

func (l line) same(other line) bool { return l.text == other.text && l.content == other.content }

func lines(u UnitPlan) []line {
	var all []line
	for _, e := range u.Entries {
		if e.Unknown {
			all = append(all, line{text: e.Host + ": " + e.Task, content: e.Source})
		}
		for _, c := range e.Changes {
			sum := sha256.Sum256([]byte(c.Diff))
			l := line{text: e.Host + ": " + c.String(), content: c.Sum, seen: hex.EncodeToString(sum[:])}
			if c.Unknown {
				l.content = e.Source
			}
			if c.Kind != "task" && c.Kind != "command" {
				l.deed = place(u, e, c) + ": " + c.String()
			}
			all = append(all, l)
		}
	}
	slices.SortFunc(all, func(a, b line) int { return strings.Compare(a.text+a.content, b.text+b.content) })
	return all
}
