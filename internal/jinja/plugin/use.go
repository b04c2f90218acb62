package plugin

import (
	"errors"
	"fmt"

	"pig/internal/diag"
	"pig/internal/jinja/python"
	"pig/internal/value"
)

// FirstSpecial is the first undefined value among the operands of a call, else the first unknown one, else nil.
func FirstSpecial(in value.Value, args []value.Value, kw *value.Dict) value.Value {
	var unknown value.Value
	check := func(v value.Value) bool {
		switch v.(type) {
		case value.Undefined:
			return true
		case value.Unknown:
			if unknown == nil {
				unknown = v
			}
		}
		return false
	}
	if check(in) {
		return in
	}
	for _, v := range args {
		if check(v) {
			return v
		}
	}
	if kw != nil {
		for _, v := range kw.All() {
			if check(v) {
				return v
			}
		}
	}
	return unknown
}

// Use runs p on its input and arguments, with all that holds for every plugin: undefined and unknown operands, secrets,
// and the wording of errors.
func Use(e Env, p *Plugin, in value.Value, args []value.Value, kw *value.Dict) (value.Value, error) {
	if p.flags&(TakesUndefined|TakesUnknown) != TakesUndefined|TakesUnknown {
		v := FirstSpecial(in, args, kw)
		switch v.(type) {
		case value.Undefined:
			if p.flags&TakesUndefined == 0 {
				return v, nil
			}
		case value.Unknown:
			if p.flags&TakesUnknown == 0 {
				return v, nil
			}
		}
	}
	if _, soft := in.(python.ImplicitElse); soft && p.flags&TakesUndefined == 0 {
		in = ""
	}
	if m, ok := in.(python.Mapping); ok && p.flags&Structural == 0 {
		var err error
		if in, err = python.Finalize(m); err != nil {
			return nil, err
		}
	}
	c := &Call{Env: e, Plugin: p, In: in}
	if err := c.bind(args, kw); err != nil {
		return nil, p.failure(nil, err)
	}
	var seen python.Survey
	if stop, err := p.look(&seen, in, args, kw); stop != nil || err != nil {
		return stop, err
	}
	v, err := p.run(c)
	if err != nil {
		var u *python.UndefinedError
		if errors.As(err, &u) && p.flags&IsTest == 0 && p.Name != "regex_search" {
			return value.Undefined{Hint: u.Hint, Name: u.Name, Pos: u.Pos}, nil
		}
		if u, ok := python.AsUnknown(err); ok {
			return u, nil
		}
		return nil, p.failure(&seen, err)
	}
	if p.flags&(IsTest|KeepsSecrets) != 0 {
		return v, nil
	}
	return seen.Taint(v), nil
}

// look surveys the operands of a plugin. stop is the result if the plugin need not run.
func (p *Plugin) look(seen *python.Survey, in value.Value, args []value.Value, kw *value.Dict) (stop value.Value, err error) {
	visit := seen.Visit
	if p.flags&Structural != 0 {
		visit = seen.Shallow
	}
	if err := visit(in, 0); err != nil {
		return nil, err
	}
	for _, v := range args {
		if err := visit(v, 0); err != nil {
			return nil, err
		}
	}
	if kw != nil {
		for _, v := range kw.All() {
			if err := visit(v, 0); err != nil {
				return nil, err
			}
		}
	}
	switch {
	case seen.Undefined != nil && p.flags&TakesUndefined == 0:
		return *seen.Undefined, nil
	case seen.Unknown != nil && p.flags&TakesUnknown == 0:
		return *seen.Unknown, nil
	}
	return nil, nil
}

// failure words the failure of a plugin. What secrets are in its message cannot be told, so of a secret's failure
// nothing is told.
func (p *Plugin) failure(seen *python.Survey, err error) error {
	kind := "filter"
	if p.flags&IsTest != 0 {
		kind = "test"
	}
	var d *diag.Diagnostic
	var u *python.UndefinedError
	if errors.As(err, &d) || errors.As(err, &u) {
		return err
	}
	if _, ok := python.AsUnknown(err); ok {
		return err
	}
	reason := err.Error()
	if seen != nil && len(seen.Secrets) > 0 {
		reason = "reason not shown, since the input or an argument is secret"
	}
	if p.flags&IsMethod != 0 {
		return fmt.Errorf("%s() failed: %s", p.Name, reason)
	}
	return fmt.Errorf("the %s plugin '%s' failed: %s", kind, p.Name, reason)
}
