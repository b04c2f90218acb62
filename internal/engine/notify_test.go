package engine

import "testing"

func TestAFailedTaskNotifiesNobody(t *testing.T) {
	newLab(t).expect("a", `
- hosts: all
  tasks:
    - { name: bad, command: "true", failed_when: true, ignore_errors: true, notify: restart }
    - { name: good, command: "true", notify: reload }
  handlers:
    - { name: restart, debug: { msg: restarted } }
    - { name: reload, debug: { msg: reloaded } }
`, "a bad: ignored", "a good: changed", "a reload: reloaded")
}

func TestAPlanForeseesHandlersOfWhatItDoesNotKnow(t *testing.T) {
	l := newLab(t)
	l.opt.Plan = true
	l.expect("a", `
- hosts: all
  tasks:
    - { name: ask, shell: "exit 0", notify: restart }
    - { name: same, shell: "exit 0", changed_when: false, notify: never }
  handlers:
    - { name: restart, debug: { msg: restarted } }
    - { name: never, debug: { msg: x } }
`, "a ask: unknown", "a same: ok", "a restart: restarted")
}

func TestFlushRunsHandlersThereAndOnce(t *testing.T) {
	newLab(t).expect("a", `
- hosts: all
  tasks:
    - { name: t1, command: "true", notify: restart }
    - { name: flush, meta: flush_handlers }
    - { name: t2, debug: { msg: after } }
  handlers: [ { name: restart, debug: { msg: restarted } } ]
`, "a t1: changed", "a restart: restarted", "a t2: after")
}

func TestForcedHandlersRunAfterAFailure(t *testing.T) {
	for force, want := range map[string][]string{
		"true":  {"a t1: changed", "a bad: failed: boom", "a restart: restarted"},
		"false": {"a t1: changed", "a bad: failed: boom"},
	} {
		newLab(t).expect("a", `
- hosts: all
  force_handlers: `+force+`
  tasks:
    - { name: t1, command: "true", notify: restart }
    - { name: bad, fail: { msg: boom } }
  handlers: [ { name: restart, debug: { msg: restarted } } ]
`, want...)
	}
}
