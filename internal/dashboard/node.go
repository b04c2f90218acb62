package dashboard

func node() Dashboard {
	return Dashboard{
		UID: "node", Title: "Node", Vars: []Var{{Name: "ins", Label: "ins", Of: `up{job="node"}`}},
		Rows: []Row{
			{"$ins", []Panel{
				stat("Answers", "none", `max(up{job="node", ins="$ins"})`, "").warn(1, 0),
				stat("Up for", "s", `time() - node_boot_time_seconds{ins="$ins"}`, ""),
				stat("Processors", "none", `node:cpu:count{ins="$ins"}`, ""),
				stat("Memory", "bytes", `node_memory_MemTotal_bytes{ins="$ins"}`, ""),
				stat("Load", "percentunit", `node:load:ratio{ins="$ins"}`, "").warn(1, 4),
				stat("Ping", "s", `probe_duration_seconds{job="ping", ins="$ins"}`, ""),
			}},
			{"Processors and memory", []Panel{
				graph("Processors", "percentunit", Q(`avg by (mode) (rate(node_cpu_seconds_total{ins="$ins", mode!="idle"}[$__rate_interval]))`, "{{mode}}")).upTo(1),
				graph("Load", "none", Q(`node_load1{ins="$ins"}`, "1 minute"), Q(`node_load5{ins="$ins"}`, "5 minutes"), Q(`node_load15{ins="$ins"}`, "15 minutes")),
				graph("Memory", "bytes", Q(`node_memory_MemTotal_bytes{ins="$ins"} - node_memory_MemAvailable_bytes{ins="$ins"}`, "in use"), Q(`node_memory_Cached_bytes{ins="$ins"}`, "cache"), Q(`node_memory_Dirty_bytes{ins="$ins"}`, "to be written")),
				graph("Waiting for", "percentunit", Q(`rate(node_pressure_cpu_waiting_seconds_total{ins="$ins"}[$__rate_interval])`, "processors"), Q(`rate(node_pressure_io_waiting_seconds_total{ins="$ins"}[$__rate_interval])`, "disks"), Q(`rate(node_pressure_memory_waiting_seconds_total{ins="$ins"}[$__rate_interval])`, "memory")),
				graph("Context switches", "ops", Q(`rate(node_context_switches_total{ins="$ins"}[$__rate_interval])`, "switches")),
				graph("Processes", "none", Q(`node_procs_running{ins="$ins"}`, "running"), Q(`node_procs_blocked{ins="$ins"}`, "blocked")),
			}},
			{"Disks", []Panel{
				Panel{Title: "Full", Kind: Bars, Unit: "percentunit", Queries: []Query{Q(`node:fs:usage{ins="$ins"}`, "{{mountpoint}}")}}.upTo(1).warn(0.8, 0.9),
				graph("Free", "bytes", Q(`min by (mountpoint) (node_filesystem_avail_bytes{ins="$ins", fstype!~"tmpfs|ramfs"})`, "{{mountpoint}}")),
				graph("Busy", "percentunit", Q(`node:disk:util{ins="$ins"}`, "{{device}}")).upTo(1),
				graph("Read", "Bps", Q(`rate(node_disk_read_bytes_total{ins="$ins"}[$__rate_interval])`, "{{device}}")),
				graph("Written", "Bps", Q(`rate(node_disk_written_bytes_total{ins="$ins"}[$__rate_interval])`, "{{device}}")),
				graph("Operations", "iops", Q(`rate(node_disk_reads_completed_total{ins="$ins"}[$__rate_interval])`, "{{device}} reads"), Q(`rate(node_disk_writes_completed_total{ins="$ins"}[$__rate_interval])`, "{{device}} writes")),
			}},
			{"Network", []Panel{
				graph("Received", "Bps", Q(`node:net:rx{ins="$ins"}`, "received")),
				graph("Sent", "Bps", Q(`node:net:tx{ins="$ins"}`, "sent")),
				graph("Connections", "none", Q(`node_netstat_Tcp_CurrEstab{ins="$ins"}`, "established"), Q(`node_sockstat_TCP_tw{ins="$ins"}`, "time wait")),
				graph("Sent again", "percentunit", Q(`node:tcp:retrans{ins="$ins"}`, "retransmitted")),
				graph("Dropped", "pps", Q(`sum(rate(node_network_receive_drop_total{ins="$ins"}[$__rate_interval]))`, "received"), Q(`sum(rate(node_network_transmit_drop_total{ins="$ins"}[$__rate_interval]))`, "sent")),
				graph("Listen queues", "ops", Q(`rate(node_netstat_TcpExt_ListenOverflows{ins="$ins"}[$__rate_interval])`, "overflows"), Q(`rate(node_netstat_TcpExt_ListenDrops{ins="$ins"}[$__rate_interval])`, "drops")),
			}},
			complaints(`job:=syslog ins:="$ins"`),
		},
	}
}
