package dashboard

func etcd() Dashboard {
	return Dashboard{
		UID: "etcd", Title: "Etcd", Vars: []Var{{Name: "cls", Label: "cls", Of: `up{job="etcd"}`}},
		Rows: []Row{
			{"$cls", []Panel{
				stat("Members up", "none", `etcd:cls:members{cls="$cls"}`, ""),
				stat("Members with a leader", "none", `sum(etcd_server_has_leader{cls="$cls"})`, ""),
				stat("Changes of leader in a day", "none", `max(increase(etcd_server_leader_changes_seen_total{cls="$cls"}[1d]))`, "").warn(3, 10),
				stat("Quota used", "percentunit", `max(etcd_mvcc_db_total_size_in_bytes{cls="$cls"} / etcd_server_quota_backend_bytes{cls="$cls"})`, "").warn(0.5, 0.8),
				stat("Keys", "none", `max(etcd_debugging_mvcc_keys_total{cls="$cls"})`, ""),
				stat("Watchers", "none", `sum(etcd_debugging_mvcc_watcher_total{cls="$cls"})`, ""),
			}},
			{"Work", []Panel{
				graph("Who leads", "none", Q(`etcd_server_is_leader{cls="$cls"}`, "{{ins}}")),
				graph("Proposals", "ops", Q(`rate(etcd_server_proposals_committed_total{cls="$cls"}[$__rate_interval])`, "{{ins}}"), Q(`rate(etcd_server_proposals_failed_total{cls="$cls"}[$__rate_interval])`, "{{ins}} failed")),
				graph("Pending proposals", "none", Q(`etcd_server_proposals_pending{cls="$cls"}`, "{{ins}}")),
				graph("Writing to disk, slowest of a hundred", "s", Q(`etcd:ins:fsync_p99{cls="$cls"}`, "{{ins}} WAL"), Q(`etcd:ins:commit_p99{cls="$cls"}`, "{{ins}} commit")),
				graph("Size", "bytes", Q(`etcd_mvcc_db_total_size_in_bytes{cls="$cls"}`, "{{ins}}"), Q(`etcd_mvcc_db_total_size_in_use_in_bytes{cls="$cls"}`, "{{ins}} in use")),
				graph("Puts and ranges", "ops", Q(`rate(etcd_mvcc_put_total{cls="$cls"}[$__rate_interval])`, "{{ins}} puts"), Q(`rate(etcd_mvcc_range_total{cls="$cls"}[$__rate_interval])`, "{{ins}} ranges")),
				graph("Sent to clients", "Bps", Q(`rate(etcd_network_client_grpc_sent_bytes_total{cls="$cls"}[$__rate_interval])`, "{{ins}}")),
				graph("Received from clients", "Bps", Q(`rate(etcd_network_client_grpc_received_bytes_total{cls="$cls"}[$__rate_interval])`, "{{ins}}")),
				graph("Memory", "bytes", Q(`process_resident_memory_bytes{job="etcd", cls="$cls"}`, "{{ins}}")),
			}},
			complaints(`job:=etcd cls:="$cls"`),
		},
	}
}

func redis() Dashboard {
	return Dashboard{
		UID: "redis", Title: "Redis", Vars: []Var{{Name: "cls", Label: "cls", Of: "redis_up"}},
		Rows: []Row{
			{"$cls", []Panel{
				stat("Instances that answer", "none", `sum(redis_up{cls="$cls"})`, ""),
				stat("Commands", "ops", `sum(redis:ins:ops{cls="$cls"})`, ""),
				stat("Clients", "none", `sum(redis_connected_clients{cls="$cls"})`, ""),
				stat("Memory", "bytes", `sum(redis_memory_used_bytes{cls="$cls"})`, ""),
				stat("Keys", "none", `sum(redis_db_keys{cls="$cls"}) or vector(0)`, ""),
				stat("Up for", "s", `min(redis_uptime_in_seconds{cls="$cls"})`, ""),
			}},
			{"Work", []Panel{
				graph("Commands", "ops", Q(`redis:ins:ops{cls="$cls"}`, "{{ins}}")),
				graph("Clients", "none", Q(`redis_connected_clients{cls="$cls"}`, "{{ins}}"), Q(`redis_blocked_clients{cls="$cls"}`, "{{ins}} blocked")),
				graph("Memory", "bytes", Q(`redis_memory_used_bytes{cls="$cls"}`, "{{ins}}")),
				graph("Received", "Bps", Q(`rate(redis_net_input_bytes_total{cls="$cls"}[$__rate_interval])`, "{{ins}}")),
				graph("Sent", "Bps", Q(`rate(redis_net_output_bytes_total{cls="$cls"}[$__rate_interval])`, "{{ins}}")),
				graph("Turned away", "ops", Q(`rate(redis_rejected_connections_total{cls="$cls"}[$__rate_interval])`, "{{ins}}")),
			}},
			complaints(`job:=redis cls:="$cls"`),
		},
	}
}

func minio() Dashboard {
	return Dashboard{
		UID: "minio", Title: "MinIO", Vars: []Var{{Name: "cls", Label: "cls", Of: `up{job="minio"}`}},
		Rows: []Row{
			{"$cls", []Panel{
				stat("Nodes that answer", "none", `sum(up{job="minio", cls="$cls"})`, ""),
				stat("Nodes, as they see each other", "none", `min(minio_cluster_health_nodes_online_count{cls="$cls"})`, ""),
				stat("Drives online", "none", `min(minio_cluster_health_drives_online_count{cls="$cls"})`, ""),
				stat("Drives in all", "none", `max(minio_cluster_health_drives_count{cls="$cls"})`, ""),
				stat("Drives that may still fail", "none", `min(minio_cluster_erasure_set_online_drives_count{cls="$cls"} - minio_cluster_erasure_set_write_quorum{cls="$cls"})`, "").warn(1, 0),
				stat("Used", "percentunit", `minio:cls:usage{cls="$cls"}`, "").warn(0.8, 0.9),
			}},
			{"Work", []Panel{
				graph("Requests", "ops", Q(`sum by (ins) (rate(minio_api_requests_total{cls="$cls"}[$__rate_interval]))`, "{{ins}}")),
				graph("Requests by kind", "ops", Q(`sum by (name) (rate(minio_api_requests_total{cls="$cls"}[$__rate_interval]))`, "{{name}}")),
				graph("Processors", "s", Q(`rate(minio_system_process_cpu_total_seconds{cls="$cls"}[$__rate_interval])`, "{{ins}}")),
				graph("Received from clients", "Bps", Q(`sum by (ins) (rate(minio_api_requests_traffic_received_bytes{cls="$cls"}[$__rate_interval]))`, "{{ins}}")),
				graph("Sent to clients", "Bps", Q(`sum by (ins) (rate(minio_api_requests_traffic_sent_bytes{cls="$cls"}[$__rate_interval]))`, "{{ins}}")),
				graph("Memory", "bytes", Q(`minio_system_process_resident_memory_bytes{cls="$cls"}`, "{{ins}}")),
			}},
			{"Drives", []Panel{
				graph("Free", "bytes", Q(`minio_system_drive_free_bytes{cls="$cls"}`, "{{ins}} {{drive}}")),
				graph("Used", "bytes", Q(`minio_system_drive_used_bytes{cls="$cls"}`, "{{ins}} {{drive}}")),
				graph("Files open", "none", Q(`minio_system_process_file_descriptor_open_total{cls="$cls"}`, "{{ins}}")),
			}},
			complaints(`job:=minio cls:="$cls"`),
		},
	}
}
