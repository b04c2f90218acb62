package dashboard

func pgCluster() Dashboard {
	return Dashboard{
		UID: "pgsql-cluster", Title: "PostgreSQL: cluster", Vars: []Var{{Name: "cls", Label: "cls", Of: "pg_up"}},
		Rows: []Row{
			{"$cls", []Panel{
				stat("Leaders", "none", `pg:cls:leaders{cls="$cls"}`, "").warn(1, 0),
				stat("Members that run", "none", `pg:cls:members{cls="$cls"}`, ""),
				stat("Timeline", "none", `max(patroni_postgres_timeline{cls="$cls"})`, ""),
				stat("Transactions", "ops", `pg:cls:xacts{cls="$cls"}`, ""),
				stat("Size", "bytes", `sum(max by (datname) (pg_db_size_bytes{cls="$cls"}))`, ""),
				stat("Paused", "none", `max(patroni_is_paused{cls="$cls"})`, "").warn(1, 1),
			}},
			{"Roles", []Panel{
				graph("Who leads", "none", Q(`patroni_primary{cls="$cls"} > 0 or patroni_standby_leader{cls="$cls"} > 0`, "{{ins}}")),
				graph("Who runs", "none", Q(`patroni_postgres_running{cls="$cls"}`, "{{ins}}")),
				graph("Etcd seen ago", "s", Q(`time() - patroni_dcs_last_seen{cls="$cls"}`, "{{ins}}")),
			}},
			{"Load", []Panel{
				graph("Transactions by member", "ops", Q(`pg:ins:xacts{cls="$cls"}`, "{{ins}}")),
				graph("Sessions by member", "none", Q(`pg:ins:sessions{cls="$cls"}`, "{{ins}}")),
				graph("Clients of the pools", "none", Q(`pgbouncer:ins:clients{cls="$cls"}`, "{{ins}}")),
			}},
			{"Replication", []Panel{
				graph("Behind the leader", "bytes", Q(`pg:ins:lag_bytes{cls="$cls"}`, "{{ins}}")),
				graph("Behind, as the leader sees it", "bytes", Q(`max by (name) (pg_downstream_lag_bytes{cls="$cls"})`, "{{name}}")),
				graph("WAL", "Bps", Q(`pg:ins:wal_rate{cls="$cls"}`, "{{ins}}")),
				graph("WAL that slots keep", "bytes", Q(`max by (ins, name) (pg_slot_retained_bytes{cls="$cls"})`, "{{ins}} {{name}}")),
				graph("Delay of replay", "s", Q(`pg_node_replay_delay_seconds{cls="$cls"}`, "{{ins}}")),
				graph("WAL archived", "none", Q(`increase(pg_archive_archived_count{cls="$cls"}[5m])`, "{{ins}}"), Q(`increase(pg_archive_failed_count{cls="$cls"}[5m])`, "{{ins}} failed")),
			}},
			{"Services", []Panel{
				graph("Sessions", "none", Q(`haproxy:svc:sessions{cls="$cls"}`, "{{proxy}}")),
				graph("New sessions", "ops", Q(`haproxy:svc:session_rate{cls="$cls"}`, "{{proxy}}")),
				graph("Errors of connections", "ops", Q(`haproxy:svc:errors{cls="$cls"}`, "{{proxy}}")),
			}},
			{"Distributed database", []Panel{
				graph("Shards of the group", "none", Q(`max by (datname) (pg_citus_shards{cls="$cls"})`, "{{datname}}")),
			}},
			{"Nodes", []Panel{
				graph("Processors", "percentunit", Q(`node:cpu:usage{cls="$cls"}`, "{{ins}}")).upTo(1),
				graph("Memory", "percentunit", Q(`node:mem:usage{cls="$cls"}`, "{{ins}}")).upTo(1),
				graph("Disks", "percentunit", Q(`node:fs:usage{cls="$cls"}`, "{{ins}} {{mountpoint}}")).upTo(1),
			}},
			complaints(`job:in(postgres, patroni, pgbouncer, pgbackrest) cls:="$cls"`),
		},
	}
}

