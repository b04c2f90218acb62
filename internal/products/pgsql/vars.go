package pgsql

import (
	"fmt"
	"slices"

	"pig/internal/product"
	"pig/internal/products/pgsql/model"
	"pig/internal/value"
)

// Vars are the facts about the cluster as one of its members sees it, under Pigsty's names:
//
//	pg_instance pg_service pg_shard pg_group                     the member's identity
//	pg_meta                                                      the variables of all members, in the order of the inventory
//	pg_cluster_members pg_cluster_replicas                       addresses, sorted as text
//	pg_cluster_size pg_seq_next                                  numbers
//	pg_primary_list pg_primary_ip pg_primary_seq pg_primary_ins  the declared primary; unknown if there is not exactly one
//	pg_is_primary                                                boolean
//	pg_cluster_dir pg_backup_dir                                 directories on the main and backup disks
//
// and beyond them:
//
//	pg_service_list        all services, each with its servers and the options of its servers
//	pg_service_hosts       whose load balancers offer them, where those are not the members' own
//	pg_hba_lines           lines of pg_hba.conf; pgb_hba_lines those of pgbouncer's
//	pg_rto_timing          the recovery time plan: ttl, loop_wait, retry_timeout, primary_start_timeout, safety_margin, ...
//	pg_vip_ip pg_vip_mask  the virtual address; "" and 0 if there is none
//	pg_vip_router          its number in VRRP
//	pg_dns_name pg_dns_ip  the cluster's DNS record; the address is "" if there is none
//	pg_is_standby          whether the cluster follows another one
//	patroni_scope          the name of the cluster in etcd, also that of its etcd user
//	patroni_allowlist      addresses that may use unsafe endpoints of Patroni's REST API
//	pg_etcd_hosts          etcd's client endpoints as address:port
//	pg_upstream_hosts      addresses that the cluster follows, and pg_upstream_floor settings of which it needs as much as they have
//	pg_replicate_from      the member that a cascading replica copies from, or ""
//	pg_libs                with what the declared extensions want to be preloaded
//	pg_declared_loads      libraries that other settings name, as files below the directory of libraries
//	pg_declared_extensions  extensions of the databases, and pg_declared_packages what brings them
//	pg_declared_locales    locales of libc that the cluster and its databases have
//	pg_home                the directory of the server's programs and libraries
//	pg_kernel_settings     settings that open the port of the kernel's own protocol; pg_kernel_csvlog whether it has logs of form csvlog;
//	                       pg_kernel_foreign_wal whether pgBackRest has to be told its version
//	pg_citus_workers        groups that a coordinator of Citus has to know, {group, name}; pg_citus_coordinators its addresses, for a worker
func (c *Cluster) Vars(m *Member) *value.Dict {
	d := value.DictOf(
		"pg_instance", m.Instance,
		"pg_service", c.Name+"-"+string(m.Role),
		"pg_shard", c.Shard,
		"pg_group", int64(c.Group),
		"pg_meta", c.meta(),
		"pg_cluster_members", value.Strings(c.Addresses()),
		"pg_cluster_replicas", value.Strings(c.replicas()),
		"pg_cluster_size", int64(len(c.Members)),
		"pg_seq_next", int64(c.nextSeq()),
		"pg_is_primary", m.Role == model.Primary,
		"pg_is_standby", c.Standby(),
		"pg_cluster_dir", fmt.Sprintf("%s/%s-%s", m.Vars.Text("pg_fs_main"), c.Name, m.Vars.Text("pg_version")),
		"pg_backup_dir", fmt.Sprintf("%s/%s-%s", m.Vars.Text("pg_fs_backup"), c.Name, m.Vars.Text("pg_version")),
		"pg_service_list", c.serviceList(),
		"pg_service_hosts", value.Strings(c.Provider),
		"pg_hba_lines", value.Strings(m.HBA),
		"pgb_hba_lines", value.Strings(m.PoolHBA),
		"pg_rto_timing", rtoDict(c.RTO),
		"pg_dns_name", c.DNS.Name,
		"pg_dns_ip", c.DNS.Address,
		"patroni_scope", c.Scope(),
		"patroni_allowlist", value.Strings(c.allowlist(m)),
		"pg_upstream_hosts", value.Strings(c.UpstreamHosts),
		"pg_upstream_floor", c.floor(),
		"pg_replicate_from", m.ReplicateFrom,
		"pg_libs", c.Libs,
		"pg_declared_loads", value.Strings(c.Loads),
		"pg_declared_locales", value.Strings(c.Locales),
		"pg_declared_extensions", value.Strings(c.Extensions),
		"pg_declared_packages", value.Strings(c.Packages),
		"pg_citus_workers", c.workerList(),
		"pg_citus_coordinators", value.Strings(c.coordinators()),
	)
	c.primaryVars(d)
	c.kernelVars(d, m.Vars.NumberOr("pg_version", 0))
	d.Set("pg_vip_ip", "")
	d.Set("pg_vip_mask", int64(0))
	d.Set("pg_vip_router", int64(0))
	if c.VIP != nil {
		d.Set("pg_vip_ip", c.VIP.Address)
		d.Set("pg_vip_mask", int64(c.VIP.Mask))
		d.Set("pg_vip_router", int64(c.VIP.Router))
	}
	if c.etcd != nil {
		d.Set("pg_etcd_hosts", value.Strings(c.etcd.Endpoints()))
	}
	return d
}

