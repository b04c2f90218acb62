package ui

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"pig/internal/node"
	"pig/internal/plan"
	"pig/internal/value"
)

// row is one thing that a plan tells, for all hosts of a unit for which it is the same.
type row struct {
	text  string // lines, with their line ends
	hosts []string
	// grave rows are told first and one by one: they interrupt, delete, fail or warn.
	grave bool
	// counts is what the row is counted as where there are too many to tell; without a kind for a row that is always told.
	counts tally
}

// block is what is the same for some hosts of a unit.
type block struct {
	hosts []string
	rows  []row
}

// tally is a sort of changes that are counted: + created, ~ changed, - deleted if they are there, ? unknown; and of what.
type tally struct{ mark, kind string }

// rows are those of a unit, in the order of the tasks of the first host that has each.
func (t *Text) rows(u plan.UnitPlan) []row {
	var all []row
	at := map[string]int{}
	for _, e := range u.Entries {
		seen := map[string]int{} // a host may have one row twice, as two reloads
		for _, r := range t.told(e) {
			seen[r.text]++
			key := fmt.Sprint(seen[r.text], e.At, r.text)
			if t.opt.Verbosity > 1 {
				key += "\n" + e.Host
			}
			i, ok := at[key]
			if !ok {
				i = len(all)
				at[key] = i
				all = append(all, r)
			}
			if !slices.Contains(all[i].hosts, e.Host) {
				all[i].hosts = append(all[i].hosts, e.Host)
			}
		}
	}
	return all
}

// blocks are the rows of a unit by the hosts that they are for, grave ones first in each.
func (t *Text) blocks(u plan.UnitPlan) []block {
	var all []block
	for _, r := range t.rows(u) {
		i := slices.IndexFunc(all, func(b block) bool { return slices.Equal(b.hosts, r.hosts) })
		if i < 0 {
			i = len(all)
			all = append(all, block{hosts: r.hosts})
		}
		all[i].rows = append(all[i].rows, r)
	}
	slices.SortStableFunc(all, func(a, b block) int { return cmp.Compare(apart(a, u), apart(b, u)) })
	for _, b := range all {
		slices.SortStableFunc(b.rows, func(a, b row) int { return cmp.Compare(rank(a), rank(b)) })
	}
	return all
}

// apart is 0 for what all hosts of a unit have in common: it stands right below the heading of the unit.
func apart(b block, u plan.UnitPlan) int {
	if slices.Equal(b.hosts, u.Unit.Hosts) {
		return 0
	}
	return 1
}

func rank(r row) int {
	if r.grave {
		return 0
	}
	return 1
}

// counted replaces the rows of a block that interrupt nobody by their numbers, and tells the others once.
func (t *Text) counted(rows []row) []row {
	numbers := map[tally]int{}
	var order []tally
	var told []row
	for _, r := range rows {
		switch {
		case r.counts.kind != "":
			if numbers[r.counts] == 0 {
				order = append(order, r.counts)
			}
			numbers[r.counts]++
		case !slices.ContainsFunc(told, func(o row) bool { return o.text == r.text }):
			told = append(told, r)
		}
	}
	slices.SortStableFunc(order, func(a, b tally) int { return cmp.Compare(numbers[b], numbers[a]) })
	for _, mark := range []string{"-", "~", "+", "?"} {
		var words []string
		for _, c := range order {
			if c.mark == mark {
				words = append(words, fmt.Sprintf("%d %s", numbers[c], plural(c.kind, numbers[c])))
			}
		}
		if words == nil {
			continue
		}
		text, more := strings.Join(words, ", "), ""
		switch mark {
		case "-":
			more = " " + t.paint.Dim("(if packages contain them)")
		case "?":
			more = " " + t.paint.Cyan(value.UnknownText)
		}
		told = append(told, row{text: fmt.Sprintf("    %s %s%s\n", t.marked(mark), text, more)})
	}
	return told
}

// brings tells whether an action brings something that was not there.
func brings(action string) bool {
	return action == "create" || action == "install" || action == "start" || action == "enable"
}

// sign is the mark of a change: + for what it brings, - for what it takes away, ~ for all else.
func sign(c node.Change) string {
	switch {
	case brings(c.Action):
		return "+"
	case c.Action == "delete" || c.Action == "remove" || c.Action == "stop" || c.Action == "disable":
		return "-"
	}
	return "~"
}

// marked is a mark in its color.
func (t *Text) marked(mark string) string {
	switch mark {
	case "+":
		return t.paint.Green(mark)
	case "-":
		return t.paint.Red(mark)
	case "?":
		return t.paint.Cyan(mark)
	}
	return t.paint.Yellow(mark)
}

// alike joins blocks of different hosts that tell the same.
func alike(blocks []block) []block {
	var all []block
	for _, b := range blocks {
		i := slices.IndexFunc(all, func(o block) bool {
			return slices.EqualFunc(o.rows, b.rows, func(x, y row) bool { return x.text == y.text })
		})
		if i < 0 {
			all = append(all, b)
			continue
		}
		all[i].hosts = slices.Concat(all[i].hosts, b.hosts)
	}
	return all
}

func plural(word string, n int) string {
	switch {
	case n == 1:
		return word
	case strings.HasSuffix(word, "y") && !strings.HasSuffix(word, "ey"):
		return strings.TrimSuffix(word, "y") + "ies"
	case strings.HasSuffix(word, "s"):
		return word + "es"
	}
	return word + "s"
}

// tallied is what a change is counted as; nothing where it interrupts somebody.
func tallied(c node.Change) tally {
	switch {
	case c.Impact > node.ImpactNone:
		return tally{}
	case c.Action == "delete" && c.Assumed:
		return tally{"-", c.Kind}
	case brings(c.Action):
		return tally{"+", c.Kind}
	}
	return tally{"~", c.Kind}
}

// isGrave tells the changes that are always told one by one.
func isGrave(c node.Change) bool {
	return c.Impact > node.ImpactReload || (c.Action == "delete" || c.Action == "remove") && !c.Assumed
}
