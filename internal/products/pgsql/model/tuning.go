package model

import (
	"fmt"
	"math"
	"strings"

	"pig/internal/value"
)

// Template is a tuning template: what a cluster is for.
type Template string

// The templates. Crit gives up no committed data; tiny is for machines of a core or two.
const (
	OLTP Template = "oltp"
	OLAP Template = "olap"
	Crit Template = "crit"
	Tiny Template = "tiny"
)

// TemplateOf is the template that a value of pg_conf names, "" if it is none of ours.
func TemplateOf(conf string) Template {
	switch t := Template(strings.TrimSuffix(conf, ".yml")); t {
	case OLTP, OLAP, Crit, Tiny:
		return t
	}
	return ""
}

// Machine is what sizes follow from. Zero means unknown: what depends on it is then unknown, too.
type Machine struct {
	CPU   int   // node_cpu
	MemMB int   // node_mem_mb, rounded up
	Disk  int64 // bytes of the file system of pg_fs_main
	Deb   bool  // a Debian or Ubuntu
	Major int   // of the operating system's version
}

// Sizing are the parameters that sizes depend on.
type Sizing struct {
	Template          Template
	Version           int     // pg_version
	SharedBufferRatio float64 // pg_shared_buffer_ratio
	MaxConn           int     // pg_max_conn; below 20 means auto
	Pgbouncer         bool    // pg_default_service_dest is pgbouncer
	Libs              string  // pg_libs
	IOMethod          string  // pg_io_method
}

// Tune computes the settings that depend on the machine, by their names in PostgreSQL, with units where PostgreSQL wants
// them. The formulas are those of Pigsty's Patroni templates, rounding included.
func (s Sizing) Tune(m Machine) *value.Dict {
	d := value.NewDict()
	conn := s.connections()
	d.Set("max_connections", int64(conn))
	d.Set("max_prepared_transactions", int64(0))
	if strings.Contains(s.Libs, "citus") {
		d.Set("max_prepared_transactions", int64(conn))
	}
	d.Set("max_locks_per_transaction", int64(conn*s.locksFactor()))
	s.memory(d, m, conn)
	s.disk(d, m)
	s.workers(d, m)
	return d
}

func (s Sizing) connections() int {
	if s.MaxConn >= 20 {
		return s.MaxConn
	}
	switch {
	case s.Template == Tiny:
		return 250
	case s.Template == OLAP || s.Pgbouncer:
		return 500
	}
	return 1000
}

func (s Sizing) locksFactor() int {
	factor := 1
	if strings.Contains(s.Libs, "citus") || strings.Contains(s.Libs, "timescaledb") {
		factor = 2
	}
	if s.Template == OLAP {
		factor *= 2
	}
	return factor
}

func (s Sizing) memory(d *value.Dict, m Machine, conn int) {
	set := setter(d, m.MemMB > 0, "the memory of the node")
	sb := ceil(float64(m.MemMB) * s.SharedBufferRatio)
	low, high, part := 64, 1024, 0.25
	switch s.Template {
	case OLAP:
		high, part = 8192, 0.5
	case Tiny:
		low, high = 16, 256
	}
	set("shared_buffers", megabytes(sb))
	set("maintenance_work_mem", megabytes(ceil(part*float64(sb))))
	set("effective_cache_size", megabytes(m.MemMB-sb))
	set("work_mem", megabytes(clamp(sb/conn, low, high)))
}

// diskUnit is the disk that one unit of WAL stands for: 20 GiB.
const diskUnit = 20 << 30

func (s Sizing) disk(d *value.Dict, m Machine) {
	set := setter(d, m.Disk > 0, "the size of the disk")
	units := clamp(ceil(float64(m.Disk)/diskUnit), 1, 100)
	temp := min(units, 200)
	if s.Template == OLAP {
		temp = min(4*units, 2000)
	}
	set("min_wal_size", gigabytes(min(units, 200)))
	set("max_wal_size", gigabytes(min(4*units, 2000)))
	set("max_slot_wal_keep_size", gigabytes(min(6*units, 3000)))
	set("temp_file_limit", gigabytes(temp))
}

func (s Sizing) workers(d *value.Dict, m Machine) {
	set := setter(d, m.CPU > 0, "the number of processors of the node")
	c := float64(m.CPU)
	base, parallel, maintenance, gather := max(m.CPU+8, 16), max(ceil(0.5*c), 2), max(ceil(0.33*c), 2), 0
	io := clamp(ceil(0.25*c), 4, 16)
	switch s.Template {
	case OLTP:
		gather = clamp(floor(0.2*c), 2, 8)
	case OLAP:
		base, parallel, gather = max(m.CPU+12, 20), max(ceil(0.8*c), 2), max(floor(0.5*c), 2)
		io = clamp(ceil(0.5*c), 4, 32)
	case Crit:
		io = clamp(ceil(0.25*c), 4, 8)
	case Tiny:
		base, parallel, maintenance, io = max(m.CPU+4, 12), max(floor(0.5*c), 1), max(floor(0.33*c), 1), 3
	}
	set("max_worker_processes", int64(base+8))
	set("max_parallel_workers", int64(parallel))
	set("max_parallel_workers_per_gather", int64(gather))
	set("max_parallel_maintenance_workers", int64(maintenance))
	if strings.Contains(s.Libs, "timescaledb") {
		set("timescaledb.max_background_workers", int64(base))
	}
	if s.Version >= 18 {
		d.Set("io_method", s.ioMethod(m))
		set("io_workers", int64(io))
	}
}

// ioMethod resolves auto: io_uring where the kernel of the distribution has it.
func (s Sizing) ioMethod(m Machine) string {
	switch {
	case s.IOMethod != "auto" && s.IOMethod != "":
		return s.IOMethod
	case s.IOMethod == "auto" && (m.Deb || m.Major >= 10):
		return "io_uring"
	}
	return "worker"
}

// setter puts values into d, unknown ones if what they follow from is not known.
func setter(d *value.Dict, known bool, from string) func(name string, v value.Value) {
	return func(name string, v value.Value) {
		if !known {
			v = value.Unknown{Why: from}
		}
		d.Set(name, v)
	}
}

func megabytes(n int) string { return fmt.Sprintf("%dMB", n) }
func gigabytes(n int) string { return fmt.Sprintf("%dGB", n) }

func ceil(f float64) int         { return int(math.Ceil(f)) }
func floor(f float64) int        { return int(math.Floor(f)) }
func clamp(x, low, high int) int { return min(max(x, low), high) }
