//go:build linux

package acceptance

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pig/internal/sandbox"
)

// testPackage is a package that no source of the distribution has, as users bring them. It is no part of the project.
func testPackage(t *testing.T, pattern string) string {
	t.Helper()
	dir := os.Getenv("PIG_TEST_PACKAGES")
	if dir == "" {
		dir = "../../../shared/packages"
	}
	found, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil || len(found) == 0 {
		t.Skipf("no package %s in %s (PIG_TEST_PACKAGES)", pattern, dir)
	}
	full, err := filepath.Abs(found[0])
	if err != nil {
		t.Fatal(err)
	}
	return full
}

// seedInventory is a snippet of the seed, with what an environment of the sandbox needs besides.
func seedInventory(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../../testdata/seed", name+".yml"))
	if err != nil {
		t.Fatal(err)
	}
	const admin = "    admin_ip: 10.10.10.10\n"
	if !strings.Contains(string(text), admin) {
		t.Fatalf("the seed %s has no %q", name, admin)
	}
	return strings.Replace(string(text), admin, admin+"    pg_version: 17\n    pg_conf: tiny.yml\n    pg_shared_buffer_ratio: 0.1\n    node_repo_modules: local\n    node_tune: none\n", 1)
}

// TestCitus brings the package of Citus into the repository, applies the seed's five nodes, and spreads tables over the groups.
func TestCitus(t *testing.T) {
	thorough(t)
	deb := testPackage(t, "postgresql-17-citus_*_amd64.deb")
	hosts := append(addresses, "10.10.10.14")
	l := labOf(t, sandbox.Config{Prepared: true}, seedInventory(t, "citus"), hosts...)

	if code, out := l.run("apply", "--yes"); code != 2 || !strings.Contains(out, "no repository of this node has postgresql-17-citus") {
		t.Fatalf("without the package, exit status %d:\n%s", code, tail(out))
	}
	l.packageComesIn(t, deb)
	if out := l.must(0, "apply", "--yes"); strings.Contains(out, "not as planned") {
		t.Errorf("the apply did something else than was planned:\n%s", tail(out))
	}
	if all := changes(l.plan()); len(all) > 0 {
		t.Errorf("what was applied is planned again:\n%s", strings.Join(all, "\n"))
	}
	l.sub(t, "status shows groups", func(t *testing.T) {
		out := l.must(0, "status")
		for g := range 4 {
			if want := fmt.Sprintf("group %d of pg-citus", g); !strings.Contains(out, want) {
				t.Errorf("%q is not told:\n%s", want, out)
			}
		}
	})
	l.distributes(t)
	if out := l.must(0, "status"); !strings.Contains(out, "group 1 of pg-citus, ") || !strings.Contains(out, " shards\n") {
		t.Errorf("status does not tell the shards of groups:\n%s", out)
	}
	l.groupLeaves(t)
	if all := changes(l.plan()); len(all) > 0 {
		t.Errorf("with tables, there are changes:\n%s", strings.Join(all, "\n"))
	}
	l.sub(t, "a worker fails over during writes", func(t *testing.T) {
		w := l.writesTo(door{"10.10.10.10", "dbuser_meta", "DBUser.Meta", "meta"}, "SELECT create_distributed_table('written', 'i')")
		time.Sleep(10 * time.Second) // rows in each group
		gap := w.gap(func() {
			l.node("10.10.10.13", "su", "postgres", "-c", "patronictl -c /etc/patroni/patroni.yml failover pg-citus --group 3 --candidate pg-citus3-2 --force")
		})
		t.Logf("the longest time without an acknowledged write: %s", gap.Round(100*time.Millisecond))
		l.eventually(90*time.Second, "queries after the failover", func() error {
			got, err := l.meta(5433, "INSERT INTO visits SELECT i, 'x' FROM generate_series(1001, 1100) i; SELECT count(*) FROM visits")
			if err == nil && got != "1100" {
				err = fmt.Errorf("%s visits", got)
			}
			return err
		})
		w.stop()
		l.eventually(60*time.Second, "an empty plan after the failover", func() error {
			if all := changes(l.plan()); len(all) > 0 {
				return fmt.Errorf("%s", strings.Join(all, "\n"))
			}
			return nil
		})
	})
}

