package inventory_test

import (
	"fmt"

	"pig/internal/inventory"
	"pig/internal/value"
)

const twoClusters = `
all:
  vars: { pg_version: 18 }
  children:
    pg-meta:
      hosts: { 10.10.10.10: { pg_seq: 1 } }
      vars: { pg_cluster: pg-meta }
    pg-test:
      hosts:
        10.10.10.11: { pg_seq: 1, pg_role: primary }
        10.10.10.12: { pg_seq: 2, pg_role: replica }
      vars: { pg_cluster: pg-test, pg_version: 17 }
`

// A host has the variables of its groups and its own, the nearer overriding the farther.
func Example() {
	inv, _, err := inventory.LoadText("pigsty.yml", []byte(twoClusters), inventory.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	h := inv.Host("10.10.10.12")
	fmt.Println(inv.GroupNames(h))
	fmt.Println(value.Display(inv.Vars(h)))
	// Output:
	// [pg-test]
	// {'pg_version': 17, 'pg_cluster': 'pg-test', 'pg_seq': 2, 'pg_role': 'replica'}
}

// Patterns select hosts, as after -l.
func ExampleInventory_Match() {
	inv, _, _ := inventory.LoadText("pigsty.yml", []byte(twoClusters), inventory.Options{})
	for _, pattern := range []string{"pg-test", "all,!pg-test", "pg-test[0]", "pg-tset"} {
		hosts, err := inv.Match(pattern)
		var names []string
		for _, h := range hosts {
			names = append(names, h.Name)
		}
		fmt.Println(pattern, names, err)
	}
	// Output:
	// pg-test [10.10.10.11 10.10.10.12] <nil>
	// all,!pg-test [10.10.10.10] <nil>
	// pg-test[0] [10.10.10.11] <nil>
	// pg-tset [] could not match supplied host pattern: pg-tset (did you mean pg-test?)
}

// Where tells the place that set a variable of a host.
func ExampleInventory_Where() {
	inv, _, _ := inventory.LoadText("pigsty.yml", []byte(twoClusters), inventory.Options{})
	h := inv.Host("10.10.10.11")
	fmt.Println(inv.Where(h, "pg_version"))
	fmt.Println(inv.Where(h, "pg_role"))
	// Output:
	// pigsty.yml:12:36
	// pigsty.yml:10:35
}
