package modules

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"pig/internal/module"
	"pig/internal/module/fake"
	"pig/internal/module/moduletest"
	"pig/internal/node"
	"pig/internal/secret"
	"pig/internal/value"
)

const twoBackups = `[{"name": "pg-test", "status": {"code": 0, "message": "ok"}, "archive": [{"id": "16-1", "max": "0000000200000000000000A0"}, {"id": "17-1", "max": "000000030000000000000001"}], "backup": [
  {"label": "20261101-000000F", "error": false, "lsn": {"stop": "0/3000000"}, "timestamp": {"stop": 1793491800}},
  {"label": "20261102-000000F", "error": true, "lsn": {"stop": "0/5000000"}, "timestamp": {"stop": 1793578200}}]}]`

func TestPgbackrestTarget(t *testing.T) {
	t.Parallel()
	var asked node.Cmd
	f := &fake.Node{Planned: true, OnExec: func(c node.Cmd) (node.Output, error) {
		asked = c
		return node.Output{Stdout: []byte(twoBackups)}, nil
	}}
	repo := value.DictOf("type", "s3", "storage_port", int64(9000), "bundle", true, "path", "/b/${pg_cluster}", "s3_key_secret", secret.New("Very.Secret"))
	args := value.DictOf("stanza", "pg-test", "member", "a", "repo", repo, "pitr", value.DictOf("time", "2026-11-03 00:00:00+00", "db_include", value.NewList("x", "y")))
	r := moduletest.Run(t, Table(), f, "pgbackrest_target", args)
	want := "pgbackrest --stanza=pg-test --delta --force restore --type=time --target=2026-11-03 00:00:00+00:00 --target-action=promote --set=20261101-000000F --db-include=x --db-include=y"
	if reach := r.Values.At("reach"); reach != "000000030000000000000001" {
		t.Errorf("the archive reaches %v", reach)
	}
	if r.Failed != "" || r.Values.At("fits") != true || commandOf(r) != want {
		t.Errorf("%s %v, want %s", r.Failed, r.Values.At("command"), want)
	}
	for k, v := range map[string]string{"TYPE": "s3", "STORAGE_PORT": "9000", "BUNDLE": "y", "PATH": "/b/pg-test", "S3_KEY_SECRET": "Very.Secret"} {
		if got := asked.Env["PGBACKREST_REPO1_"+k]; got != v {
			t.Errorf("%s is %q, want %q", k, got, v)
		}
	}
	if !asked.ReadOnly || slices.ContainsFunc(asked.Argv, func(a string) bool { return strings.Contains(a, "Very") }) {
		t.Errorf("it runs %v", asked.Argv)
	}
	args.Set("stanza", "other")
	if r := moduletest.Run(t, Table(), f, "pgbackrest_target", args); r.Values.At("fits") != false || r.Values.At("why") != "no backup found" {
		t.Errorf("of another cluster: %v", r.Values.At("why"))
	}
}

// A repository that does not answer is asked again, and never taken for an empty one.
func TestASilentRepositoryIsNotAnEmptyOne(t *testing.T) {
	t.Parallel()
	away := map[string]node.Output{
		"an error":  {RC: 49, Stderr: []byte("ERROR: [049]: unable to connect to '10.10.10.10:9000': Connection refused")},
		"a 503":     {RC: 103, Stderr: []byte("ERROR: [103]: HTTP request failed with 503 (Service Unavailable)")},
		"its state": {Stdout: []byte(`[{"name": "pg-test", "status": {"code": 99, "message": "other: [HostConnectError] unable to connect to '10.10.10.10:9000'"}}]`)},
	}
	for name, answer := range away {
		synctest.Test(t, func(t *testing.T) {
			asked, back := 0, 3
			f := &fake.Node{Planned: true, OnExec: func(node.Cmd) (node.Output, error) {
				if asked++; asked < back {
					return answer, nil
				}
				return node.Output{Stdout: []byte(twoBackups)}, nil
			}}
			args := value.DictOf("stanza", "pg-test", "backup", true)
			if r := moduletest.Run(t, Table(), f, "pgbackrest_stanza", args); r.Failed != "" || len(r.Changes) > 0 || asked != back {
				t.Errorf("%s: asked %d times: %s %v", name, asked, r.Failed, r.Changes)
			}
			back = 1 << 30
			r := moduletest.Run(t, Table(), f, "pgbackrest_stanza", args)
			if !strings.Contains(r.Failed, "the backup repository does not answer (tried for") || len(r.Changes) > 0 {
				t.Errorf("%s: %s %v", name, r.Failed, r.Changes)
			}
		})
	}
}

func TestPgbackrestStanzaWaitsForItsTurn(t *testing.T) {
	t.Parallel()
	tries := 0
	f := &fake.Node{OnExec: func(c node.Cmd) (node.Output, error) {
		switch {
		case slices.Contains(c.Argv, "info"):
			return node.Output{Stdout: []byte("[]")}, nil
		case slices.Contains(c.Argv, "backup"):
			switch tries++; tries {
			case 1:
				return node.Output{RC: 50, Stderr: []byte("ERROR: [050]: unable to acquire lock on file")}, nil
			case 2:
				return node.Output{RC: 58, Stderr: []byte("ERROR: [058]: WAL timeline 2 does not match pg_control timeline 1")}, nil
			}
		}
		return node.Output{}, nil
	}}
	r := moduletest.Run(t, Table(), f, "pgbackrest_stanza", value.DictOf("stanza", "pg-test", "backup", true))
	if r.Failed != "" || tries != 3 {
		t.Errorf("%s after %d tries", r.Failed, tries)
	}
}

func TestPostgresRecoverTellsWhyItEnded(t *testing.T) {
	t.Parallel()
	f := &fake.Node{
		Contents: map[string]string{"/log": "LOG:  last completed transaction was at log time 2026-11-03 00:00:00+00\nFATAL:  the database system is starting up\nFATAL:  recovery ended before configured recovery target was reached\n"},
		OnExec:   func(node.Cmd) (node.Output, error) { return node.Output{RC: 1}, nil },
	}
	r := moduletest.Run(t, Table(), f, "postgres_recover", value.DictOf("stanza", "pg-test", "pitr", value.DictOf("xid", "7"), "data", "/d", "socket", "/s", "bin_dir", "/b", "instance", "pg-test-1", "log", "/log"))
	for _, want := range []string{"recovery ended before configured recovery target was reached: the archive ends before the target", "the last recovered transaction is of 2026-11-03", "the log is in /log"} {
		if !strings.Contains(r.Failed, want) {
			t.Errorf("it does not say %q: %s", want, r.Failed)
		}
	}
}

func commandOf(r module.Result) string {
	var words []string
	for _, w := range r.Values.At("command").(*value.List).Items {
		words = append(words, value.Str(w))
	}
	return strings.Join(words, " ")
}
