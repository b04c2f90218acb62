package node

import "pig/internal/dashboard"

// Dashboards are one for a host, and one for its load balancer.
func (Product) Dashboards() []dashboard.Dashboard {
	return []dashboard.Dashboard{hostDashboard(), haproxyDashboard()}
}

func hostDashboard() dashboard.Dashboard {
	return dashboard.Dashboard{
		UID: "node", Title: "Host", Vars: []dashboard.Var{{Name: "ins", Label: "ins", Of: `up{job="node"}`}},
		Rows: []dashboard.Row{
			{Title: "$ins", Panels: []dashboard.Panel{
				dashboard.Stat("Up", "none", `max(up{job="node", ins="$ins"})`, "").Levels(1, 0),
				dashboard.Stat("Uptime", "s", `time() - node_boot_time_seconds{ins="$ins"}`, ""),
				dashboard.Stat("CPU cores", "none", `node:cpu:count{ins="$ins"}`, ""),
				dashboard.Stat("Memory", "bytes", `node_memory_MemTotal_bytes{ins="$ins"}`, ""),
				dashboard.Stat("Load", "percentunit", `node:load:ratio{ins="$ins"}`, "").Levels(1, 4),
				dashboard.Stat("Ping", "s", `probe_duration_seconds{job="ping", ins="$ins"}`, ""),
			}},
			{Title: "CPU and memory", Panels: []dashboard.Panel{
				dashboard.Graph("CPU usage by mode", "percentunit", dashboard.Q(`avg by (mode) (rate(node_cpu_seconds_total{ins="$ins", mode!="idle"}[$__rate_interval]))`, "{{mode}}")).UpTo(1),
				dashboard.Graph("Load", "none", dashboard.Q(`node_load1{ins="$ins"}`, "1 minute"), dashboard.Q(`node_load5{ins="$ins"}`, "5 minutes"), dashboard.Q(`node_load15{ins="$ins"}`, "15 minutes")),
				dashboard.Graph("Memory", "bytes", dashboard.Q(`node_memory_MemTotal_bytes{ins="$ins"} - node_memory_MemAvailable_bytes{ins="$ins"}`, "in use"), dashboard.Q(`node_memory_Cached_bytes{ins="$ins"}`, "cache"), dashboard.Q(`node_memory_Dirty_bytes{ins="$ins"}`, "dirty")),
				dashboard.Graph("Pressure stall", "percentunit", dashboard.Q(`rate(node_pressure_cpu_waiting_seconds_total{ins="$ins"}[$__rate_interval])`, "CPU"), dashboard.Q(`rate(node_pressure_io_waiting_seconds_total{ins="$ins"}[$__rate_interval])`, "I/O"), dashboard.Q(`rate(node_pressure_memory_waiting_seconds_total{ins="$ins"}[$__rate_interval])`, "memory")),
				dashboard.Graph("Context switches", "ops", dashboard.Q(`rate(node_context_switches_total{ins="$ins"}[$__rate_interval])`, "switches")),
				dashboard.Graph("Processes", "none", dashboard.Q(`node_procs_running{ins="$ins"}`, "running"), dashboard.Q(`node_procs_blocked{ins="$ins"}`, "blocked")),
			}},
			{Title: "Disks", Panels: []dashboard.Panel{
				dashboard.Panel{Title: "Disk usage", Kind: dashboard.Bars, Unit: "percentunit", Queries: []dashboard.Query{dashboard.Q(`node:fs:usage{ins="$ins"}`, "{{mountpoint}}")}}.UpTo(1).Levels(0.8, 0.9),
				dashboard.Graph("Disk space available", "bytes", dashboard.Q(`min by (mountpoint) (node_filesystem_avail_bytes{ins="$ins", fstype!~"tmpfs|ramfs"})`, "{{mountpoint}}")),
				dashboard.Graph("Disk utilization", "percentunit", dashboard.Q(`node:disk:util{ins="$ins"}`, "{{device}}")).UpTo(1),
				dashboard.Graph("Read throughput", "Bps", dashboard.Q(`rate(node_disk_read_bytes_total{ins="$ins"}[$__rate_interval])`, "{{device}}")),
				dashboard.Graph("Write throughput", "Bps", dashboard.Q(`rate(node_disk_written_bytes_total{ins="$ins"}[$__rate_interval])`, "{{device}}")),
				dashboard.Graph("I/O operations", "iops", dashboard.Q(`rate(node_disk_reads_completed_total{ins="$ins"}[$__rate_interval])`, "{{device}} reads"), dashboard.Q(`rate(node_disk_writes_completed_total{ins="$ins"}[$__rate_interval])`, "{{device}} writes")),
			}},
			{Title: "Network", Panels: []dashboard.Panel{
				dashboard.Graph("Received", "Bps", dashboard.Q(`node:net:rx{ins="$ins"}`, "received")),
				dashboard.Graph("Sent", "Bps", dashboard.Q(`node:net:tx{ins="$ins"}`, "sent")),
				dashboard.Graph("TCP connections", "none", dashboard.Q(`node_netstat_Tcp_CurrEstab{ins="$ins"}`, "established"), dashboard.Q(`node_sockstat_TCP_tw{ins="$ins"}`, "time wait")),
				dashboard.Graph("TCP retransmissions", "percentunit", dashboard.Q(`node:tcp:retrans{ins="$ins"}`, "retransmitted")),
				dashboard.Graph("Dropped packets", "pps", dashboard.Q(`sum(rate(node_network_receive_drop_total{ins="$ins"}[$__rate_interval]))`, "received"), dashboard.Q(`sum(rate(node_network_transmit_drop_total{ins="$ins"}[$__rate_interval]))`, "sent")),
				dashboard.Graph("Listen queue overflows", "ops", dashboard.Q(`rate(node_netstat_TcpExt_ListenOverflows{ins="$ins"}[$__rate_interval])`, "overflows"), dashboard.Q(`rate(node_netstat_TcpExt_ListenDrops{ins="$ins"}[$__rate_interval])`, "drops")),
			}},
			dashboard.Warnings(`job:=syslog ins:="$ins"`),
		},
	}
}

