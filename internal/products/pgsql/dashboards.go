package pgsql

import "pig/internal/dashboard"

// Dashboards are one for a cluster, one for an instance, one for its connection pool.
func (Product) Dashboards() []dashboard.Dashboard {
	return []dashboard.Dashboard{clusterDashboard(), instanceDashboard(), poolDashboard()}
}

func clusterDashboard() dashboard.Dashboard {
	return dashboard.Dashboard{
		UID: "pgsql-cluster", Title: "PostgreSQL: cluster", Vars: []dashboard.Var{{Name: "cls", Label: "cls", Of: "pg_up"}},
		Rows: []dashboard.Row{
			{Title: "$cls", Panels: []dashboard.Panel{
				dashboard.Stat("Leaders", "none", `pg:cls:leaders{cls="$cls"}`, "").Levels(1, 0),
				dashboard.Stat("Members running", "none", `pg:cls:members{cls="$cls"}`, ""),
				dashboard.Stat("Timeline", "none", `max(patroni_postgres_timeline{cls="$cls"})`, ""),
				dashboard.Stat("Transactions", "ops", `pg:cls:xacts{cls="$cls"}`, ""),
				dashboard.Stat("Size", "bytes", `sum(max by (datname) (pg_db_size_bytes{cls="$cls"}))`, ""),
				dashboard.Stat("Paused", "none", `max(patroni_is_paused{cls="$cls"})`, "").Levels(1, 1).Said("no", "yes"),
			}},
			{Title: "Roles", Panels: []dashboard.Panel{
				dashboard.Graph("Leader", "none", dashboard.Q(`patroni_primary{cls="$cls"} > 0 or patroni_standby_leader{cls="$cls"} > 0`, "{{ins}}")),
				dashboard.Graph("PostgreSQL running", "none", dashboard.Q(`patroni_postgres_running{cls="$cls"}`, "{{ins}}")),
				dashboard.Graph("Time since last contact with etcd", "s", dashboard.Q(`time() - patroni_dcs_last_seen{cls="$cls"}`, "{{ins}}")),
			}},
			{Title: "Load", Panels: []dashboard.Panel{
				dashboard.Graph("Transactions by member", "ops", dashboard.Q(`pg:ins:xacts{cls="$cls"}`, "{{ins}}")),
				dashboard.Graph("Sessions by member", "none", dashboard.Q(`pg:ins:sessions{cls="$cls"}`, "{{ins}}")),
				dashboard.Graph("Pool clients", "none", dashboard.Q(`pgbouncer:ins:clients{cls="$cls"}`, "{{ins}}")),
			}},
			{Title: "Replication", Panels: []dashboard.Panel{
				dashboard.Graph("Replication lag", "bytes", dashboard.Q(`pg:ins:lag_bytes{cls="$cls"}`, "{{ins}}")),
				dashboard.Graph("Replication lag reported by the leader", "bytes", dashboard.Q(`max by (name) (pg_downstream_lag_bytes{cls="$cls"})`, "{{name}}")),
				dashboard.Graph("WAL rate", "Bps", dashboard.Q(`pg:ins:wal_rate{cls="$cls"}`, "{{ins}}")),
				dashboard.Graph("WAL retained by replication slots", "bytes", dashboard.Q(`max by (ins, name) (pg_slot_retained_bytes{cls="$cls"})`, "{{ins}} {{name}}")),
				dashboard.Graph("Replay delay", "s", dashboard.Q(`pg_node_replay_delay_seconds{cls="$cls"}`, "{{ins}}")),
				dashboard.Graph("Archived WAL segments", "none", dashboard.Q(`increase(pg_archive_archived_count{cls="$cls"}[5m])`, "{{ins}}"), dashboard.Q(`increase(pg_archive_failed_count{cls="$cls"}[5m])`, "{{ins}} failed")),
			}},
			{Title: "Services", Panels: []dashboard.Panel{
				dashboard.Graph("Sessions", "none", dashboard.Q(`haproxy:svc:sessions{cls="$cls"}`, "{{proxy}}")),
				dashboard.Graph("Session rate", "ops", dashboard.Q(`haproxy:svc:session_rate{cls="$cls"}`, "{{proxy}}")),
				dashboard.Graph("Connection errors", "ops", dashboard.Q(`haproxy:svc:errors{cls="$cls"}`, "{{proxy}}")),
			}},
			{Title: "Distributed database", Panels: []dashboard.Panel{
				dashboard.Graph("Shards", "none", dashboard.Q(`max by (datname) (pg_citus_shards{cls="$cls"})`, "{{datname}}")),
			}},
			{Title: "Hosts", Panels: []dashboard.Panel{
				dashboard.Graph("CPU usage", "percentunit", dashboard.Q(`node:cpu:usage{cls="$cls"}`, "{{ins}}")).UpTo(1),
				dashboard.Graph("Memory usage", "percentunit", dashboard.Q(`node:mem:usage{cls="$cls"}`, "{{ins}}")).UpTo(1),
				dashboard.Graph("Disk usage", "percentunit", dashboard.Q(`node:fs:usage{cls="$cls"}`, "{{ins}} {{mountpoint}}")).UpTo(1),
			}},
			dashboard.Warnings(`job:in(postgres, patroni, pgbouncer, pgbackrest) cls:="$cls"`),
		},
	}
}

