package ui

import (
	"fmt"
	"html"
	"slices"
	"strings"

	"pig/internal/format"
	"pig/internal/node"
	"pig/internal/plan"
)

// Comments of merge requests have a limit of 64 kB: what is beyond markdownMost bytes is counted instead.
const (
	markdownMost   = 60_000
	markdownUnit   = 12_000 // of the details of one unit
	markdownGrave  = 40     // changes that are told before the details
	markdownTail   = 400    // for what is said at the end
	markdownInline = 300    // of one line
)

// Markdown shows a plan for the comment of a merge request: a note where there is one, totals and impacts, then the changes of each unit folded.
func Markdown(units []plan.UnitPlan, note string) string {
	all := plan.Summarize(units...)
	b := &strings.Builder{}
	fmt.Fprintf(b, "### pig plan: %s\n\n", markdownCell(headline(all)))
	if note != "" {
		b.WriteString(note + "\n\n")
	}
	markdownTable(b, units)
	markdownProblems(b, units)
	markdownImpacts(b, units)
	left := 0
	for _, u := range units {
		if b.Len() > markdownMost-2*markdownTail && tellsSomething(u) {
			left++
			continue
		}
		text := markdownDetails(u)
		if b.Len()+len(text) > markdownMost-markdownTail {
			left++
			continue
		}
		b.WriteString(text)
	}
	if left > 0 {
		fmt.Fprintf(b, "\nThe details of %s are left out here: run `pig show` on the plan file.\n", format.Plural(left, "unit"))
	}
	return b.String()
}

// tellsSomething tells whether a unit has details.
func tellsSomething(u plan.UnitPlan) bool {
	return len(u.Entries)+len(u.Problems)+len(u.Warnings) > 0 || u.Skipped != "" || u.Error != ""
}

func headline(s plan.Summary) string {
	if s.Changes()+s.Unknown+s.Bad() == 0 {
		return "no changes"
	}
	return counts(s, false)
}

// markdownTable has a line for each unit that has something to tell, as long as there is room.
func markdownTable(b *strings.Builder, units []plan.UnitPlan) {
	head, left := false, 0
	for _, u := range units {
		s := plan.Summarize(u)
		if s.Changes()+s.Unknown+s.Bad()+s.Problems == 0 && u.Skipped == "" {
			continue
		}
		if !head {
			b.WriteString("| unit | create | update | delete | run | unknown | failed | worst impact |\n|---|---|---|---|---|---|---|---|\n")
			head = true
		}
		if b.Len() > markdownMost/3 {
			left++
			continue
		}
		fmt.Fprintf(b, "| %s | %d | %d | %d | %d | %d | %d | %s |\n", markdownCell(u.Unit.Name), s.Create, s.Update, s.Delete, s.Other, s.Unknown, s.Bad()+s.Problems, s.Worst())
	}
	if left > 0 {
		fmt.Fprintf(b, "\n%s more.\n", format.Plural(left, "unit"))
	}
}

// markdownProblems tells what failed: a plan with a failure is no plan.
func markdownProblems(b *strings.Builder, units []plan.UnitPlan) {
	var l markdownLines
	for _, u := range units {
		if u.Skipped != "" {
			l.add("%s: not planned, because %s failed", u.Unit.Name, u.Skipped)
		}
		for _, e := range u.Entries {
			if e.Failed != "" {
				l.add("%s %s: %s: %s", u.Unit.Name, e.Host, e.Task, e.Failed)
			}
		}
		for _, p := range u.Problems {
			l.add("%s: not as declared: %s", u.Unit.Name, p)
		}
	}
	l.write(b, "Failed")
}

