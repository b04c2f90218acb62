package ui

import (
	"fmt"
	"strings"
	"testing"

	"pig/internal/node"
	"pig/internal/plan"
	"pig/internal/product"
)

func unit(name string, hosts []string, entries ...plan.Entry) plan.UnitPlan {
	return plan.UnitPlan{Unit: product.Unit{Name: name, Hosts: hosts}, Entries: entries}
}

func file(name, action string, impact node.Impact) node.Change {
	return node.Change{Kind: "file", ID: name, Action: action, Impact: impact}
}

func TestWhatIsDoneToSeveralHostsIsOneLine(t *testing.T) {
	t.Parallel()
	a, b := file("/etc/a", "create", node.ImpactNone), file("/etc/b", "update", node.ImpactNone)
	restart := node.Change{Kind: "service", ID: "haproxy", Action: "restart", Impact: node.ImpactRestart}
	u := unit("node", []string{"n1", "n2", "n3"},
		plan.Entry{Host: "n1", Task: "A", Changes: []node.Change{a, b}}, plan.Entry{Host: "n1", Task: "S", Changes: []node.Change{restart}},
		plan.Entry{Host: "n2", Task: "A", Changes: []node.Change{a, b}}, plan.Entry{Host: "n2", Task: "U", Unknown: true},
		plan.Entry{Host: "n3", Task: "A", Changes: []node.Change{a}}, plan.Entry{Host: "n3", Task: "U", Unknown: true})
	want := `node n1 n2 n3
    + create file /etc/a
  n1 n2
    ~ update file /etc/b
  n1
    ~ restart service haproxy [restart]
  n2 n3
    ? U (known after apply)
`
	if got := Plan(Palette{}, []plan.UnitPlan{u}, PlanOptions{}); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	each := Plan(Palette{}, []plan.UnitPlan{u}, PlanOptions{Verbosity: 2})
	if strings.Count(each, "create file /etc/a") != 3 {
		t.Errorf("-vv joins hosts:\n%s", each)
	}
}

// manyFiles is more than a screen of files for each host, beside what is always told.
func manyFiles(hosts ...string) plan.UnitPlan {
	var entries []plan.Entry
	for _, h := range hosts {
		var changes []node.Change
		for i := range 70 {
			changes = append(changes, file(fmt.Sprintf("/etc/%s/%d", h, i), "create", node.ImpactNone))
		}
		changes = append(changes, file("/etc/hosts", "update", node.ImpactNone), file("/etc/old", "delete", node.ImpactNone),
			node.Change{Kind: "service", ID: "nginx", Action: "reload", Impact: node.ImpactReload}, node.Change{Kind: "directory", ID: "/d", Action: "create"},
			node.Change{Kind: "file", ID: "/etc/default/x", Action: "delete", Assumed: true}, node.Change{Kind: "service", ID: "patroni", Action: "restart", Impact: node.ImpactFailover})
		entries = append(entries, plan.Entry{Host: h, Task: "A", Changes: changes}, plan.Entry{Host: h, Task: "W", Warnings: []string{"user x is no longer declared"}}, plan.Entry{Host: h, Task: "U", Unknown: true})
	}
	return unit("node", hosts, entries...)
}

func TestALongPlanCountsWhatInterruptsNobody(t *testing.T) {
	t.Parallel()
	want := `node n1 n2
    - delete file /etc/old
    ~ restart service patroni [failover]
    ! user x is no longer declared
    ~ reload service nginx [reload]
    - 1 file (if packages contain them)
    ~ 1 file
    + 1 directory
    ? 1 task (known after apply)
    + 70 files
Use -v to list every change that is counted here.
`
	units := []plan.UnitPlan{manyFiles("n1", "n2")}
	if got := Plan(Palette{}, units, PlanOptions{}); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for what, o := range map[string]PlanOptions{"-v": {Verbosity: 1}, "--diff": {Diff: true}} {
		if got := Plan(Palette{}, units, o); !strings.Contains(got, "create file /etc/n2/69") || strings.Contains(got, "70 files") {
			t.Errorf("%s counts:\n%s", what, got)
		}
	}
}

func TestPlural(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{"file": "files", "directory": "directories", "ssh key": "ssh keys", "alias": "aliases", "crontab entry": "crontab entries"} {
		if got := plural(word, 2); got != want || plural(word, 1) != word {
			t.Errorf("%s: %s", word, got)
		}
	}
}
