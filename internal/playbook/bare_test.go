package playbook

import "testing"

func TestModulesGoByTheirBareNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"ansible.builtin.copy": "copy", "ansible.legacy.copy": "copy", "ansible.posix.mount": "mount", "community.general.ini_file": "ini_file",
		"community.crypto.x509_certificate": "x509_certificate", "community.postgresql.postgresql_db": "postgresql_db", "pig.prune": "prune",
		"copy": "copy", "other.collection.copy": "other.collection.copy", "ansible.builtin": "ansible.builtin",
	} {
		if got := Bare(name); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}
