package model

import (
	"slices"
	"testing"
)

func TestExtensionsBringTheirPackagesAndLibraries(t *testing.T) {
	t.Parallel()
	got := ExtensionPackages([]string{"postgis", "postgis_topology", "vector", "hstore", "plpython3u", "mine"}, 17)
	if want := []string{"postgresql-17-pgvector", "postgresql-17-postgis-3", "postgresql-plpython3-17"}; !slices.Equal(got, want) {
		t.Errorf("packages %q", got)
	}
	for _, c := range []struct {
		libs  string
		names []string
		want  string
	}{
		{"pg_stat_statements, auto_explain", []string{"hstore"}, "pg_stat_statements, auto_explain"},
		{"auto_explain", []string{"timescaledb", "citus", "timescaledb"}, "citus, timescaledb, auto_explain"},
		{"$libdir/timescaledb", []string{"timescaledb"}, "$libdir/timescaledb"},
		{"", []string{"pg_cron"}, "pg_cron"},
	} {
		if all, _ := Preload(c.libs, c.names); all != c.want {
			t.Errorf("%q with %q: %q", c.libs, c.names, all)
		}
	}
	if unknown, meant := UnknownExtension("vectr"); !unknown || meant == "" {
		t.Errorf("vectr: %v, %q", unknown, meant)
	}
	if unknown, _ := UnknownExtension("pgcrypto"); unknown {
		t.Error("pgcrypto is unknown")
	}
}

func TestWeakPasswordsAreThoseOfPasswordcheck(t *testing.T) {
	t.Parallel()
	for password, weak := range map[string]bool{"DBUser.Meta": false, "short1": true, "onlyletters": true, "12345678901": true, "my-test-123": true, "md5" + "4c7f8229c3bb9271212ebf63c7ca3967": false} {
		if got := WeakPassword("test", password) != ""; got != weak {
			t.Errorf("%s: %v", password, got)
		}
	}
}
