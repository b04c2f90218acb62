package dashboard

func pgbouncer() Dashboard {
	return Dashboard{
		UID: "pgbouncer", Title: "Pgbouncer", Vars: []Var{{Name: "ins", Label: "ins", Of: "pgbouncer_up"}},
		Rows: []Row{
			{"$ins", []Panel{
				stat("Answers", "none", `pgbouncer_up{ins="$ins"}`, "").warn(1, 0),
				stat("Clients", "none", `pgbouncer:ins:clients{ins="$ins"}`, ""),
				stat("Servers", "none", `pgbouncer:ins:servers{ins="$ins"}`, ""),
				stat("Waiting", "none", `sum(pgbouncer_pools_client_waiting_connections{ins="$ins"})`, "").warn(1, 10),
				stat("Longest wait", "s", `max(pgbouncer_pools_client_maxwait_seconds{ins="$ins"})`, "").warn(1, 5),
				stat("Pools", "none", `pgbouncer_pools{ins="$ins"}`, ""),
			}},
			{"Pools", []Panel{
				graph("Clients at work", "none", Q(`pgbouncer_pools_client_active_connections{ins="$ins"}`, "{{database}} {{user}}")),
				graph("Clients that wait", "none", Q(`pgbouncer_pools_client_waiting_connections{ins="$ins"}`, "{{database}} {{user}}")),
				graph("Servers", "none", Q(`sum(pgbouncer_pools_server_active_connections{ins="$ins"})`, "at work"), Q(`sum(pgbouncer_pools_server_idle_connections{ins="$ins"})`, "idle"), Q(`sum(pgbouncer_pools_server_used_connections{ins="$ins"})`, "to be checked")),
				graph("Queries", "ops", Q(`rate(pgbouncer_stats_queries_pooled_total{ins="$ins"}[$__rate_interval])`, "{{database}}")),
				graph("Transactions", "ops", Q(`rate(pgbouncer_stats_sql_transactions_pooled_total{ins="$ins"}[$__rate_interval])`, "{{database}}")),
				graph("Time in queries", "s", Q(`rate(pgbouncer_stats_queries_duration_seconds_total{ins="$ins"}[$__rate_interval])`, "{{database}}")),
				graph("Received", "Bps", Q(`rate(pgbouncer_stats_received_bytes_total{ins="$ins"}[$__rate_interval])`, "{{database}}")),
				graph("Sent", "Bps", Q(`rate(pgbouncer_stats_sent_bytes_total{ins="$ins"}[$__rate_interval])`, "{{database}}")),
				graph("Waiting of clients", "s", Q(`rate(pgbouncer_stats_client_wait_seconds_total{ins="$ins"}[$__rate_interval])`, "{{database}}")),
			}},
		},
	}
}

func haproxy() Dashboard {
	return Dashboard{
		UID: "haproxy", Title: "HAProxy", Vars: []Var{{Name: "ins", Label: "ins", Of: "haproxy_process_uptime_seconds"}},
		Rows: []Row{
			{"$ins", []Panel{
				stat("Up for", "s", `haproxy_process_uptime_seconds{ins="$ins"}`, ""),
				stat("Connections", "none", `haproxy_process_current_connections{ins="$ins"}`, ""),
				stat("Services", "none", `count(haproxy_frontend_status{ins="$ins", state="UP", proxy!="stats"})`, ""),
				stat("Services without a server", "none", `count(haproxy_backend_status{ins="$ins", state="UP", proxy!="stats"} == 0) or vector(0)`, "").warn(1, 1),
				stat("Idle", "percent", `haproxy_process_idle_time_percent{ins="$ins"}`, ""),
				stat("Limit of connections", "none", `haproxy_process_max_connections{ins="$ins"}`, ""),
			}},
			{"Services", []Panel{
				graph("Sessions", "none", Q(`haproxy_frontend_current_sessions{ins="$ins", proxy!="stats"}`, "{{proxy}}")),
				graph("New sessions", "ops", Q(`rate(haproxy_frontend_sessions_total{ins="$ins", proxy!="stats"}[$__rate_interval])`, "{{proxy}}")),
				graph("Queue", "none", Q(`haproxy_backend_current_queue{ins="$ins", proxy!="stats"}`, "{{proxy}}")),
				graph("Received", "Bps", Q(`rate(haproxy_frontend_bytes_in_total{ins="$ins", proxy!="stats"}[$__rate_interval])`, "{{proxy}}")),
				graph("Sent", "Bps", Q(`rate(haproxy_frontend_bytes_out_total{ins="$ins", proxy!="stats"}[$__rate_interval])`, "{{proxy}}")),
				graph("Errors of connections", "ops", Q(`rate(haproxy_backend_connection_errors_total{ins="$ins", proxy!="stats"}[$__rate_interval])`, "{{proxy}}")),
			}},
			{"Servers", []Panel{
				table("Servers that are up", Q(`haproxy_server_status{ins="$ins", state="UP"} == 1`, "")),
				graph("Sessions of servers", "none", Q(`haproxy_server_current_sessions{ins="$ins"}`, "{{proxy}} {{server}}")).wide(12),
				graph("Failed checks", "none", Q(`increase(haproxy_server_check_failures_total{ins="$ins"}[5m])`, "{{proxy}} {{server}}")).wide(12),
				graph("Duration of checks", "s", Q(`haproxy_server_check_duration_seconds{ins="$ins"}`, "{{proxy}} {{server}}")).wide(12),
			}},
		},
	}
}
