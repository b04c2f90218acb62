package law

import (
	"strings"
	"testing"
)

// pgBackRest encrypts no repository anew: another cipher for one that has backups is refused, in the plan and before anything is changed.
func TestARepositoryWithBackupsIsNotEncryptedAnew(t *testing.T) {
	const (
		plain     = "    pgbackrest_repo: { local: { path: /pg/backup, retention_full_type: count, retention_full: 2 } }\n"
		encrypted = "    pgbackrest_repo: { local: { path: /pg/backup, retention_full_type: count, retention_full: 2, cipher_type: aes-256-cbc, cipher_pass: Sesame1 } }\n"
		refusal   = "cannot change backup repository local (/pg/backup), which has 1 backup of pg-test, "
	)
	for _, c := range []struct{ before, after, says, mended string }{
		{plain, encrypted, "from cipher_type none to aes-256-cbc: pgBackRest cannot re-encrypt a repository. Restore cipher_type: none, or write another path", strings.Replace(encrypted, "/pg/backup", "/pg/secret", 1)},
		{encrypted, plain, "from cipher_type aes-256-cbc to none", encrypted},
		{encrypted, strings.Replace(encrypted, "Sesame1", "Sesame2", 1), "to another cipher_pass: pgBackRest cannot re-encrypt a repository. Restore the former cipher_pass", encrypted},
	} {
		whole := settled(t, checkedWorld+c.before, "10.10.10.10", "10.10.10.11")
		bubble(t, func(t *testing.T) {
			l := whole.edited(t, checkedWorld+c.after, "node_crontab: [ '5 * * * * root /usr/bin/true' ]")
			deeds := l.deeds()
			for _, verb := range [][]string{{"plan"}, {"apply", "--yes"}, {"pgsql", "-t", "pgbackrest"}} {
				says(t, l, 2, []string{refusal + c.says}, verb...)
				if out, _ := l.pig(verb...); strings.Contains(out, "Sesame") {
					t.Errorf("%v tells the passphrase:\n%s", verb, out)
				}
			}
			if n := l.deeds(); n != deeds {
				t.Errorf("%d deeds were done", n-deeds)
			}
			l.write(checkedWorld + c.mended)
			l.switches(nil, true)
		})
	}
}
