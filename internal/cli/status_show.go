package cli

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"pig/internal/diag"
	"pig/internal/format"
	"pig/internal/health"
	"pig/internal/ui"
)

func (s *screen) showStatus(r health.Report) error {
	r = s.seen(r)
	if s.opt.json {
		return s.app.emit(ui.StatusEvent{Well: r.Well(), Clusters: r.Clusters})
	}
	var b strings.Builder
	paint := s.app.paint
	for _, c := range r.Clusters {
		head := paint.Green("healthy")
		if n := len(c.Problems) + len(c.Passing); n > 0 {
			head = paint.Red("degraded") + " (" + format.Plural(n, "problem") + ")"
		}
		if c.Group != "" {
			head += ", group " + c.Group
		}
		if c.Shards != nil {
			head += ", " + format.Plural(int(*c.Shards), "shard")
		}
		if c.Slots != "" {
			head += ", slots " + c.Slots
		}
		fmt.Fprintf(&b, "%s %s: %s\n", c.Module, paint.Bold(c.Name), head)
		w := tabwriter.NewWriter(&b, 0, 8, 2, ' ', 0)
		fmt.Fprintln(w, "  MEMBER\tHOST\tDECLARED\tLIVE\tSTATE\tLAG\tSERVICES")
		for _, m := range c.Members {
			fmt.Fprintf(w, "  %s\t%s\t%s\t%s\t%s\t%s\t%s\n", m.Name, m.Host, dash(m.Declared), dash(m.Live), state(m), lag(m), services(m))
		}
		if err := w.Flush(); err != nil {
			return err
		}
		for _, p := range c.Problems {
			fmt.Fprintf(&b, "  %s %s\n", paint.Red("!"), p)
		}
		for _, p := range slices.Concat(c.Passing, c.Kept) {
			fmt.Fprintf(&b, "  %s %s\n", paint.Yellow("!"), p)
		}
	}
	_, err := fmt.Fprint(s.app.out, b.String())
	return err
}

// seen is a report as it may be shown: much of it is what nodes answered.
func (s *screen) seen(r health.Report) health.Report {
	s.learnSecrets()
	name := func(text *string) { *text = diag.OneLine(s.redactor.Name(*text)) }
	r.Clusters = slices.Clone(r.Clusters)
	for i := range r.Clusters {
		c := &r.Clusters[i]
		name(&c.Slots)
		c.Problems, c.Passing, c.Kept = s.visible(c.Problems), s.visible(c.Passing), s.visible(c.Kept)
		c.Members = slices.Clone(c.Members)
		for j := range c.Members {
			m := &c.Members[j]
			for _, text := range []*string{&m.Name, &m.Live, &m.State, &m.Drives} {
				name(text)
			}
			m.Units = slices.Clone(m.Units)
			for k := range m.Units {
				name(&m.Units[k].Name)
				name(&m.Units[k].State)
			}
		}
	}
	return r
}

// visible are texts of nodes as they may be shown.
func (s *screen) visible(texts []string) []string {
	var all []string
	for _, t := range texts {
		all = append(all, diag.Visible(s.redactor.Redact(t)))
	}
	return all
}

func state(m health.Member) string {
	if m.Drives != "" {
		return m.State + ", drives " + m.Drives
	}
	return dash(m.State)
}

func dash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

func lag(m health.Member) string {
	if m.Lag == nil {
		return "-"
	}
	return health.Bytes(*m.Lag)
}

// services names the units that run, and the state of those that do not.
func services(m health.Member) string {
	var all []string
	for _, u := range m.Units {
		if u.State == "active" {
			all = append(all, u.Name)
		} else {
			all = append(all, u.Name+":"+u.State)
		}
	}
	return dash(strings.Join(all, " "))
}
