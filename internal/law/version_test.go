package law

import (
	"maps"
	"path/filepath"
	"strings"
	"testing"

	"pig/internal/imitation"
)

// fiveLines are the declarations that Pigsty's documentation begins with: nothing but who runs what.
const fiveLines = `all:
  children:
    infra: { hosts: { 10.10.10.10: { infra_seq: 1 } } }
    minio: { hosts: { 10.10.10.10: { minio_seq: 1 } }, vars: { minio_cluster: minio } }
    etcd: { hosts: { 10.10.10.10: { etcd_seq: 1 } }, vars: { etcd_cluster: etcd } }
    pg-meta: { hosts: { 10.10.10.10: { pg_seq: 1, pg_role: primary } }, vars: { pg_cluster: pg-meta } }
`

// A cluster without pg_version gets the newest version that its nodes' sources offer, and keeps it when they offer a newer one.
func TestTheVersionIsThatOfTheSources(t *testing.T) {
	u := imitation.Debian()
	u.Packages = maps.Clone(u.Packages)
	l := &lab{t: t, world: imitation.NewWorld(u), dir: t.TempDir()}
	l.file = filepath.Join(l.dir, "pigsty.yml")
	l.write(fiveLines)
	l.world.Add("10.10.10.10")
	l.repositories(t)
	bubble(t, func(t *testing.T) {
		inner := *l
		inner.t = t
		if out := inner.must("validate"); !strings.Contains(out, "pg_version of pg-meta is not set, so pig takes the version of the data") {
			t.Errorf("validate says\n%s", out)
		}
		if out := inner.must("apply", "--yes"); !strings.Contains(out, "pg_version of pg-meta is not set, so pig takes 17, the newest that the package sources of its nodes offer.") {
			t.Errorf("apply says\n%s", out)
		}
		u.Packages["postgresql-18"] = imitation.Package{Version: "18.1-1"}
		if left := changes(inner.plan()); len(left) > 0 {
			t.Errorf("planned with a newer version in the sources:\n%s", strings.Join(left, "\n"))
		}
		if out := inner.must("status", "pg-meta"); !strings.Contains(out, "pg_version of pg-meta is not set, so pig takes 17, which its data has.") {
			t.Errorf("status says\n%s", out)
		}
	})
}
