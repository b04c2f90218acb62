package law

import (
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// shortEdits is how many random edits a run of the tests tries. PIG_EDITS=200 tries all that docs/plan-law.md has rows for, and
// PIG_EDITS=180-190 the last ten of those before 191.
const shortEdits = 10

// chain is how many edits one environment lives through, from bare nodes.
const chain = 10

// TestRandomEdits takes environments through random edits: what is planned is what is applied, then a plan is empty, another apply
// does nothing, and nothing that runs lacks what is on disk.
func TestRandomEdits(t *testing.T) {
	first, n := 0, shortEdits
	if from, till, ok := strings.Cut(os.Getenv("PIG_EDITS"), "-"); ok {
		first, _ = strconv.Atoi(from)
		n, _ = strconv.Atoi(till)
	} else if all, err := strconv.Atoi(from); err == nil {
		n = all
	}
	documented := documentedEdits(t)
	var rows []string
	for begin := first; begin < n; begin += chain {
		t.Run(fmt.Sprint(begin+1), func(t *testing.T) { rows = append(rows, lifetime(t, begin, documented)...) })
	}
	if os.Getenv("PIG_EDITS") != "" {
		fmt.Println(strings.Join(rows, "\n"))
	}
}

// lifetime takes one environment through a chain of edits, and gives a row for each.
func lifetime(t *testing.T, begin int, documented map[int]string) (rows []string) {
	r := rand.New(rand.NewPCG(uint64(begin), 2)) //nolint:gosec // a test that can be repeated
	inventory := drawInventory(r)
	bubble(t, func(t *testing.T) {
		l := newLab(t, inventory.text(), environmentNodes...)
		if err := l.world.Machine(environmentNodes[0]).HoldRepository("/www/pigsty"); err != nil {
			t.Fatal(err)
		}
		if out, code := l.pig("apply", "--yes"); code != 0 {
			t.Fatalf("the first apply: exit status %d\n%s\n%s\n%s", code, out, strings.Join(l.world.Unknown(), "\n"), inventory.text())
		}
		for n := begin + 1; n <= begin+chain; n++ {
			time.Sleep(time.Hour)
			next, turned := inventory.edited(r)
			v := l.become(t, next)
			v.turned = turned
			rows = append(rows, v.row(n))
			if want := documented[n]; want != "" && want != v.row(n) {
				t.Errorf("docs/plan-law.md has\n%s\nbut it is\n%s", want, v.row(n))
			}
			if t.Failed() {
				t.Fatalf("edit %d, of %s\nbefore:\n%s\nafter:\n%s", n, strings.Join(turned, ", "), inventory.text(), next.text())
			}
			inventory = next
		}
	})
	return rows
}

var applied = regexp.MustCompile(`(?m)^Applied: (\d+) created, (\d+) updated, (\d+) deleted, (\d+) run`)

// become brings another inventory to an environment.
func (l *lab) become(t *testing.T, next randomInventory) (v verdict) {
	t.Helper()
	l.write(next.text())
	for _, u := range l.plan().Units {
		for _, e := range u.Entries {
			v.planned += len(e.Changes)
			if e.Unknown {
				v.unknown++
			}
			if e.Failed != "" {
				t.Errorf("planned: %s: %s", e.Task, e.Failed)
			}
		}
	}
	out, code := l.pig("apply", "--yes")
	if code != 0 {
		t.Errorf("apply: exit status %d\n%s", code, out)
	}
	if m := applied.FindStringSubmatch(out); m != nil {
		for _, n := range m[1:] {
			i, _ := strconv.Atoi(n)
			v.applied += i
		}
	}
	v.unplanned, v.missed = strings.Count(out, "not as planned: unplanned"), strings.Count(out, "not as planned: missed")
	if v.unplanned+v.missed > 0 {
		t.Error(out)
	}
	left := changes(l.plan())
	if v.left = len(left); v.left > 0 {
		diff, _ := l.pig("plan", "--diff")
		t.Errorf("left after apply:\n%s\n%s", strings.Join(left, "\n"), diff)
	}
	before := len(l.world.Events())
	if out, code := l.pig("apply", "--yes"); code != 0 {
		t.Errorf("another apply: exit status %d\n%s", code, out)
	}
	more := l.world.Events()[before:]
	if v.again = len(more); v.again > 0 {
		t.Errorf("another apply: %v", more)
	}
	for _, s := range append(l.stale(), l.world.Unknown()...) {
		t.Error(s)
	}
	return v
}

var documentedRow = regexp.MustCompile(`(?m)^\| (\d+) \|.*$`)

// documentedEdits are the rows of docs/plan-law.md.
func documentedEdits(t *testing.T) map[int]string {
	t.Helper()
	page, err := os.ReadFile("../../docs/plan-law.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[int]string{}
	for _, m := range documentedRow.FindAllStringSubmatch(string(page), -1) {
		n, _ := strconv.Atoi(m[1])
		rows[n] = m[0]
	}
	return rows
}
