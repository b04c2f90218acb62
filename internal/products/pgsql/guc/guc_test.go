package guc

import (
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // this machine may have no list of time zones
)

func TestTable(t *testing.T) {
	t.Parallel()
	contexts := []string{"postmaster", "sighup", "superuser", "user", "backend", "superuser-backend"}
	types := []Type{Bool, Integer, Real, Enum, EnumBool, String}
	for name, list := range settings() {
		for i, s := range list {
			if !slices.Contains(contexts, s.Context) || !slices.Contains(types, s.Type) || s.Min > s.Max || s.from > s.till {
				t.Errorf("%s: %+v", name, s)
			}
			if (s.Type == Enum || s.Type == EnumBool) != (len(s.Values) > 0) {
				t.Errorf("%s: values %v of type %s", name, s.Values, s.Type)
			}
			if s.Unit != "" && s.units() == nil {
				t.Errorf("%s: unit %q", name, s.Unit)
			}
			for _, other := range list[:i] {
				if s.from <= other.till && other.from <= s.till {
					t.Errorf("%s: two descriptions of one version", name)
				}
			}
		}
	}
	for major := First; major <= Last; major++ {
		if n := len(Names(major, "")); n < 290 || n > 400 {
			t.Errorf("PostgreSQL %d has %d settings", major, n)
		}
	}
}

