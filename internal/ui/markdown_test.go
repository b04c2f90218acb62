package ui

import (
	"fmt"
	"strings"
	"testing"

	"pig/internal/node"
	"pig/internal/plan"
	"pig/internal/product"
)

func changing(unit string, changes ...node.Change) plan.UnitPlan {
	u := plan.UnitPlan{Unit: product.Unit{Name: unit, Hosts: []string{"a"}}}
	for _, c := range changes {
		u.Entries = append(u.Entries, plan.Entry{Host: "a", Task: "t", Changes: []node.Change{c}})
	}
	return u
}

// What interrupts comes before the details, and no text of a host is Markdown.
func TestMarkdownTellsImpactsFirst(t *testing.T) {
	t.Parallel()
	text := Markdown([]plan.UnitPlan{
		changing("etcd"),
		changing("pgsql:pg_a", node.Change{Kind: "file", ID: "/x|`<b>", Action: "create", Diff: "+a\n+```\n"}, node.Change{Kind: "service", ID: "patroni", Action: "restart", Impact: node.ImpactFailover},
			node.Change{Kind: "service", ID: "haproxy", Action: "reload", Impact: node.ImpactReload}),
		changing("infra", node.Change{Kind: "service", ID: "nginx", Action: "reload", Impact: node.ImpactReload}, node.Change{Kind: "service", ID: "nginx", Action: "reload", Impact: node.ImpactReload}),
	}, "")
	at := func(what string) int {
		t.Helper()
		i := strings.Index(text, what)
		if i < 0 {
			t.Errorf("%q is missing in\n%s", what, text)
		}
		return i
	}
	if at("1 to create, 0 to update, 0 to delete, 4 to run; impact: 3 reload, 1 failover") > at("| pgsql:pg\\_a | 1 | 0 | 0 | 2 |") ||
		at("| pgsql") > at("[failover] pgsql:pg_a a: restart service patroni") || at("[failover]") > at("[reload]") || at("[reload]") > at("<details><summary>pgsql:pg_a") {
		t.Errorf("the order is another one:\n%s", text)
	}
	at("[reload] infra a: reload service nginx (2 times)\n")
	at("\n````diff\n")
	at("\n+    + create file /x|`<b>")
	at("\n!    ~ restart service patroni")
	if strings.Contains(text, "| etcd") || strings.Count(text, "<details>") != 2 {
		t.Errorf("a unit without changes is told:\n%s", text)
	}
}

func TestMarkdownOfNothingAndOfFailures(t *testing.T) {
	t.Parallel()
	if text := Markdown([]plan.UnitPlan{changing("etcd")}, ""); text != "### pig plan: no changes\n\n" {
		t.Errorf("%q", text)
	}
	failed := plan.UnitPlan{Unit: product.Unit{Name: "etcd"}, Error: "failed on a", Entries: []plan.Entry{{Host: "a", Task: "ask", Failed: "one\ntwo"}}}
	if text := Markdown([]plan.UnitPlan{failed, {Unit: product.Unit{Name: "pgsql"}, Skipped: "etcd"}}, ""); !strings.Contains(text, "**Failed**") || !strings.Contains(text, "etcd a: ask: one two") || !strings.Contains(text, "pgsql: not planned, because etcd failed") {
		t.Errorf("%s", text)
	}
}

// However large a plan is, the comment is taken, and says what it leaves out.
func TestMarkdownFitsIntoAComment(t *testing.T) {
	t.Parallel()
	var many []plan.UnitPlan
	for i := range 600 {
		u := changing(fmt.Sprintf("pgsql:pg-%d", i))
		for j := range 80 {
			u.Entries = append(u.Entries, plan.Entry{Host: "a", Task: "t", Changes: []node.Change{{Kind: "file", ID: fmt.Sprintf("/x/%d|`*", j), Action: "create", Diff: strings.Repeat("+line é\n", 30), Impact: node.ImpactRestart}}})
		}
		many = append(many, u)
	}
	for _, n := range []int{1, 3, 50, 600} {
		text := Markdown(many[:n], "")
		if len(text) > 60_000 || strings.Count(text, "<details>") != strings.Count(text, "</details>") {
			t.Errorf("%d units: %d bytes", n, len(text))
		}
		if n > 3 && !strings.Contains(text, "left out here: run `pig show`") {
			t.Errorf("%d units: nothing says what is left out", n)
		}
		if !strings.Contains(text, "lines more)") {
			t.Errorf("%d units: the changes of a unit are cut in silence", n)
		}
	}
}
