package health

import (
	"slices"

	"pig/internal/value"
)

// AboutCertificates is what a node of any product may be asked about besides its units: what is presented where clients connect (handshake).
const AboutCertificates = "certificates"

// Answer is what a node said.
type Answer struct {
	Err   string            // it did not answer
	Units map[string]string // systemd's state of a unit, such as active or failed
	Said  map[string]Said   // by what it was asked about
}

// Said is the answer to one question.
type Said struct {
	Err    string // why there is none
	Values *value.Dict
}

// Part is a field of what a node said about something, nil if it said nothing.
func (a Answer) Part(about, field string) value.Value {
	if s, ok := a.Said[about]; ok && s.Err == "" && s.Values != nil {
		return s.Values.At(field)
	}
	return nil
}

// Problems are those that the node found itself about something.
func (a Answer) Problems(about string) (all []string) {
	s, asked := a.Said[about]
	if !asked {
		return nil
	}
	if s.Err != "" {
		return []string{about + " cannot be looked at: " + s.Err}
	}
	for _, p := range Items(a.Part(about, "problems")) {
		all = append(all, value.Str(p))
	}
	return all
}

// Found takes down what a node found about some things. What does not run is told already.
func (c *Cluster) Found(instance string, a Answer, units []Unit, about ...string) {
	if a.Err != "" || slices.ContainsFunc(units, func(u Unit) bool { return u.State != "active" }) {
		return
	}
	for _, of := range about {
		for _, p := range a.Problems(of) {
			c.Problem("%s: %s", instance, p)
		}
	}
}
