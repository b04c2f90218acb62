package law

import "math/rand/v2"

type draw = func(*rand.Rand) any

// knobs are what random inventories differ in.
var knobs = []knob{
	{"", "", "infra_portal", record(map[string]any{"home": map[string]any{"domain": "i.pigsty"}}, map[string]func(*rand.Rand) any{
		"wiki":  record(map[string]any{"domain": "w.pigsty"}, map[string]draw{"endpoint": is("10.10.10.11:8080", "10.10.10.12:8080"), "websocket": is(true), "enforce_https": is(true)}),
		"files": record(map[string]any{"domain": "f.pigsty", "path": "/www/files"}, map[string]draw{"index": is(true, false)}),
	})},
	{"", "", "nginx_port", is(80, 8080)},
	{"", "", "nginx_sslmode", is("enable", "enforce", "disable")},
	{"", "", "dns_records", some("10.10.10.10 i.pigsty", "10.10.10.11 a.pigsty", "10.10.10.12 b.pigsty c.pigsty")},
	{"", "", "vmetrics_scrape_interval", is("10s", "15s", "30s")},
	{"", "", "vmetrics_options", is("-retentionPeriod=15d -promscrape.fileSDCheckInterval=5s", "-retentionPeriod=30d")},
	{"", "", "alertmanager_port", is(9059, 9093)},
	{"", "", "infra_extra_services", some(map[string]any{"name": "Wiki", "url": "http://w.pigsty"}, map[string]any{"name": "Files", "url": "/files/"})},

	{"pg-test", "", "node_crontab", some("00 03 * * * root /usr/bin/true", "30 04 * * 1 root /usr/bin/false")},
	{"", "", "node_etc_hosts", some("10.10.10.10 sss.pigsty", "10.10.10.11 a.pigsty", "10.10.10.12 b.pigsty")},
	{"", "", "node_sysctl_params", is(map[string]any{"fs.nr_open": 8388608}, map[string]any{"vm.swappiness": 1}, map[string]any{"vm.swappiness": 10, "net.core.somaxconn": 65535})},
	{"", "", "node_ntp_servers", is([]any{"pool pool.ntp.org iburst"}, []any{"server 10.10.10.10 iburst"})},
	{"", "", "node_aliases", is(map[string]any{"k": "ls -l"}, map[string]any{"k": "ls", "v": "vi"}, map[string]any{})},
	{"", "", "node_exporter_port", is(9100, 9102)},
	{"", "", "node_admin_sudo", is("nopass", "all", "limit")},
	{"", "", "node_dns_options", is([]any{"options single-request-reopen timeout:1"}, []any{"options timeout:2"})},
	{"", "", "haproxy_client_timeout", is("24h", "1h")},
	{"", "", "haproxy_exporter_port", is(9101, 9111)},
	{"pg-test", "", "haproxy_services", numbered(7001, "port", records("name", []string{"app", "api"}, map[string]draw{
		"balance": is("roundrobin", "leastconn"), "protocol": is("tcp", "http"), "maxconn": is(100, 3000),
	}, map[string]any{"servers": []any{map[string]any{"name": "one", "ip": "10.10.10.11", "port": 8001}, map[string]any{"name": "two", "ip": "10.10.10.12", "port": 8001, "backup": true}}}))},
	{"", "", "vector_read_from", is("beginning", "end")},

	{"etcd", "", "etcd_election_timeout", is(1000, 2000)},
	{"minio", "", "minio_buckets", records("name", []string{"pgsql", "logs", "attic"}, map[string]draw{"versioning": is(true)}, nil)},
	{"minio", "", "minio_extra_vars", is("", "MINIO_BROWSER=off")},
	{"minio", "", "minio_users", records("access_key", []string{"reader", "writer"}, map[string]draw{"policy": is("readonly", "readwrite")}, map[string]any{"secret_key": "S3User.Random"})},

	{"redis-ms", "", "redis_max_memory", is("64MB", "128MB")},
	{"redis-ms", "", "redis_mem_policy", is("allkeys-lru", "noeviction")},
	{"redis-ms", "", "redis_aof_enabled", is(true, false)},
	{"redis-ms", "", "redis_rdb_save", is([]any{"1200 1"}, []any{"60 100", "3600 1"}, []any{})},

	{"pg-test", "", "pg_users", records("name", []string{"app", "batch", "report", "auditor"}, map[string]draw{
		"pgbouncer": is(true, false), "roles": some("dbrole_readonly", "dbrole_readwrite", "dbrole_admin", "dbrole_offline"), "comment": is("of an application", "it's \"quoted\" \\ and more", ""),
		"createdb": is(true, false), "connlimit": is(-1, 10, 50), "pool_mode": is("session", "transaction"), "pool_connlimit": is(5, 20),
		"parameters": is(map[string]any{"work_mem": "8MB"}, map[string]any{"search_path": "app, public", "work_mem": "4MB"}), "bypassrls": is(true, false), "login": is(true, false), "expire_at": is("2030-01-01", "infinity"),
		"password": is("P4ss.One", "P4ss.Two"), "createrole": is(false, true), "inherit": is(true, false), "replication": is(false, true),
	}, nil)},
	{"pg-test", "", "pg_databases", records("name", []string{"app", "shop", "stats"}, map[string]draw{
		"comment": is("a database", "it's another"), "schemas": some("core", "audit", map[string]any{"name": "old", "owner": "dbuser_dba"}), "extensions": some("pg_trgm", "hstore", map[string]any{"name": "citext", "schema": "public"}),
		"revokeconn": is(true, false), "connlimit": is(-1, 100), "parameters": is(map[string]any{"work_mem": "8MB"}, map[string]any{"statement_timeout": "10s"}), "pgbouncer": is(true, false),
		"pool_mode": is("session", "transaction"), "pool_size": is(10, 20), "owner": is("postgres", "dbuser_dba"), "register_datasource": is(true, false), "allowconn": is(true), "pool_reserve": is(3, 6),
	}, nil)},
	{"pg-test", "", "pg_hba_rules", some(map[string]any{"user": "all", "db": "all", "addr": "10.0.0.0/8", "auth": "ssl", "title": "all of ours"}, map[string]any{"user": "dbuser_dba", "db": "postgres", "addr": "intra", "auth": "pwd", "role": "primary"},
		map[string]any{"user": "+dbrole_offline", "db": "all", "addr": "infra", "auth": "pwd", "role": "offline", "order": 120})},
	{"pg-test", "", "pgb_hba_rules", some(map[string]any{"user": "dbuser_dba", "db": "all", "addr": "infra", "auth": "pwd", "title": "from the infra nodes"})},
	{"pg-test", "", "pg_parameters", is(map[string]any{"work_mem": "16MB"}, map[string]any{"log_min_duration_statement": "500ms", "work_mem": "8MB"}, map[string]any{"max_connections": 150}, map[string]any{"shared_buffers": "256MB"}, map[string]any{})},
	{"pg-test", "", "pg_max_conn", is("auto", 200)},
	{"pg-test", "", "pg_rto", is("fast", "norm", "safe")},
	{"pg-test", "", "pg_rpo", is(1048576, 0)},
	{"pg-test", "", "pg_services", numbered(5441, "port", records("name", []string{"standby", "reader"}, map[string]draw{
		"check": is("/sync", "/read-only"), "dest": is("postgres", "pgbouncer", 5432), "balance": is("leastconn"), "maxconn": is(100), "backup": is("[? pg_role == `primary`]"),
	}, map[string]any{"selector": "[]"}))},
	{"pg-test", "", "pg_default_service_dest", is("pgbouncer", "postgres")},
	{"pg-test", "10.10.10.12", "pg_role", is("replica", "offline")},
	{"pg-test", "10.10.10.12", "pg_weight", is(100, 50, 0)},
	{"pg-test", "10.10.10.12", "pg_offline_query", is(true, false)},
	{"pg-test", "", "pgbouncer_poolmode", is("transaction", "session")},
	{"pg-test", "", "pgbouncer_ignore_param", is([]any{"extra_float_digits"}, []any{"extra_float_digits", "search_path"})},
	{"pg-test", "", "pg_crontab", some("00 01 * * * /pg/bin/pg-backup full", "00 05 * * * /pg/bin/pg-vacuum")},
	{"pg-test", "", "pg_exporter_options", is("", "--log.level=debug")},
	{"pg-test", "", "pg_exporter_exclude_database", is("template0,template1,postgres", "template0,template1")},
	{"pg-test", "", "pgbackrest_repo", is(map[string]any{"local": map[string]any{"path": "/pg/backup", "retention_full_type": "count", "retention_full": 3}}, nil)},
	{"pg-test", "", "pg_dns_suffix", is("", ".local")},
	{"pg-test", "", "pg_dummy_filesize", is("64MiB", "32MiB")},
}