func haproxyDashboard() dashboard.Dashboard {
	return dashboard.Dashboard{
		UID: "haproxy", Title: "HAProxy", Vars: []dashboard.Var{{Name: "ins", Label: "ins", Of: "haproxy_process_uptime_seconds"}},
		Rows: []dashboard.Row{
			{Title: "$ins", Panels: []dashboard.Panel{
				dashboard.Stat("Uptime", "s", `haproxy_process_uptime_seconds{ins="$ins"}`, ""),
				dashboard.Stat("Connections", "none", `haproxy_process_current_connections{ins="$ins"}`, ""),
				dashboard.Stat("Services", "none", `count(haproxy_frontend_status{ins="$ins", state="UP", proxy!="stats"})`, ""),
				dashboard.Stat("Services without server", "none", `count(haproxy_backend_status{ins="$ins", state="UP", proxy!="stats"} == 0) or vector(0)`, "").Levels(1, 1),
				dashboard.Stat("Idle", "percent", `haproxy_process_idle_time_percent{ins="$ins"}`, ""),
				dashboard.Stat("Connection limit", "none", `haproxy_process_max_connections{ins="$ins"}`, ""),
			}},
			{Title: "Services", Panels: []dashboard.Panel{
				dashboard.Graph("Sessions", "none", dashboard.Q(`haproxy_frontend_current_sessions{ins="$ins", proxy!="stats"}`, "{{proxy}}")),
				dashboard.Graph("Session rate", "ops", dashboard.Q(`rate(haproxy_frontend_sessions_total{ins="$ins", proxy!="stats"}[$__rate_interval])`, "{{proxy}}")),
				dashboard.Graph("Queue", "none", dashboard.Q(`haproxy_backend_current_queue{ins="$ins", proxy!="stats"}`, "{{proxy}}")),
				dashboard.Graph("Received", "Bps", dashboard.Q(`rate(haproxy_frontend_bytes_in_total{ins="$ins", proxy!="stats"}[$__rate_interval])`, "{{proxy}}")),
				dashboard.Graph("Sent", "Bps", dashboard.Q(`rate(haproxy_frontend_bytes_out_total{ins="$ins", proxy!="stats"}[$__rate_interval])`, "{{proxy}}")),
				dashboard.Graph("Connection errors", "ops", dashboard.Q(`rate(haproxy_backend_connection_errors_total{ins="$ins", proxy!="stats"}[$__rate_interval])`, "{{proxy}}")),
			}},
			{Title: "Servers", Panels: []dashboard.Panel{
				dashboard.Table("Servers up", dashboard.Q(`haproxy_server_status{ins="$ins", state="UP"} == 1`, "")),
				dashboard.Graph("Sessions by server", "none", dashboard.Q(`haproxy_server_current_sessions{ins="$ins"}`, "{{proxy}} {{server}}")).Wide(12),
				dashboard.Graph("Failed health checks", "none", dashboard.Q(`increase(haproxy_server_check_failures_total{ins="$ins"}[5m])`, "{{proxy}} {{server}}")).Wide(12),
				dashboard.Graph("Health check duration", "s", dashboard.Q(`haproxy_server_check_duration_seconds{ins="$ins"}`, "{{proxy}} {{server}}")).Wide(12),
			}},
		},
	}
}
