package plan

import (
	"fmt"

	"pig/internal/node"
)

// Differences compares what was planned with what was done, change by change. A change that the plan called unknown, or
// that belongs to a task which it could not foresee, is no difference; nor is it one which of several units made a thing on a
// machine that all of them want to be there. A change that meant more or less to what runs than was planned is one.
func Differences(planned, done []UnitPlan) []string {
	ended := map[string]bool{}
	for _, u := range done {
		ended[u.Unit.Name] = u.Skipped == "" && u.Error == ""
	}
	want, free := keys(planned, ended)
	got, _ := keys(done, ended)
	var all []string
	for _, k := range got.order {
		if !want.has[k] && !free[taskOf(got, k)] && !want.vague[got.thing[k]] {
			all = append(all, "unplanned: "+got.shown[k])
		}
	}
	for _, k := range want.order {
		if got.has[k] && got.impact[k] != want.impact[k] && !want.assumed[k] {
			all = append(all, fmt.Sprintf("of another impact: %s: %s, planned as %s", want.shown[k], got.impact[k], want.impact[k]))
		}
		if !got.has[k] && !free[taskOf(want, k)] && !want.assumed[k] {
			all = append(all, "missed: "+want.shown[k])
		}
	}
	return all
}

type keySet struct {
	order   []string
	shown   map[string]string // the unit, the host and the change, for people
	has     map[string]bool
	assumed map[string]bool
	task    map[string]string
	thing   map[string]string // the change's kind and ID, without what is done to it
	impact  map[string]node.Impact
	vague   map[string]bool // things of which the plan could not tell whether they would be there
}

func taskOf(s keySet, k string) string { return s.task[k] }

// keys are the changes of units by machine and what is changed; free are the tasks that were unknown.
// Units that did not get to their end are left out: what they failed at has been told.
func keys(units []UnitPlan, ended map[string]bool) (keySet, map[string]bool) {
	s := keySet{shown: map[string]string{}, has: map[string]bool{}, assumed: map[string]bool{}, task: map[string]string{}, thing: map[string]string{}, vague: map[string]bool{}, impact: map[string]node.Impact{}}
	free := map[string]bool{}
	for _, u := range units {
		if !ended[u.Unit.Name] {
			continue
		}
		for _, e := range u.Entries {
			task := fmt.Sprintf("%s %s %s", u.Unit.Name, e.Host, e.Task)
			if e.Unknown {
				free[task] = true
			}
			for _, c := range e.Changes {
				k := place(u, e, c) + ": " + c.Key()
				if !s.has[k] {
					s.order = append(s.order, k)
					s.shown[k] = fmt.Sprintf("%s %s: %s", u.Unit.Name, e.Host, c.Key())
				}
				s.has[k], s.task[k] = true, task
				s.impact[k] = max(s.impact[k], c.Impact)
				s.assumed[k] = s.assumed[k] || c.Assumed || c.Unknown
				s.thing[k] = place(u, e, c) + ": " + thing(c)
				s.vague[s.thing[k]] = s.vague[s.thing[k]] || c.Assumed
			}
		}
	}
	return s, free
}

// place is where a change belongs: things are on a machine, whoever makes them; what is only run belongs to who runs it, and what members
// share to their unit: a switchover that is planned too takes it to another member.
func place(u UnitPlan, e Entry, c node.Change) string {
	switch {
	case c.Shared:
		return u.Unit.Name
	case c.Kind == "task" || c.Kind == "command":
		return u.Unit.Name + " " + e.Host
	case e.On != "":
		return e.On
	}
	return e.Host
}

// thing is what a change is about. What lies at a path is one thing, whatever kind of entry it turns out to be.
func thing(c node.Change) string {
	switch c.Kind {
	case "file", "directory", "link", "absent":
		return "path " + c.ID
	}
	return c.Kind + " " + c.ID
}