// groupLeaves takes a worker group out of the database, with its rows moved to the others first, and adds it again.
func (l *lab) groupLeaves(t *testing.T) {
	t.Helper()
	const group = "pg-citus2"
	visits := func(want string) {
		t.Helper()
		if got, err := l.meta(5433, "SELECT count(*) FROM visits JOIN pages USING (page)"); err != nil || got != want {
			t.Errorf("%s visits of pages, not %s: %v", got, want, err)
		}
	}
	onCoordinator := func(query string) string {
		return strings.TrimSpace(l.node("10.10.10.10", "su", "postgres", "-c", fmt.Sprintf("psql -X -Atq -d meta -c %q", query)))
	}
	l.sub(t, "a worker group leaves", func(t *testing.T) {
		if code, out := l.run("pgsql-rm", group, "--confirm", group); code != 2 || !strings.Contains(out, "group 2 of Citus has shards of visits (") {
			t.Fatalf("a group with rows, exit status %d:\n%s", code, tail(out))
		}
		if out := l.must(0, "status", group); !strings.Contains(out, "healthy") {
			t.Errorf("a refused removal has broken the group:\n%s", out)
		}
		onCoordinator("SELECT citus_drain_node('10.10.10.12', 5432, shard_transfer_mode := 'block_writes')")
		l.must(0, "pgsql-rm", group, "--confirm", group)
		if got := onCoordinator("SELECT string_agg(DISTINCT groupid::text, ',') FROM pg_dist_node"); got != "0,1,3" {
			t.Errorf("the groups are %s", got)
		}
		visits("1000")
	})
	l.sub(t, "a worker group is added", func(t *testing.T) {
		if out := l.must(0, "apply", "--yes"); onCoordinator("SELECT count(*) FROM pg_dist_node WHERE groupid = 2") != "1" {
			log, _ := l.try("10.10.10.10", "sh", "-c", "grep -h -A8 pg_dist /pg/log/patroni/* | tail -60")
			t.Fatalf("the group is no node of the database:\n%s\n%s", tail(out), log)
		}
		onCoordinator("SELECT citus_set_node_property('10.10.10.12', 5432, 'shouldhaveshards', true)")
		onCoordinator("SELECT citus_rebalance_start(shard_transfer_mode := 'block_writes')")
		l.eventually(3*time.Minute, "the rebalance ends", func() error {
			if state := onCoordinator("SELECT state FROM citus_rebalance_status()"); state != "finished" {
				return fmt.Errorf("the rebalance is %q", state)
			}
			return nil
		})
		if got := onCoordinator("SELECT count(*) > 0 FROM pg_dist_placement JOIN pg_dist_shard USING (shardid) WHERE groupid = 2 AND logicalrelid = 'visits'::regclass"); got != "t" {
			t.Error("the group got no shards")
		}
		visits("1000")
		if all := changes(l.plan()); len(all) > 0 {
			t.Errorf("after the rebalance, there are changes:\n%s", strings.Join(all, "\n"))
		}
	})
	l.sub(t, "a worker group leaves that does not run", func(t *testing.T) {
		onCoordinator("SELECT citus_drain_node('10.10.10.12', 5432, shard_transfer_mode := 'block_writes')")
		l.node("10.10.10.12", "systemctl", "stop", "patroni")
		l.must(0, "pgsql-rm", group, "--confirm", group)
		if got := onCoordinator("SELECT count(*) FROM pg_dist_node WHERE groupid = 2"); got != "0" {
			t.Errorf("the group has %s nodes", got)
		}
		visits("1000")
		l.must(0, "apply", "--yes")
	})
}

