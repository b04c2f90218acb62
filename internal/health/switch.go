package health

import (
	"slices"
	"strings"

	"pig/internal/params"
	"pig/internal/product"
	"pig/internal/value"
)

// Switch is a unit that parameters switch on, and how the file begins that pig writes for it: what an operator runs by himself is no concern of pig's.
type Switch struct {
	Unit   string
	File   string
	Begins string
	Params []string // all of them have to be true
	Or     string   // or this one alone
}

// Switched is a product with units that parameters switch on and off on a host.
type Switched interface {
	Switches(e *product.Environment, host string) []Switch
}

// off tells which parameters keep the unit from being wanted, "" if it is wanted or only a run can tell.
func (s Switch) off(vars *value.Dict) string {
	at := func(param string) value.Value {
		if v := vars.At(param); v != nil {
			return v
		}
		return true
	}
	if s.Or != "" && (params.IsTemplate(at(s.Or)) || params.ToBool(at(s.Or))) {
		return ""
	}
	var off []string
	for _, p := range s.Params {
		if v := at(p); !params.IsTemplate(v) && !params.ToBool(v) {
			off = append(off, p)
		}
	}
	if len(off) > 0 && s.Or != "" {
		off = append(off, s.Or)
	}
	return strings.Join(off, " and ")
}

// SwitchedOff adds the question for those of some units that the variables of a host switch off (retire_state), and tells whether there are any.
func (q *Question) SwitchedOff(about string, switches []Switch, vars *value.Dict) bool {
	units := value.NewList()
	for _, s := range switches {
		if off := s.off(vars); off != "" {
			units.Append(value.DictOf("unit", s.Unit, "file", s.File, "begins", s.Begins, "off", off))
		}
	}
	if len(units.Items) == 0 {
		return false
	}
	q.Ask(about, "retire_state", value.DictOf("units", units))
	return true
}

// On tells whether a node has a member.
func (c *Cluster) On(host string) bool {
	return slices.ContainsFunc(c.Members, func(m Member) bool { return m.Host == host })
}
