package ui

import (
	"fmt"
	"slices"
	"strings"

	"pig/internal/engine"
	"pig/internal/node"
	"pig/internal/plan"
	"pig/internal/value"
)

// PlanOptions say how much of a plan is told.
type PlanOptions struct {
	Diff bool
	// Verbosity 0 counts what is created in long plans, 1 tells every change, 2 every change of every host by itself.
	Verbosity int
}

// screenful is how many lines of a plan are read: longer ones count what they create.
const screenful = 60

// Plan shows what the units of a plan change.
func Plan(p Palette, units []plan.UnitPlan, o PlanOptions) string {
	t := NewText(nil, p, TextOptions{Diff: o.Diff, Verbosity: o.Verbosity})
	text := t.units(units, false)
	if o.Verbosity > 0 || o.Diff || strings.Count(text, "\n") <= screenful {
		return text
	}
	return t.units(units, true) + p.Dim("Use -v to list every change that is counted here.") + "\n"
}

func (t *Text) units(units []plan.UnitPlan, count bool) string {
	var b strings.Builder
	for _, u := range units {
		if len(u.Entries)+len(u.Problems)+len(u.Warnings) == 0 && u.Skipped == "" && u.Error == "" {
			continue
		}
		b.WriteString(t.heading(u))
		blocks := t.blocks(u)
		if count {
			for i := range blocks {
				blocks[i].rows = t.counted(blocks[i].rows)
			}
			blocks = alike(blocks)
		}
		for _, block := range blocks {
			if !slices.Equal(block.hosts, u.Unit.Hosts) { // the heading of the unit names them
				fmt.Fprintf(&b, "  %s\n", t.paint.Bold(Few(block.hosts, 6)))
			}
			for _, r := range block.rows {
				b.WriteString(r.text)
			}
		}
	}
	return b.String()
}

// heading names a unit, with what is wrong with it as a whole.
func (t *Text) heading(u plan.UnitPlan) string {
	var b strings.Builder
	p := t.paint
	fmt.Fprintf(&b, "%s %s\n", p.Bold(u.Unit.Name), p.Dim(Few(u.Unit.Hosts, 6)))
	if u.Skipped != "" {
		fmt.Fprintf(&b, "  %s\n", p.Red("not planned, because "+u.Skipped+" failed"))
	}
	if u.Error != "" {
		fmt.Fprintf(&b, "  %s\n", p.Red(u.Error))
	}
	for _, problem := range u.Problems {
		fmt.Fprintf(&b, "  %s %s\n", p.Red("x"), "not as declared: "+problem)
	}
	for _, w := range u.Warnings {
		fmt.Fprintf(&b, "  %s %s\n", p.Yellow("!"), p.Yellow(w))
	}
	return b.String()
}

// told are the rows of one task on one host.
func (t *Text) told(e plan.Entry) []row {
	var rows []row
	add := func(r row, format string, args ...any) {
		r.text = "    " + fmt.Sprintf(format, args...) + "\n"
		rows = append(rows, r)
	}
	if e.Failed != "" {
		add(row{grave: true}, "%s %s: %s", t.paint.Red("x"), e.Task, strings.ReplaceAll(e.Failed, "\n", "\n      "))
	}
	if e.Unknown && len(e.Changes) == 0 {
		add(row{counts: tally{"?", "task"}}, "%s %s %s", t.marked("?"), e.Task, t.paint.Cyan(value.UnknownText))
	}
	for _, w := range e.Warnings {
		add(row{grave: true}, "%s %s", t.paint.Yellow("!"), t.paint.Yellow(w))
	}
	why := ""
	if e.Left {
		why = t.paint.Yellow(" (" + engine.LeftOver + ")")
	}
	for _, c := range e.Changes {
		r := row{grave: isGrave(c) || e.Left}
		if !r.grave {
			r.counts = tallied(c)
		}
		add(r, "%s %s%s", t.marked(sign(c)), t.Change(c, e.NoLog), why)
		if t.opt.Diff && !e.NoLog {
			rows[len(rows)-1].text += t.diff(c.Diff)
		}
	}
	return rows
}

// Totals are the last lines of a plan or, if done, of an apply: one for each unit that changes, one for all.
func Totals(p Palette, units []plan.UnitPlan, done bool) string {
	verb := "Plan"
	if done {
		verb = "Applied"
	}
	var b strings.Builder
	width := 0
	for _, u := range units {
		width = max(width, len(u.Unit.Name))
	}
	for _, u := range units {
		s := plan.Summarize(u)
		if s.Changes()+s.Unknown+s.Bad() == 0 {
			continue
		}
		fmt.Fprintf(&b, "  %-*s  %s\n", width, u.Unit.Name, counts(s, done))
	}
	all := plan.Summarize(units...)
	if all.Changes()+all.Unknown+all.Bad() == 0 {
		if done { // what was left out is not known here
			return p.Green("No changes.") + "\n"
		}
		return p.Green("No changes.") + " The hosts match the inventory.\n"
	}
	return b.String() + p.Bold(fmt.Sprintf("%s: %s", verb, counts(all, done))) + "\n"
}

func counts(s plan.Summary, done bool) string {
	form := "%d to create, %d to update, %d to delete, %d to run"
	if done {
		form = "%d created, %d updated, %d deleted, %d run"
	}
	text := fmt.Sprintf(form, s.Create, s.Update, s.Delete, s.Other)
	if s.Unknown > 0 {
		text += fmt.Sprintf(", %d unknown", s.Unknown)
	}
	if s.Unreachable > 0 {
		text += fmt.Sprintf(", %d unreachable", s.Unreachable)
	}
	if s.Failed > 0 {
		text += fmt.Sprintf(", %d failed", s.Failed)
	}
	var impacts []string
	for _, i := range []node.Impact{node.ImpactReload, node.ImpactGap, node.ImpactRestart, node.ImpactFailover, node.ImpactDataLoss} {
		if n := s.Impact[i]; n > 0 {
			impacts = append(impacts, fmt.Sprintf("%d %s", n, i))
		}
	}
	if impacts == nil {
		return text + "; impact: none"
	}
	return text + "; impact: " + strings.Join(impacts, ", ")
}