func pgInstance() Dashboard {
	return Dashboard{
		UID: "pgsql-instance", Title: "PostgreSQL: instance", Vars: []Var{{Name: "ins", Label: "ins", Of: "pg_up"}},
		Rows: []Row{
			{"$ins", []Panel{
				stat("Answers", "none", `min(pg_up{ins="$ins"})`, "").warn(1, 0),
				stat("Leads", "none", `patroni_primary{ins="$ins"}`, ""),
				stat("Up for", "s", `pg_node_uptime_seconds{ins="$ins"}`, ""),
				stat("Connections used", "percentunit", `pg:ins:session_usage{ins="$ins"}`, "").warn(0.7, 0.85),
				stat("Size", "bytes", `pg:ins:size_bytes{ins="$ins"}`, ""),
				stat("Settings that wait for a restart", "none", `pg_node_pending_restart{ins="$ins"}`, "").warn(1, 10),
			}},
			{"Work", []Panel{
				graph("Transactions", "ops", Q(`pg:db:xacts{ins="$ins"}`, "{{datname}}")),
				graph("Rolled back", "ops", Q(`rate(pg_stat_database_xact_rollback{ins="$ins"}[$__rate_interval])`, "{{datname}}")),
				graph("Rows", "ops",
					Q(`sum(rate(pg_stat_database_tup_fetched{ins="$ins"}[$__rate_interval]))`, "fetched"), Q(`sum(rate(pg_stat_database_tup_inserted{ins="$ins"}[$__rate_interval]))`, "inserted"),
					Q(`sum(rate(pg_stat_database_tup_updated{ins="$ins"}[$__rate_interval]))`, "updated"), Q(`sum(rate(pg_stat_database_tup_deleted{ins="$ins"}[$__rate_interval]))`, "deleted")),
				graph("Sessions", "none", Q(`sum by (state) (pg_session_count{ins="$ins"})`, "{{state}}")),
				graph("Oldest transaction", "s", Q(`max by (state) (pg_session_max_xact_seconds{ins="$ins"})`, "{{state}}")),
				graph("Locks", "none", Q(`pg_wait_locks{ins="$ins"}`, "locks"), Q(`pg_wait_blocked_locks{ins="$ins"}`, "waited for")),
			}},
			{"Memory and disk", []Panel{
				graph("Found in memory", "percentunit", Q(`pg:ins:hit_ratio{ins="$ins"}`, "of pages")).upTo(1),
				graph("Pages read", "ops", Q(`sum(rate(pg_stat_database_blks_read{ins="$ins"}[$__rate_interval]))`, "read")),
				graph("Temporary files", "Bps", Q(`rate(pg_stat_database_temp_bytes{ins="$ins"}[$__rate_interval])`, "{{datname}}")),
				graph("Checkpoints", "none", Q(`increase(pg_checkpoint_timed{ins="$ins"}[15m])`, "by time"), Q(`increase(pg_checkpoint_requested{ins="$ins"}[15m])`, "by need")),
				graph("Pages written by checkpoints", "ops", Q(`rate(pg_checkpoint_buffers{ins="$ins"}[$__rate_interval])`, "pages")),
				graph("WAL", "Bps", Q(`pg:ins:wal_rate{ins="$ins"}`, "written or replayed")),
			}},
			{"Databases and tables", []Panel{
				graph("Size of databases", "bytes", Q(`pg_db_size_bytes{ins="$ins"}`, "{{datname}}")),
				graph("Age of transaction identifiers", "none", Q(`pg_db_xid_age{ins="$ins"}`, "{{datname}}")),
				graph("Deadlocks", "none", Q(`increase(pg_stat_database_deadlocks{ins="$ins"}[5m])`, "{{datname}}")),
				table("Largest tables", Q(`topk(20, pg_table_size_bytes{ins="$ins"})`, "")),
				table("Most dead rows", Q(`topk(20, pg_table_dead_rows{ins="$ins"})`, "")),
			}},
			complaints(`job:in(postgres, patroni, pgbouncer, pgbackrest) ins:="$ins"`),
		},
	}
}
