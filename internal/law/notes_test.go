package law

import (
	"path/filepath"
	"strings"
	"testing"
)

// handled is a play whose handler restarts what its task has configured. NAME and BROKEN stand for a service and a variable.
const handled = `
- hosts: all
  become: true
  gather_facts: false
  tasks:
    - copy: { dest: /etc/NAME/NAME.CONF, content: "# {{ NAME_revision }}\n" }
      notify: restart app
    - fail: { msg: broken }
      when: BROKEN | default(false)
  handlers:
    - name: restart app
      service: { name: NAME, state: restarted }
`

func handledPlay(service, broken string) string {
	conf := map[string]string{"chrony": "conf", "haproxy": "cfg"}[service]
	return strings.NewReplacer("NAME", service, "CONF", conf, "BROKEN", broken).Replace(handled)
}

// playbook writes a playbook, or a file beside it.
func (l *lab) playbook(path, text string) string {
	l.edit(path, "", text)
	return filepath.Join(l.dir, path)
}

// healed fails if a daemon has not read what is on disk, or a note is left.
func (l *lab) healed(t *testing.T, out string) {
	t.Helper()
	if lost := append(l.stale(), l.left()...); len(lost) > 0 {
		t.Errorf("lost: %v\n%s", lost, out)
	}
}

// Handlers of one name are told apart: by their playbooks, their plays, and their places.
func TestHandlersOfOneNameAreToldApart(t *testing.T) {
	revisions := []string{"-e", "chrony_revision=2", "-e", "haproxy_revision=1"}
	t.Run("in playbooks of one name", func(t *testing.T) {
		bubble(t, func(t *testing.T) {
			l := services(t)
			a, b := l.playbook("a/site.yml", handledPlay("chrony", "broken")), l.playbook("b/site.yml", handledPlay("haproxy", "never"))
			l.pig(append(revisions, "play", a, "-e", "broken=true")...)
			l.pig(append(revisions, "play", b)...)
			out, _ := l.pig(append(revisions, "play", a)...)
			l.healed(t, out)
		})
	})
	t.Run("in two plays", func(t *testing.T) {
		bubble(t, func(t *testing.T) {
			l := services(t)
			p := l.playbook("site.yml", handledPlay("haproxy", "never")+handledPlay("chrony", "broken"))
			l.pig("play", p, "-e", "chrony_revision=1", "-e", "haproxy_revision=1")
			l.pig(append(revisions, "play", p, "-e", "broken=true")...)
			out, _ := l.pig(append(revisions, "play", p)...)
			l.healed(t, out)
		})
	})
	for _, name := range []string{"    - name: restart\n      listen: apps\n", "    - listen: apps\n"} {
		t.Run("in one play", func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				l := services(t)
				p := l.playbook("site.yml", `
- hosts: all
  become: true
  gather_facts: false
  tasks:
    - copy: { dest: /etc/chrony/chrony.conf, content: "# another\n" }
      notify: apps
  handlers:
`+name+"      service: { name: haproxy, state: restarted }\n"+name+"      service: { name: \"{{ 'absent' if broken | default(false) else 'chrony' }}\", state: restarted }\n")
				l.pig("play", p, "-e", "broken=true")
				out, _ := l.pig("play", p)
				l.healed(t, out)
			})
		})
	}
}

// The name of a handler may have variables of its play and its role.
func TestHandlersWithVariablesInTheirNames(t *testing.T) {
	for play, defaults := range map[string]string{
		"- hosts: all\n  become: true\n  gather_facts: false\n  roles: [ app ]\n":                          "svc: chrony\n",
		"- hosts: all\n  become: true\n  gather_facts: false\n  vars: { svc: chrony }\n  roles: [ app ]\n": "other: x\n",
	} {
		bubble(t, func(t *testing.T) {
			l := services(t)
			p := l.playbook("site.yml", play)
			l.playbook("roles/app/defaults/main.yml", defaults)
			l.playbook("roles/app/tasks/main.yml", "- copy: { dest: /etc/chrony/chrony.conf, content: \"# another\\n\" }\n  notify: restart {{ svc }}\n")
			l.playbook("roles/app/handlers/main.yml", "- name: restart {{ svc }}\n  service: { name: '{{ svc }}', state: restarted }\n")
			out, code := l.pig("play", p)
			if code != 0 {
				t.Errorf("exit status %d", code)
			}
			l.healed(t, out)
		})
	}
}

// What is fetched changes nothing on the node, and its handler is kept all the same.
func TestAHandlerOfWhatIsFetchedIsKept(t *testing.T) {
	bubble(t, func(t *testing.T) {
		l := services(t)
		p := l.playbook("site.yml", `
- hosts: 10.0.0.1
  become: true
  gather_facts: false
  tasks:
    - fetch: { src: /etc/chrony/chrony.conf, dest: got/, flat: true }
      notify: restart app
    - fail: { msg: broken }
      when: broken | default(false)
  handlers:
    - name: restart app
      service: { name: chrony, state: restarted }
`)
		l.pig("play", p, "-e", "broken=true")
		before := len(l.world.Events())
		if out, code := l.pig("play", p); len(l.world.Events()) == before {
			t.Errorf("lost: exit status %d\n%s", code, out)
		}
		before = len(l.world.Events())
		for range 2 { // nothing new is fetched, and nothing is left to be done
			if out, _ := l.pig("play", p); len(l.world.Events()) > before || len(l.left()) > 0 {
				t.Errorf("a handler without a change: %v\n%s", l.left(), out)
			}
		}
	})
}
