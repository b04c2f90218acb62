package playbook

import "slices"

// TagFilter decides which tasks run, as --tags and --skip-tags do.
type TagFilter struct{ only, skip []string }

// NewTagFilter takes all tasks where only is empty.
func NewTagFilter(only, skip []string) TagFilter {
	if len(only) == 0 {
		only = []string{"all"}
	}
	return TagFilter{only, skip}
}

// Selects tells whether a task with tags runs. The special tags are always, never, all, tagged and untagged.
func (f TagFilter) Selects(tags []string) bool {
	return f.wanted(tags) && !f.unwanted(tags)
}

func (f TagFilter) wanted(tags []string) bool {
	untagged := len(tags) == 0
	switch {
	case slices.Contains(tags, "always"):
		return true
	case slices.Contains(f.only, "all") && !slices.Contains(tags, "never"):
		return true
	case intersects(f.only, tags):
		return true
	case slices.Contains(f.only, "tagged") && !untagged && !slices.Contains(tags, "never"):
		return true
	}
	return slices.Contains(f.only, "untagged") && untagged
}

func (f TagFilter) unwanted(tags []string) bool {
	untagged := len(tags) == 0
	switch {
	case slices.Contains(f.skip, "all"):
		return !slices.Contains(tags, "always") || slices.Contains(f.skip, "always")
	case intersects(f.skip, tags):
		return true
	case slices.Contains(f.skip, "tagged") && !untagged:
		return true
	}
	return slices.Contains(f.skip, "untagged") && untagged
}

func intersects(a, b []string) bool {
	for _, x := range a {
		if slices.Contains(b, x) {
			return true
		}
	}
	return false
}
