package engine

import (
	"pig/internal/jinja/python"
	"pig/internal/value"
)

// filesOf are the variables of those vars_files whose names depend on a host, such as one for its distribution. They are read once what their
// names need is known.
func (pr *playRun) filesOf(h *host) *value.Dict {
	if len(pr.late) == 0 {
		return nil
	}
	pr.mu.Lock()
	vars, ok := pr.lateVars[h.Name]
	if !ok { // who reads them meanwhile, for the names themselves, sees none
		if pr.lateVars == nil {
			pr.lateVars = map[string]*value.Dict{}
		}
		pr.lateVars[h.Name] = nil
	}
	pr.mu.Unlock()
	if ok {
		return vars
	}
	all, whole := value.NewDict(), true
	s := pr.scope(h, nil, nil)
	for _, v := range pr.late {
		one, err := pr.e.varsFile(pr.play, s.vars, v)
		if _, missing := python.AsUndefined(err); missing {
			whole = false
			continue
		}
		if err == nil {
			all.Update(one)
		}
	}
	if pr.e.Protect != nil {
		all = pr.e.Protect(all)
	}
	pr.mu.Lock()
	defer pr.mu.Unlock()
	if whole {
		pr.lateVars[h.Name] = all
	} else {
		delete(pr.lateVars, h.Name)
	}
	return all
}
