package engine

import (
	"pig/internal/diag"
	"pig/internal/jinja"
	"pig/internal/jinja/python"
	"pig/internal/playbook"
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

// playVars reads the vars_files whose names the play itself can tell. The others depend on the host: late says which.
func (e *Engine) playVars(p *playbook.Play) (vars *value.Dict, late []value.Value, err error) {
	vars = value.NewDict()
	for _, v := range p.VarsFiles {
		s := &fileScope{playScope{globalVars{e}, p}, vars}
		one, err := e.varsFile(p, s, v)
		if _, missing := python.AsUndefined(err); missing {
			late = append(late, v)
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		vars.Update(one)
	}
	if e.Protect != nil {
		vars = e.Protect(vars)
	}
	return vars, late, nil
}

// fileScope has the variables of the vars_files before, besides those of the play.
type fileScope struct {
	playScope
	read *value.Dict
}

// Lookup implements jinja.Variables.
func (s *fileScope) Lookup(name string) (value.Value, bool, bool) {
	if v, ok := s.read.Get(name); ok {
		return v, true, true
	}
	return s.playScope.Lookup(name)
}

// varsFile reads a file of variables, or the first of several that is there.
func (e *Engine) varsFile(p *playbook.Play, s jinja.Variables, v value.Value) (*value.Dict, error) {
	choices := []value.Value{v}
	if l, ok := v.(*value.List); ok {
		choices = l.Items
	}
	for _, c := range choices {
		name, err := e.Templates.Scope(s).Value(c, p.Pos)
		if err != nil {
			return nil, diag.At(p.Pos, err)
		}
		if path := playbook.Join(p.Dir, value.Str(name)); e.Files.Exists(path) {
			return e.Loader.LoadVars(path)
		}
	}
	return nil, diag.Errorf(p.Pos, "file %q of vars_files not found", value.Display(v))
}
