package cli

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"pig/internal/diag"
	"pig/internal/engine"
	"pig/internal/parity"
	"pig/internal/playbook"
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
	var paths []string
	for _, name := range playbooks {
		paths = append(paths, playbookPath(name))
	}
	tasks, whole, err := s.tasksOf(paths)
	return tagsIn(tasks), whole, err
}

// tasksOf are the tasks that playbooks can come to, handlers too, and whether these are all.
func (s *runner) tasksOf(paths []string) (tasks []*playbook.Task, whole bool, err error) {
	l := s.loader() // reaching alters the plays
	whole = true
	for _, path := range paths {
		plays, err := l.Load(path)
		if err != nil {
			return nil, false, err
		}
		for _, p := range plays {
			more, all, err := l.Reach(p)
			if err != nil {
				return nil, false, err
			}
			whole = whole && all
			tasks = append(append(tasks, more...), p.Handlers...)
			for _, r := range p.Roles {
				tasks = append(tasks, r.Handlers...)
			}
		}
	}
	return tasks, whole, nil
}

// tagsIn are the tags of tasks, sorted. Those of handlers select nothing.
func tagsIn(tasks []*playbook.Task) []string {
	found := map[string]bool{}
	for _, t := range tasks {
		if t.Handler {
			continue
		}
		for _, tag := range t.AllTags() {
			found[tag] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// selects tells of a limit that matches nobody, which is an error as in a run, and of tags that no task of these playbooks carries.
func (s *runner) selects(paths []string) error {
	if _, err := s.hosts(); err != nil {
		return err
	}
	if len(s.opt.tags)+len(s.opt.skipTags) == 0 {
		return nil
	}
	tasks, whole, err := s.tasksOf(paths)
	if err != nil || !whole {
		return nil //nolint:nilerr // what cannot be included may never be: the run tells
	}
	known := tagsIn(tasks)
	for _, tag := range slices.Concat(s.opt.tags, s.opt.skipTags) {
		if !slices.Contains(known, tag) && !slices.Contains(everyTag, tag) {
			hint := cmp.Or(diag.DidYouMean(tag, known), "the tags are "+strings.Join(known, ", "))
			fmt.Fprintln(s.app.err, s.app.paint.Yellow(fmt.Sprintf("warning: tag %q not found in any task (%s)", tag, hint)))
		}
	}
	return nil
}

// checkSyntax refuses plays whose own tasks call what nobody knows. What only a run can come to, and arguments that nobody obeys, are warned
// of, as the task says so if it is reached.
func (s *runner) checkSyntax(paths []string, plays []*playbook.Play) error {
	var own []*playbook.Task
	for _, p := range plays {
		own = append(append(own, playbook.Written(p)...), p.Handlers...)
		for _, r := range p.Roles {
			own = append(own, r.Handlers...)
		}
	}
	found := engine.Unknown(own)
	found.Sort()
	tasks, _, err := s.tasksOf(paths)
	if err != nil {
		fmt.Fprintln(s.app.err, s.app.paint.Yellow("warning: "+err.Error()))
	}
	odd := append(engine.Unknown(tasks), engine.Misnamed(tasks, s.modules)...)
	odd.Sort()
	for _, d := range odd {
		if !slices.ContainsFunc(found, func(e *diag.Diagnostic) bool { return e.Pos == d.Pos && e.Summary == d.Summary }) {
			fmt.Fprintln(s.app.err, s.app.paint.Yellow("warning: "+d.Error()))
		}
	}
	return found.Err()
}
