package law

import (
	"strings"
	"testing"
)

// A backup repository that is moved gets its stanza and its first backup by the apply that moves it, on the member that leads: the plan says so.
func TestARepositoryThatIsMovedGetsABackup(t *testing.T) {
	const local = checkedWorld
	whole := settled(t, local, "10.10.10.10", "10.10.10.11")
	for _, edit := range []string{"pgbackrest_repo: { local: { path: /pg/backup/elsewhere, retention_full_type: count, retention_full: 2 } }", "pg_fs_backup: /data/elsewhere"} {
		repositoryMoves(t, whole, local, edit)
	}
}

func repositoryMoves(t *testing.T, whole *lab, local, edit string) {
	bubble(t, func(t *testing.T) {
		l := whole.edited(t, local, edit)
		out := l.must("plan", "-v")
		for _, want := range []string{"create backup stanza", "create backup "} {
			if !strings.Contains(out, want) {
				t.Errorf("the plan lacks %q:\n%s", want, out)
			}
		}
		if out := l.must("apply", "--yes"); strings.Contains(out, "not as planned") {
			t.Error(out)
		}
		heals(t, l)
	})
}
