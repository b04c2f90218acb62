package resolve

import (
	"pig/internal/params"
	"pig/internal/value"
)

// generate puts the generated passwords of the environment into the defaults. Without somebody who keeps passwords the
// parameters stay unset.
func (r *resolver) generate() {
	if r.options.Password != nil {
		params.Generate(r.defaults, r.everywhere, r.password)
	}
}

// everywhere tells whether the inventory writes a parameter for each host.
func (r *resolver) everywhere(param string) bool {
	for _, n := range r.env.Nodes {
		if n.vars.own(param) == nil {
			return false
		}
	}
	return len(r.env.Nodes) > 0
}

// password is the generated one of this name, unless the inventory has it in another place.
func (r *resolver) password(name string) string {
	for _, p := range r.env.products {
		if w, ok := p.(Writer); ok {
			if s := w.Written(r, name); s != "" {
				return s
			}
		}
	}
	return r.options.Password(name)
}

// generated is the password of a parameter that each cluster has its own of, "" if it is not such a one, if the host is in no
// such cluster, or if the inventory writes one.
func (l lookup) generated(name string) string {
	p := params.Lookup(name)
	if p == nil || p.Generated == "" || p.Generated == params.PerEnvironment || l.r.options.Password == nil || l.written(p) {
		return ""
	}
	cluster := l.own(p.Generated)
	for _, product := range l.r.env.products {
		if s, ok := product.(Sharer); ok {
			cluster = s.Shares(l, name, cluster)
		}
	}
	if cluster == nil || params.IsTemplate(cluster) {
		return ""
	}
	return l.r.options.Password(value.KeyText(cluster) + "." + p.Name)
}

// written tells whether the inventory says what the password is.
func (l lookup) written(p *params.Param) bool {
	v := l.own(p.Name)
	s, isText := value.Plain(v)
	return v != nil && (!isText || s != "" || !p.BlankUnset)
}

// clusterPasswords keeps what was generated for the clusters of each node.
func (r *resolver) clusterPasswords() {
	for _, p := range params.Load().Params {
		if p.Generated == "" || p.Generated == params.PerEnvironment {
			continue
		}
		for _, n := range r.env.Nodes {
			if s := n.vars.generated(p.Name); s != "" {
				n.resolved.Set(p.Name, s)
			}
		}
	}
}
