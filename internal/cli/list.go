package cli

import (
	"fmt"
	"slices"
	"strings"

	"pig/internal/playbook"
	"pig/internal/value"
)

// list prints what a run would go through.
func (s *session) list(plays []*playbook.Play, hosts, tasks, tags bool) error {
	for i, p := range plays {
		fmt.Fprintf(s.app.out, "play #%d (%s): %s\ttags: [%s]\n", i+1, value.Display(p.Hosts), p.Name, strings.Join(p.Tags, ", "))
		if hosts {
			pattern := value.Str(p.Hosts)
			if l, ok := p.Hosts.(*value.List); ok {
				parts := make([]string, len(l.Items))
				for i, item := range l.Items {
					parts[i] = value.Str(item)
				}
				pattern = strings.Join(parts, ",")
			}
			found, err := s.inventory.Match(pattern)
			if err != nil {
				return err
			}
			for _, h := range found {
				fmt.Fprintf(s.app.out, "  %s\n", h.Name)
			}
		}
		all := map[string]bool{}
		blocks := append(append([]*playbook.Block{p.PreTasks}, p.RoleTasks...), p.Tasks, p.PostTasks)
		for _, b := range blocks {
			s.listBlock(b, tasks, all)
		}
		if tags {
			var names []string
			for t := range all {
				names = append(names, t)
			}
			slices.Sort(names)
			fmt.Fprintf(s.app.out, "  TASK TAGS: [%s]\n", strings.Join(names, ", "))
		}
	}
	return nil
}

func (s *session) listBlock(b *playbook.Block, show bool, all map[string]bool) {
	if b == nil {
		return
	}
	for _, nodes := range [][]playbook.Node{b.Body, b.Rescue, b.Always} {
		for _, n := range nodes {
			switch n := n.(type) {
			case *playbook.Block:
				s.listBlock(n, show, all)
			case *playbook.Task:
				tags := n.AllTags()
				for _, t := range tags {
					all[t] = true
				}
				if show {
					fmt.Fprintf(s.app.out, "    %s\ttags: [%s]\n", n.Title(), strings.Join(tags, ", "))
				}
			}
		}
	}
}
