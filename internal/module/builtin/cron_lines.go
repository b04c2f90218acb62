package builtin

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"pig/internal/module"
)

// setJob adds, changes or removes the job of a name. A line that is there word for word without a name gets it.
func (t *crontab) setJob(c *module.Call) {
	name, line := c.Args.String("name"), jobLine(c)
	at := slices.IndexFunc(t.lines[:max(len(t.lines)-1, 0)], func(l string) bool { return l == jobMark+name })
	present := c.Args.String("state") == "present"
	switch {
	case at >= 0 && present:
		t.lines[at+1] = line
	case at >= 0:
		t.lines = slices.Delete(t.lines, at, at+2)
	case present && slices.Contains(t.lines, line):
		at = slices.Index(t.lines, line)
		if at > 0 && strings.HasPrefix(t.lines[at-1], jobMark) {
			t.lines = append(t.lines, jobMark+name, line) // it is that of another name
			return
		}
		t.lines = slices.Insert(t.lines, at, jobMark+name)
	case present:
		t.lines = append(t.lines, jobMark+name, line)
	}
}

// setVariable adds, changes or removes a variable. New ones stand before all else, or beside another.
func (t *crontab) setVariable(c *module.Call) error {
	name := c.Args.String("name")
	at := t.variable(name)
	if c.Args.String("state") == "absent" {
		if at >= 0 {
			t.lines = slices.Delete(t.lines, at, at+1)
		}
		return nil
	}
	line := name + `="` + c.Args.String("job") + `"`
	if at >= 0 {
		t.lines[at] = line
		return nil
	}
	for arg, after := range map[string]int{"insertafter": 1, "insertbefore": 0} {
		beside := c.Args.String(arg)
		if beside == "" {
			continue
		}
		if at = t.variable(beside); at < 0 {
			return fmt.Errorf("Variable named '%s' not found.", beside) //nolint:staticcheck,revive // Ansible's words
		}
		t.lines = slices.Insert(t.lines, at+after, line)
		return nil
	}
	t.lines = slices.Insert(t.lines, 0, line)
	return nil
}

func (t *crontab) variable(name string) int {
	return slices.IndexFunc(t.lines, func(l string) bool { return strings.HasPrefix(l, name+"=") })
}

// jobs are the names of the jobs that have one.
func (t *crontab) jobs() (names []string) {
	for _, l := range t.lines {
		if name, ok := strings.CutPrefix(l, jobMark); ok {
			names = append(names, name)
		}
	}
	return names
}

// cronVariable is a line that sets one.
var cronVariable = regexp.MustCompile(`^\S+=`)

func (t *crontab) variables() (names []string) {
	for _, l := range t.lines {
		if cronVariable.MatchString(l) {
			name, _, _ := strings.Cut(l, "=")
			names = append(names, name)
		}
	}
	return names
}
