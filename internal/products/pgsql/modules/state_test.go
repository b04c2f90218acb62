package modules

import (
	"slices"
	"strings"
	"testing"

	"pig/internal/node"
	"pig/internal/value"
)

func TestWhatPostgresIsAndWasDeclared(t *testing.T) {
	t.Parallel()
	s := pgState{Version: 170002, HBAFile: "/pg/data/pg_hba.conf", Settings: map[string]pgSetting{
		"work_mem":                   {Value: "4MB", Source: "configuration file", File: "/pg/data/postgresql.auto.conf", Line: 3},
		"maintenance_work_mem":       {Value: "1GB", Source: "configuration file"},
		"shared_buffers":             {Value: "128MB", Source: "configuration file", Pending: true},
		"statement_timeout":          {Value: "0", Source: "client"},
		"log_min_duration_statement": {Value: "1s", Source: "command line"},
		"random_page_cost":           {Value: "4", Source: "default"},
	}, Files: []pgFileError{{"/pg/data/postgresql.conf", 9, "shared_buffers", "setting could not be applied"}, {"/pg/data/postgresql.conf", 12, "work_mme", "unrecognized configuration parameter"}},
		HBA: []pgFileError{{Line: 7, Error: `invalid CIDR mask in address "10.0.0.0/99"`}}, Unread: true}
	got := s.problems(map[string]string{"work_mem": "16MB", "maintenance_work_mem": "1024MB", "shared_buffers": "256MB", "statement_timeout": "10s",
		"log_min_duration_statement": "500ms", "random_page_cost": "DEFAULT", "pg_trgm.threshold": "0.3"})
	want := []string{
		`/pg/data/pg_hba.conf line 7: invalid CIDR mask in address "10.0.0.0/99", so PostgreSQL continues with the previous rules`,
		"/pg/data/postgresql.conf line 12: work_mme unrecognized configuration parameter",
		"setting log_min_duration_statement is 1s (command line), declared as 500ms",
		"setting pg_trgm.threshold is unknown to PostgreSQL, declared as 0.3",
		"setting work_mem is 4MB from /pg/data/postgresql.auto.conf line 3, declared as 16MB",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if w := s.waits(); len(w) != 1 || w[0] != "setting shared_buffers waits for a restart of PostgreSQL, and is 128MB until then" {
		t.Errorf("waits: %q", w)
	}
	if got := (pgState{HBAFile: "/pg/data/pg_hba.conf", Unread: true}).problems(nil); len(got) != 1 || !strings.Contains(got[0], "has changed since") {
		t.Errorf("unread: %q", got)
	}
}

func TestWhatInitdbHasChosen(t *testing.T) {
	t.Parallel()
	libc := pgInitdb{Encoding: "UTF8", Collate: "de_DE.UTF-8", Ctype: "C", Provider: "c", Checksum: "on"}
	builtin := pgInitdb{Encoding: "UTF8", Collate: "C", Ctype: "C", Provider: "b", Locale: "C.UTF-8", Checksum: "off"}
	for name, c := range map[string]struct {
		is       pgInitdb
		declared *value.Dict
		want     []string // how they begin
	}{
		"the same by other names": {libc, value.DictOf("pg_encoding", "utf-8", "pg_locale", "C", "pg_lc_collate", "de_DE.utf8", "pg_lc_ctype", "POSIX", "pg_checksum", true), nil},
		"what pg_locale is for":   {libc, value.DictOf("pg_locale", "C", "pg_lc_collate", "", "pg_lc_ctype", ""), []string{"pg_locale is de_DE.UTF-8, but C is declared"}},
		"one for both":            {pgInitdb{Encoding: "UTF8", Collate: "C", Ctype: "C"}, value.DictOf("pg_locale", "C.UTF-8"), []string{"pg_locale is C, but C.UTF-8 is declared"}},
		"builtin":                 {builtin, value.DictOf("pg_locale", "C", "pg_lc_collate", "C.UTF-8", "pg_lc_ctype", ""), []string{"pg_locale is C.UTF-8, but C is", "pg_lc_collate is C, but C.UTF-8 is"}},
		"ICU of PostgreSQL 15":    {pgInitdb{Encoding: "UTF8", Collate: "C", Ctype: "C", Provider: "i", ICU: "en-US"}, value.DictOf("pg_locale", "C"), []string{"pg_locale is en-US, but C is"}},
		"encoding and checksums":  {builtin, value.DictOf("pg_encoding", "LATIN1", "pg_checksum", true), []string{"pg_encoding is UTF8, but LATIN1 is", "pg_checksum is false, but true is declared"}},
		"nothing is known":        {pgInitdb{}, value.DictOf("pg_encoding", "LATIN1", "pg_checksum", true), nil},
	} {
		got := c.is.kept(c.declared)
		if !slices.EqualFunc(got, c.want, strings.HasPrefix) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestWhatBackupsAre(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`[]`: "no stanza in the backup repository: WAL cannot be archived",
		`[{"name": "pg-test", "status": {"code": 2, "message": "no valid backups"}}]`:                               "no backup: create one (pig pgsql-backup pg-test)",
		`[{"name": "pg-test", "status": {"code": 99, "message": "other"}, "backup": [{"label": "a"}]}]`:             "the backup repository: other",
		`[{"name": "pg-test", "status": {"code": 0}, "backup": [{"label": "a", "error": true}, {"label": "b"}]}]`:   "",
		`[{"name": "pg-test", "status": {"code": 0}, "backup": [{"label": "a"}, {"label": "20F", "error": true}]}]`: "the last backup, 20F, has errors",
	} {
		s, found, err := readStanza(node.Output{Stdout: []byte(text)}, "pg-test")
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(backupProblems(s, found, true), "; "); !strings.HasPrefix(got, want) || want == "" && got != "" {
			t.Errorf("%s: %q", text, got)
		}
	}
}
