package plan

import "fmt"

// Differences compares what was planned with what was done, change by change. A change that the plan called unknown, or
// that belongs to a task which it could not foresee, is no difference.
func Differences(planned, done []UnitPlan) []string {
	want, free := keys(planned)
	got, _ := keys(done)
	var all []string
	for _, k := range got.order {
		if !want.has[k] && !free[taskOf(got, k)] {
			all = append(all, "unplanned: "+k)
		}
	}
	for _, k := range want.order {
		if !got.has[k] && !free[taskOf(want, k)] && !want.assumed[k] {
			all = append(all, "missed: "+k)
		}
	}
	return all
}

type keySet struct {
	order   []string
	has     map[string]bool
	assumed map[string]bool
	task    map[string]string
}

func taskOf(s keySet, k string) string { return s.task[k] }

// keys are the changes of units by unit, host and what is changed; free are the tasks that were unknown.
func keys(units []UnitPlan) (keySet, map[string]bool) {
	s := keySet{has: map[string]bool{}, assumed: map[string]bool{}, task: map[string]string{}}
	free := map[string]bool{}
	for _, u := range units {
		for _, e := range u.Entries {
			task := fmt.Sprintf("%s %s %s", u.Unit.Name, e.Host, e.Task)
			if e.Unknown {
				free[task] = true
			}
			for _, c := range e.Changes {
				k := fmt.Sprintf("%s %s: %s", u.Unit.Name, e.Host, c.Key())
				if !s.has[k] {
					s.order = append(s.order, k)
				}
				s.has[k], s.task[k] = true, task
				s.assumed[k] = s.assumed[k] || c.Assumed || c.Unknown
			}
		}
	}
	return s, free
}
