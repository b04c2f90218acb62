package model

import (
	"fmt"
	"strings"
	"testing"

	"pig/internal/value"
)

func TestTuningFollowsThePatroniTemplates(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		cpu, mem int
		disk     int64 // GiB
		template Template
		want     string // conn work sb ec mm wal min/max/slot temp workers par mt gather io
	}{
		{4, 15900, 100, OLTP, "500 64MB 3975MB 11925MB 994MB 5GB/20GB/30GB 5GB 16 2 2 2 4"},
		{8, 32000, 200, OLTP, "500 64MB 8000MB 24000MB 2000MB 10GB/40GB/60GB 10GB 16 4 3 2 4"},
		{64, 257000, 4096, OLTP, "500 128MB 64250MB 192750MB 16063MB 100GB/400GB/600GB 100GB 72 32 22 8 16"},
		{128, 1031000, 16384, OLTP, "500 515MB 257750MB 773250MB 64438MB 100GB/400GB/600GB 100GB 136 64 43 8 16"},
		{16, 64000, 1024, OLAP, "500 64MB 16000MB 48000MB 8000MB 52GB/208GB/312GB 208GB 28 13 6 8 8"},
		{64, 257000, 4096, OLAP, "500 128MB 64250MB 192750MB 32125MB 100GB/400GB/600GB 400GB 76 52 22 32 32"},
		{1, 1900, 40, Tiny, "250 16MB 475MB 1425MB 119MB 2GB/8GB/12GB 2GB 12 1 1 0 3"},
		{2, 3900, 40, Tiny, "250 16MB 975MB 2925MB 244MB 2GB/8GB/12GB 2GB 12 1 1 0 3"},
	} {
		s := Sizing{Template: c.template, Version: 18, SharedBufferRatio: 0.25, Pgbouncer: true, Libs: "timescaledb, pg_stat_statements"}
		d := s.Tune(Machine{CPU: c.cpu, MemMB: c.mem, Disk: c.disk << 30})
		at := d.At
		got := fmt.Sprintf("%v %v %v %v %v %v/%v/%v %v %v %v %v %v %v", at("max_connections"), at("work_mem"), at("shared_buffers"), at("effective_cache_size"), at("maintenance_work_mem"),
			at("min_wal_size"), at("max_wal_size"), at("max_slot_wal_keep_size"), at("temp_file_limit"), at("timescaledb.max_background_workers"),
			at("max_parallel_workers"), at("max_parallel_maintenance_workers"), at("max_parallel_workers_per_gather"), at("io_workers"))
		if got != c.want {
			t.Errorf("%d/%d/%dG %s:\n%s, want\n%s", c.cpu, c.mem, c.disk, c.template, got, c.want)
		}
	}
}

func TestTuningOfAnUnknownMachineIsUnknown(t *testing.T) {
	t.Parallel()
	d := Sizing{Template: Crit, Version: 17, SharedBufferRatio: 0.25, Libs: "citus"}.Tune(Machine{CPU: 4})
	if !value.IsUnknown(d.At("shared_buffers")) || !value.IsUnknown(d.At("max_wal_size")) {
		t.Errorf("something is known: %s", value.Repr(d))
	}
	if d.At("max_connections") != int64(1000) || d.At("max_prepared_transactions") != int64(1000) || d.At("max_locks_per_transaction") != int64(2000) || d.At("max_worker_processes") != int64(24) {
		t.Errorf("got %s", value.Repr(d))
	}
	if d.Has("io_method") {
		t.Error("PostgreSQL 17 has no io_method")
	}
}

func TestServersOfServices(t *testing.T) {
	t.Parallel()
	make := func(seq int64, role string, weight int, more ...value.Value) Member {
		name := InstanceName("pg-test", int(seq))
		return Member{Name: name, Address: fmt.Sprintf("10.10.10.1%d", seq), Vars: member(role, seq, more...), Port: 5432, PgbouncerPort: 6432, PatroniPort: 8008, Weight: weight}
	}
	members := []Member{make(3, "offline", 100), make(1, "primary", 100, "pg_offline_query", "false"), make(2, "replica", 50, "pg_offline_query", true), make(4, "replica", 100)}
	for _, c := range []struct {
		service Service
		want    string
	}{
		{Service{Selector: "[]"}, "pg-test-3:6432/100 pg-test-1:6432/100 pg-test-2:6432/50 pg-test-4:6432/100"},
		{Service{Selector: "[]", Backup: "[? pg_role == `primary` || pg_role == `offline` ]", Dest: "default"}, "pg-test-3:6432/100b pg-test-1:6432/100b pg-test-2:6432/50 pg-test-4:6432/100"},
		{Service{Selector: "[? pg_role == `offline` || pg_offline_query ]", Backup: "[? pg_role == `replica` && !pg_offline_query]", Dest: "postgres"},
			"pg-test-3:5432/100 pg-test-1:5432/100 pg-test-2:5432/50 pg-test-4:5432/100b"},
		{Service{Selector: "[? pg_seq > `2`]", Dest: "6000"}, "pg-test-3:6000/100 pg-test-4:6000/100"},
	} {
		servers, err := c.service.Servers(members, "pgbouncer")
		if err != nil {
			t.Error(err)
		}
		var got []string
		for _, s := range servers {
			line := fmt.Sprintf("%s:%d/%d", s.Name, s.Port, s.Weight)
			if s.Backup {
				line += "b"
			}
			got = append(got, line)
		}
		if text := strings.Join(got, " "); text != c.want {
			t.Errorf("%+v:\n%s, want\n%s", c.service, text, c.want)
		}
	}
}

