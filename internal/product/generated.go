package product

import (
	"pig/internal/params"
	"pig/internal/value"
)

// generate puts the generated passwords of the environment into the defaults. Without somebody who keeps passwords the
// parameters stay unset.
func (r *Resolver) generate() {
	if r.Options.Password != nil {
		params.Generate(r.defaults, r.everywhere, r.password)
	}
}

// everywhere tells whether the inventory writes a parameter for each host.
func (r *Resolver) everywhere(param string) bool {
	for _, n := range r.Env.Hosts {
		if n.Vars.Own(param) == nil {
			return false
		}
	}
	return len(r.Env.Hosts) > 0
}

// password is the generated one of this name, unless the inventory has it in another place.
func (r *Resolver) password(name string) string {
	for _, p := range r.Env.products {
		if w, ok := p.(Writer); ok {
			if s := w.Written(r, name); s != "" {
				return s
			}
		}
	}
	return r.Options.Password(name)
}

// generated is the password of a parameter that each cluster has its own of, "" if it is not such a one, if the host is in no
// such cluster, or if the inventory writes one.
func (l Vars) generated(name string) string {
	p := params.Lookup(name)
	if p == nil || p.Generated == "" || p.Generated == params.PerEnvironment || l.Resolver.Options.Password == nil || l.written(p) {
		return ""
	}
	cluster := l.Own(p.Generated)
	for _, product := range l.Resolver.Env.products {
		if s, ok := product.(Sharer); ok {
			cluster = s.Shares(l, name, cluster)
		}
	}
	if cluster == nil || params.IsTemplate(cluster) {
		return ""
	}
	return l.Resolver.Options.Password(value.KeyText(cluster) + "." + p.Name)
}

// written tells whether the inventory says what the password is.
func (l Vars) written(p *params.Param) bool {
	v := l.Own(p.Name)
	s, isText := value.Plain(v)
	return v != nil && (!isText || s != "" || !p.BlankUnset)
}

// clusterPasswords keeps what was generated for the clusters of each node.
func (r *Resolver) clusterPasswords() {
	for _, p := range params.Load().Params {
		if p.Generated == "" || p.Generated == params.PerEnvironment {
			continue
		}
		for _, n := range r.Env.Hosts {
			if s := n.Vars.generated(p.Name); s != "" {
				n.Resolved.Set(p.Name, s)
			}
		}
	}
}
