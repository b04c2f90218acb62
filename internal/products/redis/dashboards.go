package redis

import "pig/internal/dashboard"

// Dashboards are one for a cluster.
func (Product) Dashboards() []dashboard.Dashboard {
	return []dashboard.Dashboard{clusterDashboard()}
}

func clusterDashboard() dashboard.Dashboard {
	return dashboard.Dashboard{
		UID: "redis", Title: "Redis", Vars: []dashboard.Var{{Name: "cls", Label: "cls", Of: "redis_up"}},
		Rows: []dashboard.Row{
			{Title: "$cls", Panels: []dashboard.Panel{
				dashboard.Stat("Instances up", "none", `sum(redis_up{cls="$cls"})`, ""),
				dashboard.Stat("Commands", "ops", `sum(redis:ins:ops{cls="$cls"})`, ""),
				dashboard.Stat("Clients", "none", `sum(redis_connected_clients{cls="$cls"})`, ""),
				dashboard.Stat("Memory", "bytes", `sum(redis_memory_used_bytes{cls="$cls"})`, ""),
				dashboard.Stat("Keys", "none", `sum(redis_db_keys{cls="$cls"}) or vector(0)`, ""),
				dashboard.Stat("Uptime", "s", `min(redis_uptime_in_seconds{cls="$cls"})`, ""),
			}},
			{Title: "Activity", Panels: []dashboard.Panel{
				dashboard.Graph("Commands", "ops", dashboard.Q(`redis:ins:ops{cls="$cls"}`, "{{ins}}")),
				dashboard.Graph("Clients", "none", dashboard.Q(`redis_connected_clients{cls="$cls"}`, "{{ins}}"), dashboard.Q(`redis_blocked_clients{cls="$cls"}`, "{{ins}} blocked")),
				dashboard.Graph("Memory", "bytes", dashboard.Q(`redis_memory_used_bytes{cls="$cls"}`, "{{ins}}")),
				dashboard.Graph("Network in", "Bps", dashboard.Q(`rate(redis_net_input_bytes_total{cls="$cls"}[$__rate_interval])`, "{{ins}}")),
				dashboard.Graph("Network out", "Bps", dashboard.Q(`rate(redis_net_output_bytes_total{cls="$cls"}[$__rate_interval])`, "{{ins}}")),
				dashboard.Graph("Rejected connections", "ops", dashboard.Q(`rate(redis_rejected_connections_total{cls="$cls"}[$__rate_interval])`, "{{ins}}")),
			}},
			dashboard.Warnings(`job:=redis cls:="$cls"`),
		},
	}
}
