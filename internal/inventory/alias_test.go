package inventory

import (
	"strings"
	"testing"

	"pig/internal/value"
)

func byAnsibleHost(inv *Inventory) func(*Host) string {
	return func(h *Host) string {
		text, _ := value.Plain(inv.Vars(h).At("ansible_host"))
		return text
	}
}

func TestAHostThatIsNamedByItsAddressKeepsItsAlias(t *testing.T) {
	t.Parallel()
	inv, _, err := LoadText("i.yml", []byte(`
all:
  children:
    infra: { hosts: { 192.0.2.1: { a: 1 } } }
    db: { hosts: { db-one: { ansible_host: 192.0.2.1, b: 2 }, db-two: { ansible_host: 192.0.2.2 }, other: {} } }
`), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := inv.ByAddress(byAnsibleHost(inv)); err != nil {
		t.Fatal(err)
	}
	inv = inv.Clone()
	names := func(pattern string) string {
		hosts, err := inv.Match(pattern)
		if err != nil {
			t.Errorf("%s: %v", pattern, err)
		}
		var list []string
		for _, h := range hosts {
			list = append(list, h.Name)
		}
		return strings.Join(list, " ")
	}
	for pattern, want := range map[string]string{
		"all": "192.0.2.1 192.0.2.2 other", "db": "192.0.2.1 192.0.2.2 other", "infra": "192.0.2.1", "db-one": "192.0.2.1", "db-*": "192.0.2.1 192.0.2.2",
		"192.0.2.2": "192.0.2.2", "db:!db-two": "192.0.2.1 other",
	} {
		if got := names(pattern); got != want {
			t.Errorf("%s: %s, want %s", pattern, got, want)
		}
	}
	one := inv.Host("db-one")
	if vars := inv.Vars(one); one != inv.Host("192.0.2.1") || vars.At("a") != int64(1) || vars.At("b") != int64(2) {
		t.Errorf("both names are one host with the variables of both: %v", vars)
	}
	if groups := inv.GroupNames(one); strings.Join(groups, " ") != "db infra" {
		t.Errorf("groups %v", groups)
	}
}

func TestTwoNamesThatMayBeTwoMachines(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"{ a: { ansible_host: 192.0.2.1, ansible_port: 1 }, b: { ansible_host: 192.0.2.1, ansible_port: 2 } }": "hosts a and b have the same ansible_host 192.0.2.1",
		"{ 192.0.2.1: { x: 1 }, b: { ansible_host: 192.0.2.1, x: 2 } }":                                        "hosts b and 192.0.2.1 are the same machine, and differ in x",
	} {
		inv, _, err := LoadText("i.yml", []byte("all: { hosts: "+text+" }\n"), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := inv.ByAddress(byAnsibleHost(inv)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}
