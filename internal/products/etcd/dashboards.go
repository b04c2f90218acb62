package etcd

import "pig/internal/dashboard"

// Dashboards are one for a cluster.
func (Product) Dashboards() []dashboard.Dashboard {
	return []dashboard.Dashboard{clusterDashboard()}
}

func clusterDashboard() dashboard.Dashboard {
	return dashboard.Dashboard{
		UID: "etcd", Title: "etcd", Vars: []dashboard.Var{{Name: "cls", Label: "cls", Of: `up{job="etcd"}`}},
		Rows: []dashboard.Row{
			{Title: "$cls", Panels: []dashboard.Panel{
				dashboard.Stat("Members up", "none", `etcd:cls:members{cls="$cls"}`, ""),
				dashboard.Stat("Members with a leader", "none", `sum(etcd_server_has_leader{cls="$cls"})`, ""),
				dashboard.Stat("Leader changes per day", "none", `max(increase(etcd_server_leader_changes_seen_total{cls="$cls"}[1d]))`, "").Levels(3, 10),
				dashboard.Stat("Quota used", "percentunit", `max(etcd_mvcc_db_total_size_in_bytes{cls="$cls"} / etcd_server_quota_backend_bytes{cls="$cls"})`, "").Levels(0.5, 0.8),
				dashboard.Stat("Keys", "none", `max(etcd_debugging_mvcc_keys_total{cls="$cls"})`, ""),
				dashboard.Stat("Watchers", "none", `sum(etcd_debugging_mvcc_watcher_total{cls="$cls"})`, ""),
			}},
			{Title: "Activity", Panels: []dashboard.Panel{
				dashboard.Graph("Leader", "none", dashboard.Q(`etcd_server_is_leader{cls="$cls"}`, "{{ins}}")),
				dashboard.Graph("Proposals", "ops", dashboard.Q(`rate(etcd_server_proposals_committed_total{cls="$cls"}[$__rate_interval])`, "{{ins}}"), dashboard.Q(`rate(etcd_server_proposals_failed_total{cls="$cls"}[$__rate_interval])`, "{{ins}} failed")),
				dashboard.Graph("Pending proposals", "none", dashboard.Q(`etcd_server_proposals_pending{cls="$cls"}`, "{{ins}}")),
				dashboard.Graph("Disk latency (p99)", "s", dashboard.Q(`etcd:ins:fsync_p99{cls="$cls"}`, "{{ins}} WAL"), dashboard.Q(`etcd:ins:commit_p99{cls="$cls"}`, "{{ins}} commit")),
				dashboard.Graph("Database size", "bytes", dashboard.Q(`etcd_mvcc_db_total_size_in_bytes{cls="$cls"}`, "{{ins}}"), dashboard.Q(`etcd_mvcc_db_total_size_in_use_in_bytes{cls="$cls"}`, "{{ins}} in use")),
				dashboard.Graph("Puts and ranges", "ops", dashboard.Q(`rate(etcd_mvcc_put_total{cls="$cls"}[$__rate_interval])`, "{{ins}} puts"), dashboard.Q(`rate(etcd_mvcc_range_total{cls="$cls"}[$__rate_interval])`, "{{ins}} ranges")),
				dashboard.Graph("Sent to clients", "Bps", dashboard.Q(`rate(etcd_network_client_grpc_sent_bytes_total{cls="$cls"}[$__rate_interval])`, "{{ins}}")),
				dashboard.Graph("Received from clients", "Bps", dashboard.Q(`rate(etcd_network_client_grpc_received_bytes_total{cls="$cls"}[$__rate_interval])`, "{{ins}}")),
				dashboard.Graph("Memory", "bytes", dashboard.Q(`process_resident_memory_bytes{job="etcd", cls="$cls"}`, "{{ins}}")),
			}},
			dashboard.Warnings(`job:=etcd cls:="$cls"`),
		},
	}
}
