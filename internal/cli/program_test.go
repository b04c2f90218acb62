package cli

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"pig/internal/value"
)

// A fault that nobody foresaw has Ansible's exit code where pig goes by a name of Ansible's; pig itself shows where it was.
func TestFaultsOfPrograms(t *testing.T) {
	t.Parallel()
	var said bytes.Buffer
	a := &app{err: &said}
	if code := a.guarded("ansible-vault", func() int { panic("no such thing") }); code != 250 || !strings.Contains(said.String(), "probably a bug: no such thing") {
		t.Errorf("exit status %d, said %q", code, said.String())
	}
	if code := a.guarded("ansible", func() int { return 3 }); code != 3 {
		t.Errorf("exit status %d without a fault", code)
	}
	defer func() {
		if recover() == nil {
			t.Error("pig hides a fault")
		}
	}()
	a.guarded("pig", func() int { panic("no such thing") })
}

func TestExitCodesOfPrograms(t *testing.T) {
	t.Parallel()
	flag := misused{errors.New("unknown flag")}
	for name, c := range map[string]struct {
		err  error
		want int
	}{
		"a flag of pig":       {flag, 1},
		"a flag of a program": {asProgram(flag), 2},
		"options":             {asProgram(options("they do not go together")), 5},
		"any other":           {asProgram(errors.New("x")), 1},
	} {
		if got := code(c.err); got != c.want {
			t.Errorf("%s: exit status %d, want %d", name, got, c.want)
		}
	}
}

func TestSettingsHaveTheirTypes(t *testing.T) {
	t.Parallel()
	c := &ansibleConfig{file: "/etc/x/ansible.cfg", values: map[string]string{"defaults.forks": "9", "defaults.roles_path": "a:/b", "diff.always": "yes", "defaults.inventory": "h,/k"},
		env: func(name string) string { return map[string]string{"ANSIBLE_TIMEOUT": "7"}[name] }}
	want := map[string]string{
		"DEFAULT_FORKS": "9 /etc/x/ansible.cfg", "DEFAULT_ROLES_PATH": "['/etc/x/a', '/b'] /etc/x/ansible.cfg", "DIFF_ALWAYS": "True /etc/x/ansible.cfg",
		"DEFAULT_HOST_LIST": "['/etc/x/h', '/k'] /etc/x/ansible.cfg", "DEFAULT_TIMEOUT": "7 env: ANSIBLE_TIMEOUT", "DEFAULT_POLL_INTERVAL": "15 default", "TAGS_RUN": "[] default",
	}
	for _, s := range settings() {
		v, origin := c.inForce(s)
		if w, ok := want[s.name]; ok && value.Str(v)+" "+origin != w {
			t.Errorf("%s is %s %s, want %s", s.name, value.Str(v), origin, w)
		}
		delete(want, s.name)
	}
	if len(want) > 0 {
		t.Errorf("not there: %v", want)
	}
}