func instanceDashboard() dashboard.Dashboard {
	return dashboard.Dashboard{
		UID: "pgsql-instance", Title: "PostgreSQL: instance", Vars: []dashboard.Var{{Name: "ins", Label: "ins", Of: "pg_up"}},
		Rows: []dashboard.Row{
			{Title: "$ins", Panels: []dashboard.Panel{
				dashboard.Stat("Up", "none", `min(pg_up{ins="$ins"})`, "").Levels(1, 0),
				dashboard.Stat("Role", "none", `patroni_primary{ins="$ins"}`, "").Said("replica", "leader"),
				dashboard.Stat("Uptime", "s", `pg_node_uptime_seconds{ins="$ins"}`, ""),
				dashboard.Stat("Connections used", "percentunit", `pg:ins:session_usage{ins="$ins"}`, "").Levels(0.7, 0.85),
				dashboard.Stat("Size", "bytes", `pg:ins:size_bytes{ins="$ins"}`, ""),
				dashboard.Stat("Pending restart", "none", `pg_node_pending_restart{ins="$ins"}`, "").Levels(1, 10),
			}},
			{Title: "Activity", Panels: []dashboard.Panel{
				dashboard.Graph("Transactions", "ops", dashboard.Q(`pg:db:xacts{ins="$ins"}`, "{{datname}}")),
				dashboard.Graph("Rollbacks", "ops", dashboard.Q(`rate(pg_stat_database_xact_rollback{ins="$ins"}[$__rate_interval])`, "{{datname}}")),
				dashboard.Graph("Rows", "ops",
					dashboard.Q(`sum(rate(pg_stat_database_tup_fetched{ins="$ins"}[$__rate_interval]))`, "fetched"), dashboard.Q(`sum(rate(pg_stat_database_tup_inserted{ins="$ins"}[$__rate_interval]))`, "inserted"),
					dashboard.Q(`sum(rate(pg_stat_database_tup_updated{ins="$ins"}[$__rate_interval]))`, "updated"), dashboard.Q(`sum(rate(pg_stat_database_tup_deleted{ins="$ins"}[$__rate_interval]))`, "deleted")),
				dashboard.Graph("Connections by state", "none", dashboard.Q(`sum by (state) (pg_session_count{ins="$ins"})`, "{{state}}")),
				dashboard.Graph("Oldest transaction", "s", dashboard.Q(`max by (state) (pg_session_max_xact_seconds{ins="$ins"})`, "{{state}}")),
				dashboard.Graph("Locks", "none", dashboard.Q(`pg_wait_locks{ins="$ins"}`, "locks"), dashboard.Q(`pg_wait_blocked_locks{ins="$ins"}`, "blocked")),
			}},
			{Title: "Memory and disk", Panels: []dashboard.Panel{
				dashboard.Graph("Buffer cache hit ratio", "percentunit", dashboard.Q(`pg:ins:hit_ratio{ins="$ins"}`, "hit ratio")).UpTo(1),
				dashboard.Graph("Blocks read", "ops", dashboard.Q(`sum(rate(pg_stat_database_blks_read{ins="$ins"}[$__rate_interval]))`, "read")),
				dashboard.Graph("Temporary files", "Bps", dashboard.Q(`rate(pg_stat_database_temp_bytes{ins="$ins"}[$__rate_interval])`, "{{datname}}")),
				dashboard.Graph("Checkpoints", "none", dashboard.Q(`increase(pg_checkpoint_timed{ins="$ins"}[15m])`, "timed"), dashboard.Q(`increase(pg_checkpoint_requested{ins="$ins"}[15m])`, "requested")),
				dashboard.Graph("Buffers written by checkpoints", "ops", dashboard.Q(`rate(pg_checkpoint_buffers{ins="$ins"}[$__rate_interval])`, "buffers")),
				dashboard.Graph("WAL rate", "Bps", dashboard.Q(`pg:ins:wal_rate{ins="$ins"}`, "written or replayed")),
			}},
			{Title: "Databases and tables", Panels: []dashboard.Panel{
				dashboard.Graph("Database size", "bytes", dashboard.Q(`pg_db_size_bytes{ins="$ins"}`, "{{datname}}")),
				dashboard.Graph("Transaction ID age", "none", dashboard.Q(`pg_db_xid_age{ins="$ins"}`, "{{datname}}")),
				dashboard.Graph("Deadlocks", "none", dashboard.Q(`increase(pg_stat_database_deadlocks{ins="$ins"}[5m])`, "{{datname}}")),
				dashboard.Table("Largest tables", dashboard.Q(`topk(20, pg_table_size_bytes{ins="$ins"})`, "")),
				dashboard.Table("Tables with most dead rows", dashboard.Q(`topk(20, pg_table_dead_rows{ins="$ins"})`, "")),
			}},
			dashboard.Warnings(`job:in(postgres, patroni, pgbouncer, pgbackrest) ins:="$ins"`),
		},
	}
}

