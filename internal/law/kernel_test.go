package law

import (
	"maps"
	"path/filepath"
	"strings"
	"testing"

	"pig/internal/imitation"
)

// beforeKernel is a node that a cluster of another kernel comes to, which kernelCluster adds.
const (
	beforeKernel = `all:
  vars: { node_repo_remove: false, node_repo_modules: '' }
  children:
    etcd: { hosts: { 10.10.10.10: { etcd_seq: 1 } }, vars: { etcd_cluster: etcd } }
`
	kernelCluster = beforeKernel + `    pg-polar: { hosts: { 10.10.10.10: { pg_seq: 1, pg_role: primary } }, vars: { pg_cluster: pg-polar, pg_mode: polar, pg_conf: tiny.yml } }
`
)

// Another kernel needs its packages alone: without them a plan names them before anything changes, with them it runs from its own directory.
func TestAKernelNeedsItsPackages(t *testing.T) {
	u := imitation.Debian()
	u.Packages = maps.Clone(u.Packages)
	l := &lab{t: t, world: imitation.NewWorld(u), dir: t.TempDir()}
	l.file = filepath.Join(l.dir, "pigsty.yml")
	l.write(beforeKernel)
	l.world.Add("10.10.10.10")
	l.repositories(t)
	bubble(t, func(t *testing.T) {
		inner := *l
		inner.t = t
		inner.must("apply", "--yes")
		inner.write(kernelCluster)
		if out, rc := inner.pig("plan"); rc == 0 || !strings.Contains(out, "polardb-17") {
			t.Fatalf("a plan without the packages ends with %d and says\n%s", rc, out)
		}
		u.Bring("polardb-17", "/usr/polar-17")
		out := inner.must("apply", "--yes")
		if !strings.Contains(out, "pg_version of pg-polar is not set, so pig takes 17, the newest that the package sources of its nodes offer.") {
			t.Errorf("apply says\n%s", out)
		}
		if programs := l.world.Machine("10.10.10.10"); programs.Content("/usr/pgsql/bin/postgres") == "" || programs.Content("/usr/lib/postgresql/17/bin/postgres") != "" {
			t.Error("/usr/pgsql does not lead to the programs of the kernel, or those of PostgreSQL are there too")
		}
		if left := changes(inner.plan()); len(left) > 0 {
			t.Errorf("planned after the apply:\n%s", strings.Join(left, "\n"))
		}
	})
}
