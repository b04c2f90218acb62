package engine

import "testing"

func TestFactsOfRunOnceAreEverybodys(t *testing.T) {
	newLab(t).expect("a,b", `
- hosts: all
  serial: 2
  tasks:
    - { name: once, set_fact: { x: "{{ inventory_hostname }}" }, run_once: true }
    - { name: b, debug: { msg: "{{ hostvars.b.x }}" }, run_once: true }
    - { name: to, set_fact: { y: 1 }, run_once: true, delegate_to: b, delegate_facts: true }
    - { name: has, debug: { msg: "{{ y is defined }} {{ hostvars.b.y }}" }, run_once: true }
`, "a once: ok", "a b: a", "a to: ok", "a has: False 1")
}

func TestFactsAreNotDelegatedToStrangers(t *testing.T) {
	newLab(t).expect("a", `
- hosts: all
  tasks: [ { name: to, set_fact: { y: 1 }, delegate_to: nobody, delegate_facts: true, ignore_errors: true } ]
`, "a to: ignored")
}
