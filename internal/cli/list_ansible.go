package cli

import (
	"fmt"
	"slices"
	"strings"

	"pig/internal/playbook"
	"pig/internal/value"
)

// listAsAnsible prints a listing as ansible-playbook does: of tasks only those that are there before anything runs.
func (s *runner) listAsAnsible(path string, plays []*playbook.Play, l listing) error {
	filter := playbook.NewTagFilter(s.opt.tags, s.opt.skipTags)
	fmt.Fprintf(s.app.out, "\nplaybook: %s\n", path)
	for i, p := range plays {
		pattern := value.Repr(value.NewList(p.Hosts))
		if hosts, ok := p.Hosts.(*value.List); ok {
			pattern = value.Repr(hosts)
		}
		title := strings.Join(hostWords(p.Hosts), ",")
		name := p.Name
		if name == "" {
			name = title
		}
		fmt.Fprintf(s.app.out, "\n  play #%d (%s): %s\tTAGS: [%s]\n", i+1, title, name, strings.Join(p.Tags, ","))
		if l.hosts {
			if err := s.hostsAsAnsible(p, pattern); err != nil {
				return err
			}
		}
		var tags []string
		if l.tasks {
			fmt.Fprintln(s.app.out, "    tasks:")
		}
		for _, t := range p.Static() {
			own := slices.Sorted(slices.Values(t.AllTags()))
			tags = append(tags, own...)
			if l.tasks && filter.Selects(own) && t.Action != "meta" {
				fmt.Fprintf(s.app.out, "      %s\tTAGS: [%s]\n", t.Title(), strings.Join(own, ", "))
			}
		}
		if l.tags {
			slices.Sort(tags)
			fmt.Fprintf(s.app.out, "      TASK TAGS: [%s]\n", strings.Join(slices.Compact(tags), ", "))
		}
	}
	return nil
}

func (s *runner) hostsAsAnsible(p *playbook.Play, pattern string) error {
	limited, err := s.hosts()
	if err != nil {
		return err
	}
	found, err := s.matched(p, limited)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.app.out, "    pattern: %s\n    hosts (%d):\n", pattern, len(found))
	for _, h := range found {
		fmt.Fprintf(s.app.out, "      %s\n", h.Name)
	}
	return nil
}

// hostWords are the patterns of a play.
func hostWords(v value.Value) []string {
	l, ok := v.(*value.List)
	if !ok {
		return []string{value.Str(v)}
	}
	words := make([]string, len(l.Items))
	for i, item := range l.Items {
		words[i] = value.Str(item)
	}
	return words
}
