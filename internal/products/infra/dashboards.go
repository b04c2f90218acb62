package infra

import "pig/internal/dashboard"

// Dashboards are one page with the whole environment.
func (Product) Dashboards() []dashboard.Dashboard {
	return []dashboard.Dashboard{overviewDashboard()}
}

func overviewDashboard() dashboard.Dashboard {
	return dashboard.Dashboard{UID: "overview", Title: "Overview", Rows: []dashboard.Row{
		{Title: "Environment", Panels: []dashboard.Panel{
			dashboard.Stat("Hosts up", "none", `count(max by (ip) (up{job="node"}) == 1)`, ""),
			dashboard.Stat("Hosts down", "none", `count(max by (ip) (up{job="node"}) == 0) or vector(0)`, "").Levels(1, 1),
			dashboard.Stat("PostgreSQL clusters", "none", `count(pg:cls:leaders)`, ""),
			dashboard.Stat("Clusters without leader", "none", `count(pg:cls:leaders < 1) or vector(0)`, "").Levels(1, 1),
			dashboard.Stat("Instances up", "none", `sum(pg_up)`, ""),
			dashboard.Stat("Alerts", "none", `count(ALERTS{alertstate="firing", severity!="info"}) or vector(0)`, "").Levels(1, 5),
		}},
		{Title: "PostgreSQL", Panels: []dashboard.Panel{
			dashboard.Graph("Transactions", "ops", dashboard.Q(`pg:cls:xacts`, "{{cls}}")),
			dashboard.Graph("Sessions", "none", dashboard.Q(`sum by (cls) (pg:ins:sessions)`, "{{cls}}")),
			dashboard.Graph("Replication lag", "bytes", dashboard.Q(`pg:ins:lag_bytes`, "{{ins}}")),
			dashboard.Table("Roles", dashboard.Q(`max by (cls, ins, ip) (patroni_primary)`, "")).Said("replica", "leader"),
			{Title: "Database size", Kind: dashboard.Bars, Unit: "bytes", Width: 12, Queries: []dashboard.Query{dashboard.Q(`sum by (cls) (max by (cls, datname) (pg_db_size_bytes))`, "{{cls}}")}},
		}},
		{Title: "Hosts", Panels: []dashboard.Panel{
			dashboard.Graph("CPU usage", "percentunit", dashboard.Q(`node:cpu:usage`, "{{ins}}")).UpTo(1),
			dashboard.Graph("Memory usage", "percentunit", dashboard.Q(`node:mem:usage`, "{{ins}}")).UpTo(1),
			dashboard.Panel{Title: "Disk usage", Kind: dashboard.Bars, Unit: "percentunit", Queries: []dashboard.Query{dashboard.Q(`max by (ins) (node:fs:usage)`, "{{ins}}")}}.UpTo(1).Levels(0.8, 0.9),
		}},
		{Title: "Scrape targets", Panels: []dashboard.Panel{
			dashboard.Graph("Targets up", "none", dashboard.Q(`sum by (job) (up)`, "{{job}}")).Wide(12),
			dashboard.Graph("Targets down", "none", dashboard.Q(`count by (job) (up) - sum by (job) (up)`, "{{job}}")).Wide(12),
		}},
	}}
}