func TestNamesBelongToVersions(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]int{
		"shared_buffers": {13, 14, 15, 16, 17, 18}, "Shared_Buffers": {13, 14, 15, 16, 17, 18}, "timezone": {13, 14, 15, 16, 17, 18},
		"io_method": {18}, "old_snapshot_threshold": {13, 14, 15, 16}, "transaction_timeout": {17, 18}, "shard_buffers": nil,
	} {
		var got []int
		for major := First; major <= Last; major++ {
			if _, ok := Find(name, major); ok {
				got = append(got, major)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	if from, till, ok := Versions("old_snapshot_threshold"); !ok || from != 13 || till != 16 {
		t.Errorf("old_snapshot_threshold: %d to %d, %v", from, till, ok)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, value, wrong string }{
		{"timezone", "Asia/Shanghai", ""}, {"timezone", "asia/shanghai", ""}, {"timezone", "UTC", ""}, {"timezone", "<+08>-8", ""}, {"timezone", "Mars/Olympus", "must be a time zone, such as Asia/Shanghai"},
		{"log_timezone", "Europe/Nowhere", "must be a time zone, such as Asia/Shanghai"},
		{"timezone", "nix", "must be a time zone, such as Asia/Shanghai"}, {"log_timezone", "nix", "must be a time zone, such as Asia/Shanghai"}, {"timezone", "", "must be a time zone, such as Asia/Shanghai"},
		{"timezone", "prc", ""}, {"timezone", "America/Port-au-Prince", ""}, {"timezone", "posix/america/port-AU-prince", ""}, {"timezone", "EST5EDT,M3.2.0,M11.1.0", ""},
		{"timezone", "8", ""}, {"timezone", "-5.5", ""}, {"timezone", "INTERVAL '+08:00'", ""}, {"log_timezone", "8", ""},
		{"log_timezone", "<+08>-8", ""},
		{"ssl_ciphers", "HIGH:MEDIUM:+3DES:!aNULL", ""}, {"ssl_ciphers", "ECDHE-RSA-AES256-GCM-SHA384:kEECDH+AESGCM:@STRENGTH", ""}, {"ssl_ciphers", "DEFAULT@SECLEVEL=1", ""}, {"ssl_ciphers", "nonsense", `unknown OpenSSL cipher "nonsense"`},
		{"ssl_ciphers", "HIGH:!nix", `unknown OpenSSL cipher "nix"`}, {"ssl_ciphers", "!aNULL", "must name a cipher that is allowed, such as HIGH:!aNULL"},
		{"ssl_ecdh_curve", "prime256v1", ""}, {"ssl_ecdh_curve", "secp521r1", ""}, {"ssl_ecdh_curve", "nonsense", "must be a curve, such as prime256v1 or secp384r1"},
		{"ssl_ecdh_curve", "X25519", "must be a curve, such as prime256v1 or secp384r1"},
		{"wal_consistency_checking", "all", ""}, {"wal_consistency_checking", "heap, Btree", ""}, {"wal_consistency_checking", "", ""},
		{"wal_consistency_checking", "nix", "must be all, or resource managers separated by commas, such as heap, btree"},
		{"restrict_nonsystem_relation_kind", "view, foreign-table", ""}, {"restrict_nonsystem_relation_kind", "", ""}, {"restrict_nonsystem_relation_kind", "nix", "must be view, foreign-table or both"},
		{"debug_io_direct", "data,wal", ""}, {"debug_io_direct", "disk", "must be data, wal or wal_init, separated by commas"},
		{"timezone_abbreviations", "India", ""}, {"timezone_abbreviations", "no/where", "must be Default, Australia, India or your own file with a name of letters only"},
		{"session_preload_libraries", "a, b", ""}, {"session_preload_libraries", "a b", "must be names separated by commas, in double quotes if they contain spaces or commas"},
		{"pg_stat_statements.max", "10000", ""}, {"pg_stat_statements.max", "many", "must be a whole number"}, {"auto_explain.log_format", "json", ""},
		{"auto_explain.log_format", "html", "must be one of text, xml, json, yaml"}, {"Auto_Explain.log_min_duration", "1s", ""},
		{"plpgsql.extra_warnings", "all", ""}, {"plpgsql.extra_warnings", "some", "must be all, none, or checks separated by commas, such as shadowed_variables"},
		{"datestyle", "ISO, DMY", ""}, {"datestyle", "foo", "must be a form (ISO, Postgres, SQL, German) or an order (DMY, MDY, YMD)"},
		{"log_destination", "csvlog, stderr", ""}, {"log_destination", "foo", "must be stderr, csvlog, jsonlog, syslog or eventlog, separated by commas"},
		{"work_mem", "64MB", ""}, {"work_mem", "64 MB", ""}, {"work_mem", " 64MB ", ""}, {"work_mem", "65536", ""}, {"work_mem", "0x400 kB", ""}, {"work_mem", "1.5GB", ""},
		{"work_mem", "64 mb", `must be a whole number with a unit of B, kB, MB, GB, TB, or of kB without one: unknown unit "mb"`},
		{"work_mem", "63kB", "must be between 64kB and 2147483647kB"},
		{"work_mem", "much", "must be a whole number with a unit of B, kB, MB, GB, TB, or of kB without one"},
		{"shared_buffers", "1GB", ""}, {"shared_buffers", "16", ""}, {"shared_buffers", "15", "must be between 128kB and 8589934584kB"},
		{"log_min_duration_statement", "1s", ""}, {"log_min_duration_statement", "-1", ""},
		{"log_min_duration_statement", "1 sec", `must be a whole number with a unit of us, ms, s, min, h, d, or of ms without one: unknown unit "sec"`},
		{"autovacuum", "on", ""}, {"autovacuum", "True", ""}, {"autovacuum", "of", "must be on or off"},
		{"random_page_cost", "1.1", ""}, {"random_page_cost", "1e0", ""}, {"random_page_cost", "1,1", "must be a number"}, {"random_page_cost", "-1", "must be at least 0"},
		{"max_connections", "500", ""}, {"max_connections", "0", "must be between 25 and 262143"}, {"max_connections", "5kB", `must be a whole number: unknown unit "kB"`},
		{"wal_level", "logical", ""}, {"wal_level", "LOGICAL", ""}, {"wal_level", "archive", "must be one of replica, logical"},
		{"wal_level", "minimal", "must be one of replica, logical"}, {"max_connections", "24", "must be between 25 and 262143"}, {"max_connections", "25", ""},
		{"max_wal_senders", "0", "must be between 3 and 262143"}, {"max_worker_processes", "1", "must be between 2 and 262143"}, {"max_replication_slots", "3", "must be between 4 and 262143"},
		{"max_locks_per_transaction", "31", "must be between 32 and 2147483647"}, {"wal_keep_size", "15MB", "must be between 16MB and 2147483647MB"},
		{"synchronous_commit", "off", ""}, {"synchronous_commit", "remote_apply", ""}, {"search_path", "anything", ""},
		{"search_path", `"$user", public`, ""}, {"search_path", `"a b", "c,d"`, ""}, {"search_path", "", ""},
		{"search_path", "public,", "must be names separated by commas, in double quotes if they contain spaces or commas"},
		{"search_path", "a b", "must be names separated by commas, in double quotes if they contain spaces or commas"},
		{"synchronous_standby_names", "*", ""}, {"synchronous_standby_names", `ANY 1 (a, "pg-test-2")`, ""}, {"synchronous_standby_names", "2 (a, b)", ""}, {"synchronous_standby_names", "FIRST 1(a)", ""},
		{"synchronous_standby_names", "pg-test-1", `a name with a dash needs double quotes: "pg-test-1"`},
		{"synchronous_standby_names", "ANY (a)", "must be names separated by commas, or FIRST or ANY, a number and names in parentheses"},
		{"synchronous_standby_names", "a, ", "must be names separated by commas, or FIRST or ANY, a number and names in parentheses"},
		{"createrole_self_grant", "set, inherit", ""}, {"createrole_self_grant", "all", "must be set, inherit or both"},
		{"min_wal_size", "16MB", "must be between 32MB and 2147483647MB"}, {"max_stack_depth", "8MB", "must be between 100kB and 7680kB"}, {"max_stack_depth", "7680kB", ""},
	} {
		s, ok := Find(c.name, 17)
		if !ok {
			t.Fatalf("no %s", c.name)
		}
		got := ""
		if err := s.Check(c.value); err != nil {
			got = err.Error()
		}
		if got != c.wrong {
			t.Errorf("%s = %q: %q, want %q", c.name, c.value, got, c.wrong)
		}
	}
}

func TestWhoCanHaveAValueOfItsOwn(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{"work_mem": true, "log_statement": true, "shared_buffers": false, "archive_timeout": false} {
		if s, _ := Find(name, 17); s.Session() != want {
			t.Errorf("%s (%s): %v", name, s.Context, s.Session())
		}
	}
}

func TestSame(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, a, b string
		want       bool
	}{
		{"work_mem", "16MB", "16384kB", true}, {"work_mem", "16384", "16MB", true}, {"work_mem", "16MB", "16MiB", false}, {"work_mem", "16MB", "17MB", false},
		{"shared_buffers", "32768", "256MB", true}, {"autovacuum", "yes", "on", true}, {"autovacuum", "0", "on", false}, {"wal_level", "LOGICAL", "logical", true},
		{"log_min_duration_statement", "500ms", "0.5s", true}, {"random_page_cost", "1.10", "1.1", true}, {"shared_preload_libraries", "a, b", "a,b", true},
		{"search_path", "app,  public", "app, public", true}, {"search_path", "app", "public", false}, {"synchronous_commit", "on", "true", true}, {"synchronous_commit", "on", "local", false},
		{"log_file_mode", "0640", "416", true},
	} {
		s, ok := Find(c.name, 17)
		if !ok {
			t.Fatal(c.name)
		}
		if got := s.Same(c.a, c.b); got != c.want {
			t.Errorf("%s: %s and %s: %v", c.name, c.a, c.b, got)
		}
	}
}

// What the list of zones has, the library has too, and the other way round where the library tells.
func TestZonesAreThoseOfTheDatabase(t *testing.T) {
	t.Parallel()
	if n := len(zones()); n < 590 {
		t.Errorf("%d zones", n)
	}
	for name := range strings.Lines(zoneNames) {
		if _, err := time.LoadLocation(strings.TrimSpace(name)); err != nil {
			t.Error(err)
		}
	}
}

func TestModulesHaveNoOtherSettings(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{"pg_stat_statements.maxx": true, "Auto_Explain.x": true, "timescaledb.max_background_workers": false, "work_mem": false} {
		if got := Module(name) != "" && Knows(Module(name)); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if got := Names(17, "pg_prewarm"); !slices.Equal(got, []string{"pg_prewarm.autoprewarm", "pg_prewarm.autoprewarm_interval"}) {
		t.Error(got)
	}
	if slices.ContainsFunc(Names(17, ""), func(n string) bool { return strings.Contains(n, ".") }) {
		t.Error("a module's setting among the server's own")
	}
}

func TestWordsOfPostgreSQL18(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, value, wrong string }{
		{"log_connections", "on", ""}, {"log_connections", "receipt, authorization", ""}, {"log_connections", "", ""},
		{"log_connections", "some", "must be on, off, or receipt, authentication, authorization, setup_durations or all, separated by commas"},
		{"ssl_groups", "X25519:prime256v1", ""}, {"ssl_groups", "*X25519MLKEM768 / x448:?P-256", "must be groups separated by colons, such as X25519:prime256v1"},
		{"ssl_groups", "?X25519MLKEM768:X25519/secp384r1", ""}, {"ssl_groups", "nix", "must be groups separated by colons, such as X25519:prime256v1"},
		{"ssl_tls13_ciphers", "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256", ""}, {"ssl_tls13_ciphers", "", ""},
		{"ssl_tls13_ciphers", "HIGH", "must be TLS 1.3 ciphers separated by colons, such as TLS_AES_256_GCM_SHA384"},
		{"pgcrypto.builtin_crypto_enabled", "fips", ""}, {"pgcrypto.builtin_crypto_enabled", "on", ""},
	} {
		s, ok := Find(c.name, 18)
		if !ok {
			t.Fatal(c.name)
		}
		if err := s.Check(c.value); err == nil && c.wrong != "" || err != nil && err.Error() != c.wrong {
			t.Errorf("%s: %q: %v, want %q", c.name, c.value, err, c.wrong)
		}
	}
}
