package engine

import (
	"slices"
	"strings"

	"pig/internal/diag"
	"pig/internal/playbook"
	"pig/internal/value"
)

// become tells as which user to act, and whether that needs root's rights.
func (c *call) become(s *scope, host string) (string, bool, error) {
	vars := &connectionVars{c: c, s: s}
	var on bool
	var err error
	heard := c.scope.Heard(func() {
		on, err = c.scope.flag(c.closest(c.task, func(k *playbook.Keywords) value.Value { return k.Become }), c.task.Pos, c.e.opt.Become)
	})
	vars.note("become", heard, err)
	if text := vars.get("ansible_become"); text != "" {
		on = truth(text)
	}
	if vars.err != nil {
		return "", false, vars.err
	}
	if !on {
		return "", false, nil
	}
	if err := c.becomeMethod(vars); err != nil {
		return "", false, err
	}
	user := c.e.opt.BecomeUser
	if v := c.closest(c.task, func(k *playbook.Keywords) value.Value { return k.BecomeUser }); v != nil {
		heard := c.scope.Heard(func() { user, err = c.scope.text(v, c.task.Pos) })
		if err != nil {
			return "", false, err
		}
		if heard {
			return "", false, diag.Errorf(c.task.Pos, "invalid become_user %q: what a host sent cannot choose a user on %s", user, host)
		}
	}
	user = first(vars.get("ansible_become_user"), user, "root")
	return user, true, vars.err
}

// plainFlags are those of sudo that ask for what happens anyway.
var plainFlags = []string{"-H", "-S", "-n", "--set-home", "--stdin", "--non-interactive"}

// becomeMethod refuses what the start of an agent cannot do: another program than sudo, and flags that change how sudo works.
func (c *call) becomeMethod(vars *connectionVars) error {
	method := first(vars.get("ansible_become_method"), vars.keyword("become_method", func(k *playbook.Keywords) value.Value { return k.BecomeMethod }))
	flags := first(vars.get("ansible_become_flags"), vars.keyword("become_flags", func(k *playbook.Keywords) value.Value { return k.BecomeFlags }))
	if vars.err != nil {
		return vars.err
	}
	if method = strings.TrimPrefix(method, "ansible.builtin."); method != "" && method != "sudo" {
		return diag.Errorf(c.task.Pos, "invalid become_method %q: only sudo can be used", method)
	}
	for f := range strings.FieldsSeq(flags) {
		if !slices.Contains(plainFlags, f) {
			return diag.Errorf(c.task.Pos, "invalid become_flags %q: sudo can be given %s", flags, strings.Join(plainFlags, ", "))
		}
	}
	return nil
}
