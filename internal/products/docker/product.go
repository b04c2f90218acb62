// Package docker is Docker on the hosts that ask for it, for applications beside the databases.
package docker

import (
	"slices"

	"pig/internal/format"
	"pig/internal/health"
	"pig/internal/params"
	"pig/internal/product"
	"pig/internal/value"
)

// Product is Docker.
type Product struct{}

// Name is the module's.
func (Product) Name() string { return "docker" }

// Validate has nothing to add to what the catalog tells.
func (Product) Validate(*params.Validator) {}

// Resolve finds the hosts that run Docker.
func (p Product) Resolve(r *product.Resolver) {
	var hosts []*product.Host
	for _, h := range r.Env.Hosts {
		if h.Vars.Bool("docker_enabled") {
			hosts = append(hosts, h)
		}
	}
	r.Env.SetPart(p.Name(), hosts)
}

// Hosts are those that run Docker.
func Hosts(e *product.Environment) []*product.Host {
	hosts, _ := e.Part("docker").([]*product.Host)
	return hosts
}

// Clusters are the hosts by node cluster: one does not wait for another.
func (Product) Clusters(e *product.Environment) (all []product.Cluster) {
	for _, h := range Hosts(e) {
		i := slices.IndexFunc(all, func(c product.Cluster) bool { return c.Name == h.Cluster })
		if i < 0 {
			i, all = len(all), append(all, product.Cluster{Name: h.Cluster})
		}
		all[i].Hosts = append(all[i].Hosts, h.Name)
	}
	return all
}

// Units has a unit of the hosts of each node cluster.
func (p Product) Units(e *product.Environment, d *product.Division) {
	for _, c := range p.Clusters(e) {
		d.AddOn(product.Unit{Name: unitOf(c.Name), Module: p.Name(), Cluster: c.Name, Hosts: c.Hosts, Playbook: "docker"})
		d.Follow(unitOf(c.Name), "infra")
	}
}

func unitOf(cluster string) string { return "docker:" + cluster }

// View names the hosts.
func (p Product) View(e *product.Environment, d *value.Dict) {
	if names := product.NamesOf(Hosts(e)); len(names) > 0 {
		d.Set(p.Name(), value.Strings(names))
	}
}

// Overview has nothing: the portal shows hosts with what runs on them.
func (Product) Overview(*product.Environment, *value.Dict) {}

// Instances tells that a host runs Docker.
func (p Product) Instances(e *product.Environment, h *product.Host) []string {
	if slices.Contains(Hosts(e), h) {
		return []string{p.Name()}
	}
	return nil
}

// Names has nothing: hosts have their names from the inventory.
func (Product) Names(*product.Environment) []string { return nil }

// Count counts hosts.
func (Product) Count(e *product.Environment) string {
	if n := len(Hosts(e)); n > 0 {
		return "Docker on " + format.Plural(n, "host")
	}
	return ""
}

// Subjects asks each host for its unit.
func (p Product) Subjects(e *product.Environment, _ func(host string) *value.Dict) (all []health.Subject) {
	for _, c := range p.Clusters(e) {
		all = append(all, health.Subject{Name: p.Name() + ":" + c.Name, Unit: unitOf(c.Name), Ask: func(on func(string) *health.Question) {
			for _, h := range c.Hosts {
				on(h).Runs(p.Name())
			}
		}, Tell: func(answers map[string]health.Answer) health.Cluster { return status(c, answers) }})
	}
	return all
}

// status is what the hosts of a node cluster say of their units.
func status(c product.Cluster, answers map[string]health.Answer) health.Cluster {
	s := health.Cluster{Module: "docker", Name: c.Name}
	for _, h := range c.Hosts {
		m := health.Member{Name: h, Host: h}
		m.Units = s.Units(h, h, answers[h], []string{"docker"})
		s.Members = append(s.Members, m)
	}
	return s
}

// Verbs has the one of the module.
func (Product) Verbs() []product.Verb {
	return []product.Verb{product.ModuleVerb("docker", "  pig docker -l apps\n  pig docker -t docker_image --check")}
}