func poolDashboard() dashboard.Dashboard {
	return dashboard.Dashboard{
		UID: "pgbouncer", Title: "Pgbouncer", Vars: []dashboard.Var{{Name: "ins", Label: "ins", Of: "pgbouncer_up"}},
		Rows: []dashboard.Row{
			{Title: "$ins", Panels: []dashboard.Panel{
				dashboard.Stat("Up", "none", `pgbouncer_up{ins="$ins"}`, "").Levels(1, 0),
				dashboard.Stat("Clients", "none", `pgbouncer:ins:clients{ins="$ins"}`, ""),
				dashboard.Stat("Server connections", "none", `pgbouncer:ins:servers{ins="$ins"}`, ""),
				dashboard.Stat("Clients waiting", "none", `sum(pgbouncer_pools_client_waiting_connections{ins="$ins"})`, "").Levels(1, 10),
				dashboard.Stat("Longest wait", "s", `max(pgbouncer_pools_client_maxwait_seconds{ins="$ins"})`, "").Levels(1, 5),
				dashboard.Stat("Pools", "none", `pgbouncer_pools{ins="$ins"}`, ""),
			}},
			{Title: "Pools", Panels: []dashboard.Panel{
				dashboard.Graph("Active clients", "none", dashboard.Q(`pgbouncer_pools_client_active_connections{ins="$ins"}`, "{{database}} {{user}}")),
				dashboard.Graph("Waiting clients", "none", dashboard.Q(`pgbouncer_pools_client_waiting_connections{ins="$ins"}`, "{{database}} {{user}}")),
				dashboard.Graph("Server connections", "none", dashboard.Q(`sum(pgbouncer_pools_server_active_connections{ins="$ins"})`, "active"), dashboard.Q(`sum(pgbouncer_pools_server_idle_connections{ins="$ins"})`, "idle"), dashboard.Q(`sum(pgbouncer_pools_server_used_connections{ins="$ins"})`, "used")),
				dashboard.Graph("Queries", "ops", dashboard.Q(`rate(pgbouncer_stats_queries_pooled_total{ins="$ins"}[$__rate_interval])`, "{{database}}")),
				dashboard.Graph("Transactions", "ops", dashboard.Q(`rate(pgbouncer_stats_sql_transactions_pooled_total{ins="$ins"}[$__rate_interval])`, "{{database}}")),
				dashboard.Graph("Query time", "s", dashboard.Q(`rate(pgbouncer_stats_queries_duration_seconds_total{ins="$ins"}[$__rate_interval])`, "{{database}}")),
				dashboard.Graph("Received", "Bps", dashboard.Q(`rate(pgbouncer_stats_received_bytes_total{ins="$ins"}[$__rate_interval])`, "{{database}}")),
				dashboard.Graph("Sent", "Bps", dashboard.Q(`rate(pgbouncer_stats_sent_bytes_total{ins="$ins"}[$__rate_interval])`, "{{database}}")),
				dashboard.Graph("Client wait time", "s", dashboard.Q(`rate(pgbouncer_stats_client_wait_seconds_total{ins="$ins"}[$__rate_interval])`, "{{database}}")),
			}},
		},
	}
}
