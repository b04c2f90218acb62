package node

import (
	"regexp"
	"slices"
	"strings"
)

// wholeSysctls are kernel parameters that hold one number, none below zero. sysctl would refuse a word on the node, in the middle of a run.
var wholeSysctls = []string{
	"fs.aio-max-nr", "fs.file-max", "fs.inotify.max_user_instances", "fs.inotify.max_user_watches", "fs.nr_open",
	"kernel.pid_max", "kernel.sched_autogroup_enabled", "kernel.shmall", "kernel.shmmax", "kernel.shmmni", "kernel.threads-max",
	"net.core.netdev_max_backlog", "net.core.rmem_default", "net.core.rmem_max", "net.core.somaxconn", "net.core.wmem_default", "net.core.wmem_max",
	"net.ipv4.ip_forward", "net.ipv4.ip_nonlocal_bind", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes",
	"net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_max_syn_backlog", "net.ipv4.tcp_max_tw_buckets", "net.ipv4.tcp_syncookies", "net.ipv4.tcp_tw_reuse",
	"net.netfilter.nf_conntrack_max",
	"vm.dirty_background_bytes", "vm.dirty_background_ratio", "vm.dirty_bytes", "vm.dirty_expire_centisecs", "vm.dirty_ratio", "vm.dirty_writeback_centisecs",
	"vm.hugetlb_shm_group", "vm.max_map_count", "vm.min_free_kbytes", "vm.nr_hugepages", "vm.nr_overcommit_hugepages", "vm.overcommit_kbytes",
	"vm.overcommit_memory", "vm.overcommit_ratio", "vm.swappiness", "vm.vfs_cache_pressure", "vm.watermark_scale_factor", "vm.zone_reclaim_mode",
}

var wholeNumber = regexp.MustCompile(`^(?:\d+|0[xX][0-9A-Fa-f]+)$`)

// wrongSysctl tells a value that a kernel parameter cannot hold. A slash in its name is a dot.
func wrongSysctl(name, val string) bool {
	return slices.Contains(wholeSysctls, strings.ReplaceAll(name, "/", ".")) && !wholeNumber.MatchString(strings.TrimSpace(val))
}