func TestRecoveryTimePlan(t *testing.T) {
	t.Parallel()
	r, err := RTOPlan([]value.Value{int64(30), int64(5), "10", int64(25), int64(5), "2s", "1s", "2s", int64(3), int64(3)})
	if err != nil || r.RetryTimeout != 10 || !strings.HasPrefix(r.DefaultServer(), "inter 2s fastinter 1s downinter 2s rise 3 fall 3 on-marked-down") {
		t.Errorf("%+v %v", r, err)
	}
	if got := (RTO{Inter: "3s", FastInter: "1.5s", DownInter: "20"}).DefaultServer(); !strings.HasPrefix(got, "inter 3s fastinter 1500ms downinter 20 ") {
		t.Errorf("HAProxy does not read fractions: %s", got)
	}
	if _, err := RTOPlan([]value.Value{int64(1)}); err == nil {
		t.Error("a short plan is taken")
	}
}

func order(n int) *int { return &n }

func TestHBARules(t *testing.T) {
	t.Parallel()
	h := &HBA{
		Role: Replica, DBSU: "postgres", Replicator: "replicator", Monitor: "dbuser_monitor", Admin: "dbuser_dba", AdminIP: "10.10.10.10",
		Infra: []string{"10.10.10.10", "10.10.10.9"}, Members: []string{"10.10.10.11", "10.10.10.12"}, Intranet: []string{"10.0.0.0/8", "192.168.0.0/16"},
	}
	rules := []HBARule{
		{Title: "last", User: "+dbrole_readonly", Addr: "intra", Auth: "pwd"},
		{Title: "dbsu", User: "${dbsu}", Addr: "local", Auth: "ident", Order: order(100)},
		{Title: "repl", User: "${repl}", DB: "replication", Addr: "localhost", Auth: "ssl", Order: order(200)},
		{Title: "first", User: "${admin}", Addr: "world", Auth: "cert", Order: order(50)},
		{Title: "members", User: "${monitor}", Addr: "cluster", Auth: "md5"},
		{Title: "infra", Addr: "infra"},
		{Title: "only primary", Role: "primary", Addr: "admin", Auth: "deny"},
		{Title: "raw", Role: "replica", Raw: []string{"host all all 1.2.3.4/32 trust", "host a b c md5"}},
		{Title: "one host", Addr: "10.2.3.4", Auth: "ssl-sha"},
	}
	lines, err := h.Render(rules)
	if err != nil {
		t.Fatal(err)
	}
	want := `# first [default]
hostssl  all                dbuser_dba         0.0.0.0/0          cert
hostssl  all                dbuser_dba         ::/0               cert

# dbsu [default]
local    all                postgres                              ident

# repl [default]
local    replication        replicator                            scram-sha-256
host     replication        replicator         127.0.0.1/32       scram-sha-256
host     replication        replicator         ::1/128            scram-sha-256

# the database superuser connects through the Unix socket [default]
host     all,replication    postgres           0.0.0.0/0          reject
host     all,replication    postgres           ::/0               reject

# last [default]
host     all                +dbrole_readonly   10.0.0.0/8         scram-sha-256
host     all                +dbrole_readonly   192.168.0.0/16     scram-sha-256

# members [default]
host     all                dbuser_monitor     10.10.10.11/32     md5
host     all                dbuser_monitor     10.10.10.12/32     md5

# infra [default]
host     all                all                10.10.10.10/32     scram-sha-256
host     all                all                10.10.10.9/32      scram-sha-256

# only primary [primary] [DISABLED]
#host     all                all                10.10.10.10/32     reject

# raw [replica]
host all all 1.2.3.4/32 trust
host a b c md5

# one host [default]
hostssl  all                all                10.2.3.4/32        scram-sha-256`
	if got := strings.Join(lines, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestHBARoleOfflineTakesReplicasWithOfflineQueries(t *testing.T) {
	t.Parallel()
	rule := []HBARule{{Title: "etl", Role: "offline", Addr: "world"}}
	for role, want := range map[*HBA]bool{{Role: Offline}: true, {Role: Replica, OfflineQuery: true}: true, {Role: Replica}: false} {
		lines, err := role.Render(rule)
		if err != nil || strings.Contains(lines[0], "DISABLED") == want {
			t.Errorf("%+v: %v %v", role, lines, err)
		}
	}
}

func TestHBAForPgbouncer(t *testing.T) {
	t.Parallel()
	h := &HBA{DBSU: "postgres", Pooler: true, MD5: true}
	lines, err := h.Render([]HBARule{{Title: "a", User: "${dbsu}", DB: "pgbouncer", Addr: "local", Auth: "os"}, {Title: "b", Addr: "localhost", Auth: "pwd"}})
	if err != nil || !strings.HasSuffix(lines[1], " peer") || !strings.HasSuffix(lines[4], " reject") || !strings.HasSuffix(lines[8], " md5") {
		t.Errorf("%v %v", lines, err)
	}
	for _, bad := range []HBARule{{DB: "replication", Addr: "world"}, {Addr: "inta"}, {}, {Addr: "world", Auth: "krb"}, {Addr: "world", Role: "leader"}} {
		if _, err := h.Render([]HBARule{bad}); err == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
}
