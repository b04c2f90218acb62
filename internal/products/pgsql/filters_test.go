package pgsql

import (
	"errors"
	"strings"
	"testing"

	"pig/internal/jinja"
	"pig/internal/value"
)

// folder is a folder of files that an inventory names.
type folder map[string]string

func (f folder) Find(name string) (path string, looked []string, err error) {
	if _, ok := f[name]; !ok {
		return "", []string{"files/" + name, name}, errors.New("file not found")
	}
	return name, nil, nil
}

func (f folder) Read(path string) ([]byte, error) { return []byte(f[path]), nil }

type variables struct{ *value.Dict }

func (v variables) Lookup(name string) (value.Value, bool, bool) {
	x, ok := v.Get(name)
	return x, false, ok
}

func (v variables) Names() []string { return nil }

func TestFilters(t *testing.T) {
	t.Parallel()
	scope := jinja.New(jinja.Options{Filters: Product{}.Filters(folder{"base.sql": "create table t();"})}).Scope(variables{value.DictOf(
		"databases", value.NewList(value.DictOf("name", "a", "baseline", "base.sql"), value.DictOf("name", "b")),
		"absent", value.NewList(value.DictOf("name", "a", "baseline", "none.sql")),
		"mine", value.DictOf("max_connections", int64(100), "max_wal_senders", int64(50), "track_commit_timestamp", "on"),
		"theirs", value.DictOf("max_connections", int64(200), "max_wal_senders", int64(10), "max_worker_processes", "8"),
		"names", value.NewList("pgsql-common", "timescaledb,pg_cron", "pgsql-devel", "jq=1.7", "postgresql-${pg_version}-cron"),
		"trixie", value.DictOf("distribution", "Debian", "release", "13", "arch", "x86_64"),
		"rocky", value.DictOf("distribution", "Rocky", "release", "9", "arch", "x86_64"),
		"unknown", value.DictOf("template", "none.yml"),
		"oltp", value.DictOf("template", "oltp.yml", "version", int64(17), "ratio", 0.25, "max_conn", "auto", "cpu", int64(4), "mem_mb", int64(16384), "disk", int64(100<<30)),
	)})
	for text, want := range map[string]string{
		"{{ (databases | pg_baselines)[0].baseline }}":            "create table t();",
		"{{ (databases | pg_baselines)[1] }}":                     "{'name': 'b'}",
		"{{ absent | pg_baselines }}":                             `error: baseline file "none.sql" not found: looked for files/none.sql, none.sql`,
		"{{ 'a' | pg_baselines }}":                                "error: pg_baselines requires a list, not ",
		"{{ (mine | pg_at_least(theirs)).max_connections }}":      "200",
		"{{ (mine | pg_at_least(theirs)).max_wal_senders }}":      "50",
		"{{ (mine | pg_at_least(theirs)).max_worker_processes }}": "8",
		"{{ names | pg_package_list(17, trixie) | join(' ') }}": "patroni python3-etcd python3-psycopg2 pgbouncer pgbackrest postgresql-17-timescaledb postgresql-17-cron " +
			"postgresql-server-dev-17 jq=1.7",
		"{{ names | pg_package_list('17', rocky) | join(' ') }}": "patroni patroni-etcd pgbouncer pgbackrest pg-exporter pgbackrest-exporter vip-manager " +
			"timescaledb-tsl_17 pg_cron_17 postgresql17-devel jq=1.7 postgresql-17-cron",
		"{{ 'a' | pg_package_list(17, trixie) }}":   "error: pg_package_list requires a list of names",
		"{{ names | pg_package_list('x', rocky) }}": "error: pg_package_list requires a version",
		"{{ mine | pg_at_least('a') }}":             "error: pg_at_least requires a mapping, not ",
		"{{ 'a' | pg_tuning }}":                     "error: pg_tuning requires a mapping, not ",
		"{{ unknown | pg_tuning }}":                 "{}",
		"{{ (oltp | pg_tuning).shared_buffers }}":   "4096MB",
	} {
		got, err := scope.Text(text, "t", jinja.TextOptions{})
		said := value.Str(got)
		if err != nil {
			said = "error: " + err.Error()
		}
		if cause, bad := strings.CutPrefix(want, "error: "); said != want && !(bad && strings.HasPrefix(said, "error: ") && strings.Contains(said, cause)) {
			t.Errorf("%s: %s, want %s", text, said, want)
		}
	}
}