// markdownImpacts tells what interrupts something, the worst first.
func markdownImpacts(b *strings.Builder, units []plan.UnitPlan) {
	var l markdownLines
	for _, impact := range []node.Impact{node.ImpactDataLoss, node.ImpactFailover, node.ImpactRestart, node.ImpactGap, node.ImpactReload} {
		for _, u := range units {
			for _, e := range u.Entries {
				for _, c := range e.Changes {
					if c.Impact == impact {
						l.add("[%s] %s %s: %s", impact, u.Unit.Name, e.Host, plainChange(e, c))
					}
				}
			}
		}
	}
	l.write(b, "Impact")
}

func plainChange(e plan.Entry, c node.Change) string {
	if e.NoLog {
		return c.Action + " " + c.Kind + " (no_log)"
	}
	return c.Action + " " + c.Kind + " " + c.ID
}

// markdownLines are the first lines of a list, how often each comes, and how many more there are.
type markdownLines struct {
	first []string
	times map[string]int
	more  int
}

func (l *markdownLines) add(form string, args ...any) {
	line := short(strings.ReplaceAll(fmt.Sprintf(form, args...), "\n", " "), markdownInline)
	switch {
	case l.times[line] > 0:
		l.times[line]++
	case len(l.first) == markdownGrave:
		l.more++
	default:
		if l.times == nil {
			l.times = map[string]int{}
		}
		l.first = append(l.first, line)
		l.times[line] = 1
	}
}

// write writes them below a title, as text that no sign of which is Markdown.
func (l *markdownLines) write(b *strings.Builder, title string) {
	if len(l.first) == 0 {
		return
	}
	lines := slices.Clone(l.first)
	for i, line := range lines {
		if n := l.times[line]; n > 1 {
			lines[i] = fmt.Sprintf("%s (%d times)", line, n)
		}
	}
	text := strings.Join(lines, "\n")
	if l.more > 0 {
		text += fmt.Sprintf("\nand %d more", l.more)
	}
	fmt.Fprintf(b, "\n**%s**\n\n%s", title, fenced("", text))
}

// markdownDetails are the changes of one unit, folded.
func markdownDetails(u plan.UnitPlan) string {
	text := Plan(Palette{}, []plan.UnitPlan{u}, PlanOptions{Diff: true})
	if text == "" {
		return ""
	}
	if len(text) > markdownUnit {
		cut := strings.LastIndex(text[:markdownUnit], "\n")
		text = fmt.Sprintf("%s\n(%d lines more)\n", text[:cut], strings.Count(text[cut:], "\n"))
	}
	return fmt.Sprintf("\n<details><summary>%s: %s</summary>\n\n%s\n</details>\n", html.EscapeString(u.Unit.Name), html.EscapeString(counts(plan.Summarize(u), false)), fenced("diff", markedFirst(text)))
}

// markedFirst puts the sign of a change at the beginning of its line, where a reader of diffs looks for it.
func markedFirst(text string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i, l := range lines {
		inner := strings.TrimLeft(l, " ")
		switch {
		case strings.HasPrefix(inner, "~ "), strings.HasPrefix(inner, "? "), strings.HasPrefix(inner, "x "):
			lines[i] = "!" + l
		case strings.HasPrefix(inner, "+"), strings.HasPrefix(inner, "-"):
			lines[i] = inner[:1] + l
		default:
			lines[i] = " " + l
		}
	}
	return strings.Join(lines, "\n")
}

// fenced is text in a fence that is longer than any in it.
func fenced(language, text string) string {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return fence + language + "\n" + strings.TrimRight(text, "\n") + "\n" + fence + "\n"
}

var markdownSigns = strings.NewReplacer("|", `\|`, "\n", " ", "*", `\*`, "_", `\_`, "`", "\\`", "[", `\[`, "@", "@\u200b")

// markdownCell is text without signs of Markdown, HTML or mentions.
func markdownCell(text string) string { return markdownSigns.Replace(html.EscapeString(text)) }

// short cuts a line of more than n bytes.
func short(line string, n int) string {
	if len(line) <= n {
		return line
	}
	return strings.ToValidUTF8(line[:n], "") + "..."
}
