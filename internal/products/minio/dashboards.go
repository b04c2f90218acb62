package minio

import "pig/internal/dashboard"

// Dashboards are one for a cluster.
func (Product) Dashboards() []dashboard.Dashboard {
	return []dashboard.Dashboard{clusterDashboard()}
}

func clusterDashboard() dashboard.Dashboard {
	return dashboard.Dashboard{
		UID: "minio", Title: "MinIO", Vars: []dashboard.Var{{Name: "cls", Label: "cls", Of: `up{job="minio"}`}},
		Rows: []dashboard.Row{
			{Title: "$cls", Panels: []dashboard.Panel{
				dashboard.Stat("Members up", "none", `sum(up{job="minio", cls="$cls"})`, ""),
				dashboard.Stat("Members online (reported by MinIO)", "none", `min(minio_cluster_health_nodes_online_count{cls="$cls"})`, ""),
				dashboard.Stat("Drives online", "none", `min(minio_cluster_health_drives_online_count{cls="$cls"})`, ""),
				dashboard.Stat("Drives", "none", `max(minio_cluster_health_drives_count{cls="$cls"})`, ""),
				dashboard.Stat("Drive failures tolerated", "none", `min(minio_cluster_erasure_set_online_drives_count{cls="$cls"} - minio_cluster_erasure_set_write_quorum{cls="$cls"})`, "").Levels(1, 0),
				dashboard.Stat("Space used", "percentunit", `minio:cls:usage{cls="$cls"}`, "").Levels(0.8, 0.9),
			}},
			{Title: "Activity", Panels: []dashboard.Panel{
				dashboard.Graph("Requests", "ops", dashboard.Q(`sum by (ins) (rate(minio_api_requests_total{cls="$cls"}[$__rate_interval]))`, "{{ins}}")),
				dashboard.Graph("Requests by API", "ops", dashboard.Q(`sum by (name) (rate(minio_api_requests_total{cls="$cls"}[$__rate_interval]))`, "{{name}}")),
				dashboard.Graph("CPU usage", "s", dashboard.Q(`rate(minio_system_process_cpu_total_seconds{cls="$cls"}[$__rate_interval])`, "{{ins}}")),
				dashboard.Graph("Received from clients", "Bps", dashboard.Q(`sum by (ins) (rate(minio_api_requests_traffic_received_bytes{cls="$cls"}[$__rate_interval]))`, "{{ins}}")),
				dashboard.Graph("Sent to clients", "Bps", dashboard.Q(`sum by (ins) (rate(minio_api_requests_traffic_sent_bytes{cls="$cls"}[$__rate_interval]))`, "{{ins}}")),
				dashboard.Graph("Memory", "bytes", dashboard.Q(`minio_system_process_resident_memory_bytes{cls="$cls"}`, "{{ins}}")),
			}},
			{Title: "Drives", Panels: []dashboard.Panel{
				dashboard.Graph("Free space", "bytes", dashboard.Q(`minio_system_drive_free_bytes{cls="$cls"}`, "{{ins}} {{drive}}")),
				dashboard.Graph("Used space", "bytes", dashboard.Q(`minio_system_drive_used_bytes{cls="$cls"}`, "{{ins}} {{drive}}")),
				dashboard.Graph("Open files", "none", dashboard.Q(`minio_system_process_file_descriptor_open_total{cls="$cls"}`, "{{ins}}")),
			}},
			dashboard.Warnings(`job:=minio cls:="$cls"`),
		},
	}
}
