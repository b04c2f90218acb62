package params

import (
	"slices"

	"pig/internal/diag"
	"pig/internal/inventory"
	"pig/internal/value"
)

// listener is a parameter that names a port, the identity of those who open it, and the parameter that turns it off.
type listener struct{ port, module, enabled string }

// listeners are the ports of each module on a node of it. What only opens where Debian has the package is left out.
var listeners = []listener{
	{"node_exporter_port", "node", "node_exporter_enabled"}, {"haproxy_exporter_port", "node", "haproxy_enabled"},
	{"nginx_port", "infra", "nginx_enabled"}, {"nginx_ssl_port", "infra", "nginx_enabled"}, {"vmetrics_port", "infra", "vmetrics_enabled"},
	{"vmalert_port", "infra", "vmalert_enabled"}, {"alertmanager_port", "infra", "alertmanager_enabled"}, {"blackbox_port", "infra", "blackbox_enabled"},
	{"etcd_port", "etcd", ""}, {"etcd_peer_port", "etcd", ""},
	{"minio_port", "minio", ""}, {"minio_admin_port", "minio", ""},
	{"pg_port", "pgsql", ""}, {"patroni_port", "pgsql", "patroni_enabled"}, {"pgbouncer_port", "pgsql", "pgbouncer_enabled"},
	{"pg_exporter_port", "pgsql", "pg_exporter_enabled"}, {"pgbouncer_exporter_port", "pgsql", "pgbouncer_exporter_enabled"},
	{"redis_exporter_port", "redis", "redis_exporter_enabled"},
}

// ports tells what wants the same port of a node: parameters, services of HAProxy, instances of Redis, exporters. Only one of them would start.
func (v *validator) ports() {
	for _, h := range v.inv.Hosts() {
		vars := v.inv.Vars(h)
		taken := &takenPorts{v: v, by: map[int64][]port{}}
		has := v.modulesOf(h, vars)
		for _, l := range listeners {
			if has[l.module] && (l.enabled == "" || truthy(or(vars.At(l.enabled), l.enabled))) {
				taken.take(l.port, "", or(vars.At(l.port), l.port), v.inv.Where(h, l.port))
			}
		}
		for _, s := range items(vars, "haproxy_services") {
			taken.take("service "+value.Str(s.At("name")), addressOf(s), s.At("port"), s.ValuePos("port"))
		}
		for _, o := range v.offers(h) {
			for _, list := range []string{"pg_default_services", "pg_services"} {
				for _, s := range items(o.vars, list) {
					var pos diag.Pos
					if o.vars.Has(list) { // defaults have no place in the inventory
						pos = s.ValuePos("port")
					}
					taken.take("service "+value.Str(s.At("name"))+o.of, addressOf(s), s.At("port"), pos)
				}
			}
		}
		for _, by := range []struct{ param, module, what string }{{"redis_instances", "redis", "a Redis instance"}, {"pg_exporters", "infra", "the exporter of an instance elsewhere"}} {
			entries, ok := vars.At(by.param).(*value.Dict)
			if !ok || !has[by.module] {
				continue
			}
			for key := range entries.All() {
				taken.take(by.what, "", key, entries.KeyPos(key))
			}
		}
	}
}

// offer is a cluster whose services a host's load balancer offers; of names it where it is another's.
type offer struct {
	vars *value.Dict
	of   string
}

// offers are the clusters whose services h offers: its own, unless that has a provider, and those whose provider it is in.
func (v *validator) offers(h *inventory.Host) []offer {
	var all []offer
	for _, c := range v.clusters("pg_cluster") {
		vars := v.inv.Vars(c.hosts[0])
		provider, _ := vars.At("pg_service_provider").(string)
		hosts, of := c.hosts, ""
		if provider != "" {
			hosts, of = nil, " of "+c.name
			if g := v.inv.Group(provider); g != nil {
				hosts = v.inv.HostsOf(g)
			}
		}
		if slices.Contains(hosts, h) {
			all = append(all, offer{vars, of})
		}
	}
	return all
}

func or(v value.Value, param string) value.Value {
	if v == nil {
		return Lookup(param).Default
	}
	return v
}

// addressOf is the address that a service listens on, "" for all.
func addressOf(s located) string {
	for _, field := range []string{"ip", "src_ip"} {
		if ip, ok := s.At(field).(string); ok && ip != "*" {
			return ip
		}
	}
	return ""
}

func (v *validator) modulesOf(h *inventory.Host, vars *value.Dict) map[string]bool {
	has := map[string]bool{"node": true, "pgsql": vars.Has("pg_cluster"), "minio": vars.Has("minio_cluster"), "redis": vars.Has("redis_cluster")}
	for _, name := range []string{"infra", "etcd"} {
		g := v.inv.Group(name)
		if g == nil {
			continue
		}
		for _, member := range v.inv.HostsOf(g) {
			has[name] = has[name] || member.Name == h.Name
		}
	}
	return has
}

type port struct {
	what, ip string
	pos      diag.Pos
}

type takenPorts struct {
	v  *validator
	by map[int64][]port
}

func (t *takenPorts) take(what, ip string, number value.Value, pos diag.Pos) {
	n, ok := toInt(number)
	if !ok {
		return
	}
	for _, other := range t.by[n] {
		if other.ip != "" && ip != "" && other.ip != ip {
			continue
		}
		if !pos.Known() {
			pos = other.pos
		}
		t.v.add(diag.Errorf(pos, "%s and %s want the same port %d", other.what, what, n).WithHint("give one of them another port: on a node with both, only one would start"))
	}
	t.by[n] = append(t.by[n], port{what, ip, pos})
}
