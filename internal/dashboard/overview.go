package dashboard

func overview() Dashboard {
	return Dashboard{UID: "overview", Title: "Overview", Rows: []Row{
		{"Environment", []Panel{
			stat("Nodes up", "none", `count(max by (ip) (up{job="node"}) == 1)`, ""),
			stat("Nodes down", "none", `count(max by (ip) (up{job="node"}) == 0) or vector(0)`, "").warn(1, 1),
			stat("PostgreSQL clusters", "none", `count(pg:cls:leaders)`, ""),
			stat("Clusters without a leader", "none", `count(pg:cls:leaders < 1) or vector(0)`, "").warn(1, 1),
			stat("Instances that answer", "none", `sum(pg_up)`, ""),
			stat("Alerts", "none", `count(ALERTS{alertstate="firing", severity!="info"}) or vector(0)`, "").warn(1, 5),
		}},
		{"PostgreSQL", []Panel{
			graph("Transactions", "ops", Q(`pg:cls:xacts`, "{{cls}}")),
			graph("Sessions", "none", Q(`sum by (cls) (pg:ins:sessions)`, "{{cls}}")),
			graph("Behind the leader", "bytes", Q(`pg:ins:lag_bytes`, "{{ins}}")),
			table("Instances", Q(`max by (cls, ins, ip) (patroni_primary)`, "")),
			{Title: "Size of databases", Kind: Bars, Unit: "bytes", Width: 12, Queries: []Query{Q(`sum by (cls) (max by (cls, datname) (pg_db_size_bytes))`, "{{cls}}")}},
		}},
		{"Nodes", []Panel{
			graph("Processors", "percentunit", Q(`node:cpu:usage`, "{{ins}}")).upTo(1),
			graph("Memory", "percentunit", Q(`node:mem:usage`, "{{ins}}")).upTo(1),
			Panel{Title: "Disks", Kind: Bars, Unit: "percentunit", Queries: []Query{Q(`max by (ins) (node:fs:usage)`, "{{ins}}")}}.upTo(1).warn(0.8, 0.9),
		}},
		{"What is scraped", []Panel{
			graph("Targets up", "none", Q(`sum by (job) (up)`, "{{job}}")).wide(12),
			graph("Targets down", "none", Q(`count by (job) (up) - sum by (job) (up)`, "{{job}}")).wide(12),
		}},
	}}
}
