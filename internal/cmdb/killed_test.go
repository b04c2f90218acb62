package cmdb

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"pig/internal/cmdb/cmdbtest"
	"pig/internal/credential"
)

// hostsText is an inventory of n clusters with 3 members each.
func hostsText(clusters int) string {
	var b strings.Builder
	b.WriteString("all:\n  children:\n")
	for i := range clusters {
		fmt.Fprintf(&b, "    pg-c%d:\n      hosts:\n", i)
		for j := range 3 {
			role := "replica"
			if j == 0 {
				role = "primary"
			}
			fmt.Fprintf(&b, "        10.%d.%d.%d: { pg_seq: %d, pg_role: %s, nodename: pg-c%d-%d }\n", i/250, i%250, j+1, j+1, role, i, j+1)
		}
		fmt.Fprintf(&b, "      vars:\n        pg_cluster: pg-c%d\n        pg_users: [ { name: app, password: App.Of.Cluster.%d, roles: [dbrole_readwrite] } ]\n        pg_databases: [ { name: app, owner: app } ]\n", i, i)
	}
	b.WriteString("  vars: { admin_ip: 10.0.0.1 }\n")
	return b.String()
}

// TestHelperLoad is no test: it is the process that TestAKilledLoad kills.
func TestHelperLoad(t *testing.T) {
	dsn := os.Getenv("PIG_CMDB_TEST_DSN")
	if dsn == "" {
		t.Skip("a helper of another test")
	}
	db, err := Open(context.Background(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Load(context.Background(), Load{Text: hostsText(3), Source: "new.yml", Kind: "load", Base: -1}, vaultKeys())
	t.Fatal("the load ended: ", err)
}

// aKilledLoadLeavesTheOld kills a load in its middle: readers have the old inventory all the time, and the next writer finds nothing in the way.
func aKilledLoadLeavesTheOld(t *testing.T, s *cmdbtest.Server) {
	t.Helper()
	db, dsn := created(t, s)
	keys := vaultKeys()
	load(t, db, hostsText(2), keys)
	other := open(t, dsn)
	defer other.Close()
	tx, err := other.conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// The last table that a load writes to: who waits for it has written all others.
	if _, err := tx.Exec(t.Context(), `LOCK TABLE pigsty.host_var IN SHARE MODE`); err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestHelperLoad$")
	c.Env = append(os.Environ(), "PIG_CMDB_TEST_DSN="+dsn)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	waiting := false
	for end := time.Now().Add(time.Minute); time.Now().Before(end) && !waiting; time.Sleep(20 * time.Millisecond) {
		if err := db.conn.QueryRow(t.Context(), `SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'pigsty.host_var'::regclass)`).Scan(&waiting); err != nil {
			t.Fatal(err)
		}
	}
	if !waiting {
		t.Fatal("the load did not come to its middle")
	}
	if got := dumped(t, db, keys); got != hostsText(2) {
		t.Error("a reader saw a part of the load")
	}
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait()
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := dumped(t, db, keys); got != hostsText(2) {
		t.Error("the killed load left something")
	}
	if done := load(t, db, hostsText(3), keys); done.Version != 2 {
		t.Errorf("the next load made version %d", done.Version)
	}
}

// BenchmarkAThousandHosts loads and reads 334 clusters of 3 hosts, each cluster with a password of its own.
func BenchmarkAThousandHosts(b *testing.B) {
	s := cmdbtest.Start(b)
	dsn := s.DSN(s.Template(b))
	db, err := Open(b.Context(), dsn)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Init(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.Run("vault", func(b *testing.B) { thousandHosts(b, s, db, dsn, credential.Vault{Password: password}) })
	b.Run("age", func(b *testing.B) { thousandHosts(b, s, db, dsn, ageCipher(b)) })
}

func thousandHosts(b *testing.B, s *cmdbtest.Server, db *DB, dsn string, key credential.Cipher) {
	text := hostsText(334)
	for b.Loop() {
		if out, err := s.SQL(dsn, `TRUNCATE pigsty.group CASCADE; TRUNCATE pigsty.global_var`); err != nil {
			b.Fatal(out)
		}
		began := time.Now()
		if _, err := db.Load(b.Context(), Load{Text: text, Source: "x.yml", Kind: "load", Base: -1}, NewKeys(key)); err != nil {
			b.Fatal(err)
		}
		loaded := time.Now()
		state, err := db.Read(b.Context(), 0)
		if err != nil {
			b.Fatal(err)
		}
		got, err := state.Text(NewKeys(key))
		if err != nil || got != text {
			b.Fatal("another text: ", err)
		}
		b.ReportMetric(loaded.Sub(began).Seconds(), "s/load")
		b.ReportMetric(time.Since(loaded).Seconds(), "s/read")
	}
}