// packageComesIn adds a package to the repository in all ways that an operator may try.
func (l *lab) packageComesIn(t *testing.T, deb string) {
	t.Helper()
	l.sub(t, "a package of one's own", func(t *testing.T) {
		l.file("page.deb", "<html>")
		if code, out := l.run("repo", "add", "page.deb"); code != 1 || !strings.Contains(out, `invalid package "page.deb": not a Debian archive`) {
			t.Errorf("exit %d: %s", code, out)
		}
		if out := l.must(0, "repo", "add", deb, "--check"); !strings.Contains(out, "postgresql-17-citus") {
			t.Errorf("the plan does not name the package:\n%s", out)
		}
		l.must(0, "repo", "add", deb)
		if out := l.must(0, "repo", "list"); !strings.Contains(out, "postgresql-17-citus") {
			t.Errorf("it is not listed:\n%s", out)
		}
		if out := l.must(0, "repo", "add", deb); !strings.Contains(out, "changed=0") {
			t.Errorf("it is added again:\n%s", tail(out))
		}
		l.node("10.10.10.10", "sh", "-c", "cd /tmp && dpkg-deb -R /www/pigsty/postgresql-17-citus_*.deb other && date >other/usr/share/doc/other && "+
			"dpkg-deb -b other same.deb && sed -i 's/^Architecture:.*/Architecture: s390x/' other/DEBIAN/control && dpkg-deb -b other strange.deb && cp strange.deb /www/pigsty/stray.deb")
		for file, want := range map[string]string{"same.deb": "is in the repository with other contents", "strange.deb": "the package is for s390x"} {
			l.file(file, l.node("10.10.10.10", "cat", "/tmp/"+file))
			if code, out := l.run("repo", "add", file); code != 2 || !strings.Contains(out, want) {
				t.Errorf("%s, exit %d: %s", file, code, tail(out))
			}
		}
		if code, out := l.run("repo", "list"); code != 2 || !strings.Contains(out, "stray.deb is not in the index") {
			t.Errorf("a file beside the index, exit %d: %s", code, out)
		}
		l.node("10.10.10.10", "rm", "/www/pigsty/stray.deb")
	})
}

// meta asks database meta through a port of the first node, as an application would.
func (l *lab) meta(port int, query string) (string, error) {
	l.t.Helper()
	out, code := l.try("10.10.10.10", "env", "PGPASSWORD=DBUser.Meta", "PGSSLMODE=require", "PGCONNECT_TIMEOUT=3", "psql", "-X", "-Atq", "-v", "ON_ERROR_STOP=1",
		"-h", "10.10.10.10", "-p", fmt.Sprint(port), "-U", "dbuser_meta", "-d", "meta", "-c", query)
	if code != 0 {
		return out, fmt.Errorf("psql: exit status %d: %s", code, out)
	}
	return strings.TrimSpace(out), nil
}

// distributes spreads tables over the workers as the application's user, and finds rows on each.
func (l *lab) distributes(t *testing.T) {
	t.Helper()
	l.sub(t, "tables on every worker", func(t *testing.T) {
		ask := func(query, want string) {
			t.Helper()
			if got, err := l.meta(5433, query); err != nil || got != want {
				t.Errorf("%s: %q, %v, not %q", query, got, err, want)
			}
		}
		ask("CREATE TABLE visits (id int PRIMARY KEY, page text); CREATE TABLE pages (page text PRIMARY KEY, title text)", "")
		if _, err := l.meta(5433, "SELECT create_distributed_table('visits', 'id'); SELECT create_reference_table('pages')"); err != nil {
			t.Fatal(err)
		}
		ask("INSERT INTO visits SELECT i, 'p' || i % 7 FROM generate_series(1, 1000) i; SELECT count(*) FROM visits", "1000")
		ask("INSERT INTO pages SELECT DISTINCT page, upper(page) FROM visits; SELECT count(*) FROM visits JOIN pages USING (page)", "1000")
		ask("SELECT count(DISTINCT groupid) FROM pg_dist_placement JOIN pg_dist_shard USING (shardid) WHERE logicalrelid = 'visits'::regclass", "3")
		for _, worker := range []string{"10.10.10.11", "10.10.10.12", "10.10.10.13"} {
			out, code := l.try(worker, "su", "postgres", "-c", `psql -X -Atq -d meta -c "SET citus.override_table_visibility = off; SELECT count(*) > 0 FROM pg_class WHERE relname ~ '^visits_1[0-9]+$'"`)
			if code != 0 || strings.TrimSpace(out) != "t" {
				t.Errorf("%s has no shard: %s", worker, out)
			}
			out, code = l.try(worker, "su", "postgres", "-c", `psql -X -Atq -d meta -c "SELECT count(*) FROM visits"`)
			if code != 0 || strings.TrimSpace(out) != "1000" {
				t.Errorf("%s answers %s", worker, out)
			}
		}
		if got, err := l.meta(6432, "SELECT count(*) FROM visits"); err != nil || got != "1000" {
			t.Errorf("through pgbouncer: %s, %v", got, err)
		}
	})
}
