package engine

import (
	"strings"
	"testing"
)

func TestBecomeIsObeyedOrRefusedWithItsPlace(t *testing.T) {
	for given, want := range map[string]string{
		"become_method: sudo":                                              "",
		"become_method: ansible.builtin.sudo":                              "",
		"become_flags: -H -S -n":                                           "",
		"become_method: su":                                                `play.yml:4:7: invalid become_method "su": only sudo can be used`,
		"become_method: '{{ how }}', vars: { how: doas }":                  `invalid become_method "doas"`,
		"vars: { ansible_become_method: runas }":                           `invalid become_method "runas"`,
		"become_flags: -i":                                                 `invalid become_flags "-i"`,
		"vars: { ansible_become_flags: --preserve-env }":                   `invalid become_flags "--preserve-env"`,
		"become_method: su, vars: { ansible_become_method: sudo }":         "",
		"become: false, become_method: su":                                 "",
		"become: false, vars: { ansible_become: false }, become_flags: -i": "",
	} {
		text := "\n- hosts: all\n  tasks:\n    - { name: t, command: 'true', become: true, " + given + " }\n"
		text = strings.Replace(text, "become: true, become: false", "become: false", 1)
		got, err := newLab(t).run("a", text)
		all := strings.Join(got, "\n")
		if err != nil || !strings.Contains(all, want) || want == "" && all != "a t: changed" {
			t.Errorf("%s: %s, %v; want %s", given, all, err, want)
		}
	}
}

func TestADebuggerIsRefused(t *testing.T) {
	for given, want := range map[string]string{"never": "", "on_failed": `invalid debugger 'on_failed': only never can be used`} {
		_, err := newLab(t).run("a", "\n- hosts: all\n  tasks:\n    - { command: 'true', debugger: "+given+" }\n")
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", given, err)
		}
	}
}
