package cli

import (
	"fmt"
	"slices"
	"strings"

	"pig/internal/playbook"
	"pig/internal/value"
)

// listing is what a run would go through, as --list-hosts, --list-tasks and --list-tags ask for it.
type listing struct{ hosts, tasks, tags bool }

func (l listing) any() bool { return l.hosts || l.tasks || l.tags }

// list prints a listing of what -t and --skip-tags leave of plays, with the tasks of their includes.
func (s *runner) list(plays []*playbook.Play, l listing) error {
	filter := playbook.NewTagFilter(s.opt.tags, s.opt.skipTags)
	for i, p := range plays {
		fmt.Fprintf(s.app.out, "play #%d (%s): %s\ttags: [%s]\n", i+1, value.Display(p.Hosts), p.Name, strings.Join(p.Tags, ", "))
		if l.hosts {
			if err := s.listHosts(p); err != nil {
				return err
			}
		}
		tasks, _, err := s.loader().Reach(p)
		if err != nil {
			return err
		}
		found := map[string]bool{}
		for _, t := range tasks {
			tags := t.AllTags()
			if !filter.Selects(tags) {
				continue
			}
			for _, tag := range tags {
				found[tag] = true
			}
			if l.tasks {
				fmt.Fprintf(s.app.out, "    %s\ttags: [%s]\n", t.Title(), strings.Join(tags, ", "))
			}
		}
		if l.tags {
			var names []string
			for t := range found {
				names = append(names, t)
			}
			slices.Sort(names)
			fmt.Fprintf(s.app.out, "  TASK TAGS: [%s]\n", strings.Join(names, ", "))
		}
	}
	return nil
}

func (s *runner) listHosts(p *playbook.Play) error {
	limited, err := s.hosts()
	if err != nil {
		return err
	}
	found, err := s.matched(p, limited)
	if err != nil {
		return err
	}
	for _, h := range found {
		fmt.Fprintf(s.app.out, "  %s\n", h.Name)
	}
	return nil
}
