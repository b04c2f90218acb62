package pgsql

import (
	"net/netip"
	"slices"
	"strings"

	"pig/internal/diag"
	"pig/internal/product"
	"pig/internal/products/pgsql/model"
	"pig/internal/value"
)

// upstreams finds what standby clusters follow and which member a cascading replica copies from. It comes when all clusters
// are known.
func (r *resolver) upstreams() {
	for _, c := range Of(r.Env) {
		for _, m := range c.Members {
			switch {
			case m.Upstream == "":
			case m.Role == model.Primary:
				r.upstream(c, m)
			default:
				r.cascade(c, m)
			}
		}
	}
}

// upstream resolves pg_upstream of a primary: a member of another cluster, the name of one, or a server elsewhere. Where it is
// the primary of a cluster, the others stand in for it: PostgreSQL picks the one that takes writes.
func (r *resolver) upstream(c *Cluster, m *Member) {
	pos := m.Vars.Pos("pg_upstream")
	if other := ClusterOf(r.Env, m.Upstream); other != nil && other.Primary() != nil {
		m.Upstream = other.Primary().Name
	}
	if c.Member(m.Upstream) != nil {
		r.Errorf(pos, "%s is a primary and follows %s, a member of its own cluster", m.Instance, m.Upstream).
			WithHint("name a member of another cluster, or remove pg_upstream to create an independent cluster")
		return
	}
	c.UpstreamHosts = []string{m.Upstream}
	for _, other := range Of(r.Env) {
		up := other.Member(m.Upstream)
		if up == nil {
			continue
		}
		c.Follows = other
		if up.Role == model.Primary {
			for _, peer := range other.Addresses() {
				if peer != m.Upstream {
					c.UpstreamHosts = append(c.UpstreamHosts, peer)
				}
			}
		}
		if c.Version != other.Version {
			r.Errorf(pos, "%s has PostgreSQL %d, but its upstream %s has %d", c.Name, c.Version, other.Name, other.Version).WithHint("set pg_version of the standby cluster to the version of the upstream")
		}
		return
	}
	if _, err := netip.ParseAddr(m.Upstream); err == nil {
		r.Diags = append(r.Diags, diag.Warnf(pos, "pg_upstream %q not found in any PostgreSQL cluster", m.Upstream).
			WithHint("check the address; a server outside of the inventory needs the same replication user and password"))
		return
	}
	var names []string
	for _, other := range Of(r.Env) {
		names = append(names, other.Name)
	}
	r.Errorf(pos, "pg_upstream %s is neither an address nor a cluster", m.Upstream).WithHint("%s", diag.DidYouMean(m.Upstream, names))
}

// cascade resolves pg_upstream of a replica: the member of its cluster that it copies from. Patroni wants its name.
func (r *resolver) cascade(c *Cluster, m *Member) {
	for _, other := range c.Members {
		if other != m && (other.Name == m.Upstream || other.Instance == m.Upstream) {
			m.ReplicateFrom = other.Instance
			return
		}
	}
	r.Errorf(m.Vars.Pos("pg_upstream"), "invalid pg_upstream %q of %s: want another member of %s", m.Upstream, m.Instance, c.Name).
		WithHint("name a member of this cluster: %s", strings.Join(c.Addresses(), ", "))
}

// floor is what a standby cluster must have at least of some settings, since its upstream has so much.
func (c *Cluster) floor() *value.Dict {
	d := value.NewDict()
	up := c.Follows
	if up == nil || up.Primary() == nil {
		return d
	}
	p := up.Primary()
	tuned := up.Tuning(p, model.Machine{})
	if tuned == nil {
		return d
	}
	if own, ok := p.Vars.Get("pg_parameters").(*value.Dict); ok {
		tuned.Update(own)
	}
	for k, v := range tuned.All() {
		if n, ok := product.ToInt(v); ok && slices.Contains(model.StandbyLimits(), value.KeyText(k)) {
			d.Set(value.KeyText(k), int64(n))
		}
	}
	return d
}
