package cli

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestAnsibleConfig(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "ansible.cfg")
	text := "[defaults]\ninventory = hosts,more ; two\nroles_path = roles:~/roles\n    :/srv/roles\nforks=7\nhash_behaviour = merge\nstrategy = debug\n# forks=9\n[privilege_escalation]\nbecome = True\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"ANSIBLE_CONFIG": file, "HOME": "/home/me", "ANSIBLE_TIMEOUT": "3"}
	c, err := readAnsibleConfig(func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	o := &runOptions{}
	o.configured(c, func(flag string) bool { return flag == "become" })
	if o.forks != 7 || o.timeout != 3 || o.become {
		t.Errorf("forks %d, timeout %d, become %v: want 7 of the file, 3 of the environment, and what the command line says", o.forks, o.timeout, o.become)
	}
	if want := []string{filepath.Join(dir, "hosts"), filepath.Join(dir, "more")}; !slices.Equal(o.inventory, want) {
		t.Errorf("inventory %q, want %q", o.inventory, want)
	}
	if want := []string{filepath.Join(dir, "roles"), "/home/me/roles", "/srv/roles"}; !slices.Equal(c.rolesPath(), want) {
		t.Errorf("roles_path %q, want %q", c.rolesPath(), want)
	}
	if w := c.unobeyed(); !slices.Equal(w, []string{"strategy = debug of ansible.cfg has no effect"}) {
		t.Errorf("warnings %q", w)
	}
}
