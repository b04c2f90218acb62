package cli

import (
	"cmp"
	"fmt"
	"slices"

	"pig/internal/diag"
	"pig/internal/parity"
)

// everyTag are words that --tags and --skip-tags take beside the names of tags.
var everyTag = []string{"all", "always", "never", "tagged", "untagged"}

// checkTags refuses a tag of -t that no task of these playbooks carries: a typing mistake would do nothing, and look well. A tag of
// Pigsty's that does nothing here gets a warning that tells why.
func (s *runner) checkTags(playbooks ...string) error {
	if len(s.opt.tags) == 0 {
		return nil
	}
	known, whole, err := s.tagsOf(playbooks)
	if err != nil || !whole {
		return err
	}
	table, err := parity.Read()
	if err != nil {
		return err
	}
	for _, tag := range s.opt.tags {
		if slices.Contains(known, tag) || slices.Contains(everyTag, tag) {
			continue
		}
		why := ""
		for _, p := range playbooks {
			if why == "" {
				why = table.Why(p, tag)
			}
		}
		if why == "" {
			return diag.Errorf(diag.Pos{}, "tag %q not found in any task", tag).WithHint("%s", cmp.Or(diag.DidYouMean(tag, known), "docs/reference/tags.md lists them"))
		}
		fmt.Fprintln(s.app.err, s.app.paint.Yellow("warning: the tag "+tag+" does nothing here: "+why))
	}
	return nil
}

// tagsOf are the tags of all tasks that pig's own playbooks can come to, and whether these are all.
func (s *runner) tagsOf(playbooks []string) (tags []string, whole bool, err error) {
	l := s.loader() // reaching alters the plays
	found := map[string]bool{}
	whole = true
	for _, name := range playbooks {
		plays, err := l.Load(playbookPath(name))
		if err != nil {
			return nil, false, err
		}
		for _, p := range plays {
			tasks, all, err := l.Reach(p)
			if err != nil {
				return nil, false, err
			}
			whole = whole && all
			for _, t := range tasks {
				for _, tag := range t.AllTags() {
					found[tag] = true
				}
			}
		}
	}
	for tag := range found {
		tags = append(tags, tag)
	}
	slices.Sort(tags)
	return tags, whole, nil
}