func (c *Cluster) primaryVars(d *value.Dict) {
	var primaries []string
	for _, m := range c.Members {
		if m.Role == model.Primary {
			primaries = append(primaries, m.Name)
		}
	}
	d.Set("pg_primary_list", value.Strings(primaries))
	p := c.Primary()
	if p == nil {
		for _, name := range []string{"pg_primary_ip", "pg_primary_seq", "pg_primary_ins"} {
			d.Set(name, "unknown")
		}
		return
	}
	d.Set("pg_primary_ip", p.Name)
	d.Set("pg_primary_seq", int64(p.Seq))
	d.Set("pg_primary_ins", p.Instance)
}

func (c *Cluster) meta() *value.List {
	l := value.NewList()
	for _, m := range c.Members {
		l.Append(m.selectable())
	}
	return l
}

func (c *Cluster) replicas() []string {
	list := []string{}
	for _, m := range c.Members {
		if m.Role != model.Primary {
			list = append(list, m.Name)
		}
	}
	slices.Sort(list)
	return list
}

func (c *Cluster) nextSeq() int {
	next := 1
	for _, m := range c.Members {
		next = max(next, m.Seq+1)
	}
	return next
}

func (c *Cluster) allowlist(m *Member) []string {
	list := slices.Concat([]string{m.Vars.Text("admin_ip")}, c.Addresses(), product.Addresses(c.infra))
	slices.Sort(list)
	return slices.Compact(list)
}

func (c *Cluster) serviceList() *value.List {
	l := value.NewList()
	for _, s := range c.Services {
		servers := value.NewList()
		for _, v := range s.Servers {
			servers.Append(value.DictOf("name", v.Name, "ip", v.Address, "port", int64(v.Port), "check_port", int64(v.CheckPort), "check_ssl", v.CheckTLS,
				"weight", int64(v.Weight), "backup", v.Backup))
		}
		l.Append(value.DictOf("name", s.Name, "fullname", c.Name+"-"+s.Name, "port", int64(s.Port), "ip", s.IP, "dest", s.Dest, "check", s.Check, "selector", s.Selector,
			"backup", s.Backup, "maxconn", int64(s.Maxconn), "balance", s.Balance, "options", s.Options, "servers", servers))
	}
	return l
}

func rtoDict(r model.RTO) *value.Dict {
	return value.DictOf("ttl", int64(r.TTL), "loop_wait", int64(r.LoopWait), "retry_timeout", int64(r.RetryTimeout), "primary_start_timeout", int64(r.PrimaryStartTimeout),
		"safety_margin", int64(r.SafetyMargin), "inter", r.Inter, "fastinter", r.FastInter, "downinter", r.DownInter, "rise", int64(r.Rise), "fall", int64(r.Fall))
}

// Tuning are the settings of a member that depend on its machine, see pgsql.Sizing.Tune; nil if pg_conf is no template of
// ours.
func (c *Cluster) Tuning(m *Member, on model.Machine) *value.Dict {
	vars := m.Vars
	t := model.TemplateOf(vars.Text("pg_conf"))
	if t == "" {
		return nil
	}
	ratio := 0.25
	switch v := vars.Get("pg_shared_buffer_ratio").(type) {
	case float64:
		ratio = v
	case string:
		_, _ = fmt.Sscanf(v, "%g", &ratio)
	}
	return model.Sizing{
		Template: t, Version: vars.NumberOr("pg_version", 18), SharedBufferRatio: ratio, MaxConn: vars.NumberOr("pg_max_conn", 0),
		Pgbouncer: vars.Text("pg_default_service_dest") == "pgbouncer", Libs: c.Libs, IOMethod: vars.Text("pg_io_method"),
	}.Tune(on)
}
