package engine

import (
	"strconv"

	"pig/internal/diag"
	"pig/internal/playbook"
	"pig/internal/value"
)

// settings are keywords of a play that hold for all its hosts, rendered before the first host begins.
type settings struct {
	gather  bool
	force   bool // force_handlers
	maxFail *float64
}

func (e *Engine) settings(p *playbook.Play) (settings, error) {
	var s settings
	var err error
	if s.gather, err = e.playFlag(p, "gather_facts", p.GatherFacts, e.opt.GatherFacts); err != nil {
		return s, err
	}
	if s.force, err = e.playFlag(p, "force_handlers", p.ForceFlush, false); err != nil {
		return s, err
	}
	if p.MaxFail == nil {
		return s, nil
	}
	v, err := e.Templates.Scope(&globalVars{e}).Value(value.Clone(p.MaxFail), p.Pos)
	if err != nil {
		return s, diag.At(p.Pos, err)
	}
	limit, err := strconv.ParseFloat(value.Str(v), 64)
	if err != nil || limit < 0 || limit > 100 {
		return s, diag.Errorf(p.Pos, "invalid max_fail_percentage %s: want a number from 0 to 100", value.Display(v))
	}
	s.maxFail = &limit
	return s, nil
}

// playFlag renders a keyword of a play that has to be a boolean, with the variables that no host has a say in.
func (e *Engine) playFlag(p *playbook.Play, name string, v value.Value, absent bool) (bool, error) {
	if v == nil {
		return absent, nil
	}
	r, err := e.Templates.Scope(&playScope{globalVars{e}, p}).Value(value.Clone(v), p.Pos)
	if err != nil {
		return false, diag.At(p.Pos, err)
	}
	b, ok := boolean(r)
	if !ok {
		return false, diag.Errorf(p.Pos, "invalid %s %s: want true or false", name, value.Display(r))
	}
	return b, nil
}

// playScope has the variables of a play besides the global ones.
type playScope struct {
	globalVars
	play *playbook.Play
}

// Lookup implements jinja.Variables. Extra variables go before those of the play, and those before Pigsty's defaults.
func (s *playScope) Lookup(name string) (value.Value, bool, bool) {
	if x := s.e.opt.ExtraVars; s.play.Vars != nil && (x == nil || !x.Has(name)) {
		if v, ok := s.play.Vars.Get(name); ok {
			return v, true, true
		}
	}
	return s.globalVars.Lookup(name)
}

// boolean reads a keyword as Ansible does: texts such as yes and off count, others are no booleans.
func boolean(v value.Value) (b, ok bool) {
	if text, isText := value.Plain(v); isText {
		switch text {
		case "yes", "on", "true", "1", "y", "t", "Yes", "On", "True", "TRUE", "YES", "ON":
			return true, true
		case "no", "off", "false", "0", "n", "f", "No", "Off", "False", "FALSE", "NO", "OFF", "":
			return false, true
		}
		return false, false
	}
	return value.Truthy(v), true
}
