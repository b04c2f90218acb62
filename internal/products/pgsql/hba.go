package pgsql

import (
	"pig/internal/params"
	"pig/internal/product"
	"pig/internal/products/infra"
	"pig/internal/products/node"
	"pig/internal/products/pgsql/model"
	"pig/internal/value"
)

func (r *resolver) hba(c *Cluster, m *Member, pooler bool) []string {
	vars := m.Vars
	h := &model.HBA{
		Role: m.Role, OfflineQuery: vars.Bool("pg_offline_query"), Pooler: pooler, MD5: vars.Text("pg_pwd_enc") == "md5",
		DBSU: vars.Text("pg_dbsu"), Replicator: vars.Text("pg_replication_username"), Monitor: vars.Text("pg_monitor_username"), Admin: vars.Text("pg_admin_username"),
		AdminIP: vars.Text("admin_ip"), Infra: product.Addresses(infra.Nodes(r.Env)), Members: c.Addresses(), Intranet: node.Of(r.Env, m.Name).Trusts,
	}
	h.Version = c.Version
	h.NoTLS = vars.Text("pgbouncer_sslmode") == "disable"
	h.Remote = vars.Text("pg_dbsu_password") != ""
	h.Privileged = privileged(vars, h.Replicator, h.Monitor, h.Admin)
	h.Groups = groups(vars)
	lists := []string{"pg_default_hba_rules", "pg_hba_rules"}
	if pooler {
		lists = []string{"pgb_default_hba_rules", "pgb_hba_rules"}
	}
	var rules []model.HBARule
	for _, list := range lists {
		for _, o := range vars.Objects(list) {
			rule := hbaRule(o)
			rule.Default = vars.Own(list) == nil
			rules = append(rules, rule)
		}
	}
	lines, err := h.Render(rules)
	r.AddError(m.Entry.Pos, err)
	if !pooler {
		r.AddError(vars.Pos("pg_default_hba_rules"), h.ShutOut(rules))
	}
	return lines
}

func hbaRule(o params.Object) model.HBARule {
	rule := model.HBARule{
		Title: o.Text("title"), Role: o.Text("role"), User: o.Text("user"), DB: o.Text("db"), Addr: o.Text("addr"), Auth: o.Text("auth"),
		Pos: o.Pos, AddrPos: o.Place("addr"), AuthPos: o.Place("auth"),
	}
	if n, ok := product.ToInt(o.At("order")); ok {
		rule.Order = &n
	}
	if raw, ok := o.At("rules").(*value.List); ok {
		for i, line := range raw.Items {
			rule.Raw, rule.RawPos = append(rule.Raw, value.Str(line)), append(rule.RawPos, raw.Pos(i))
		}
	}
	return rule
}
