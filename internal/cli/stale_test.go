package cli

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"pig/internal/credential"
	"pig/internal/graph"
	"pig/internal/inventory"
	"pig/internal/plan"
	"pig/internal/product"
	"pig/internal/secret"
	"pig/internal/ui"
)

// node -> etcd -> pgsql, and redis beside them.
func fourUnits(inputs map[string]string) (*plan.Plan, *graph.Graph[product.Unit]) {
	g, p := graph.New[product.Unit](), &plan.Plan{}
	for _, name := range []string{"node", "etcd", "pgsql", "redis"} {
		g.Add(name, product.Unit{Name: name})
		if in, ok := inputs[name]; ok {
			p.Units = append(p.Units, plan.UnitPlan{Unit: product.Unit{Name: name}, Inputs: in})
		}
	}
	g.After("etcd", "node")
	g.After("pgsql", "etcd")
	return p, g
}

func TestAStaleUnitIsRefusedWithWhatNeedsIt(t *testing.T) {
	t.Parallel()
	now, g := fourUnits(map[string]string{"node": "1", "etcd": "1", "pgsql": "1", "redis": "1"})
	for _, c := range []struct {
		name    string
		kept    map[string]string
		applied []string
		refused int
		says    string
	}{
		{"nothing changed", map[string]string{"node": "1", "etcd": "1", "pgsql": "1", "redis": "1"}, []string{"node", "etcd", "pgsql", "redis"}, 0, ""},
		{"etcd changed", map[string]string{"node": "1", "etcd": "0", "pgsql": "1", "redis": "1"}, []string{"node", "redis"}, 2, "pgsql: the plan is stale: needs unit etcd"},
		{"redis was not planned", map[string]string{"node": "1", "etcd": "1", "pgsql": "1"}, []string{"node", "etcd", "pgsql"}, 1, "redis: the plan is stale: the unit is not in the plan"},
		{"all changed", map[string]string{"node": "0", "etcd": "0", "pgsql": "0", "redis": "0"}, nil, 4, "node: the plan is stale"},
	} {
		var said bytes.Buffer
		s := readNothing(&said)
		kept, _ := fourUnits(c.kept)
		left, refused := s.refuseStale(kept, now, g)
		if !slices.Equal(left.Names(), c.applied) || strings.Count(said.String(), "refused") != c.refused || (refused == nil) != (c.refused == 0) || !strings.Contains(said.String(), c.says) {
			t.Errorf("%s: %v are applied, %v: %s", c.name, left.Names(), refused, said.String())
		}
		if slices.Contains(c.applied, "etcd") && !slices.Equal(left.Needs("etcd"), []string{"node"}) {
			t.Errorf("%s: the order is lost: etcd needs %v", c.name, left.Needs("etcd"))
		}
	}
}

// readNothing is a session with an empty inventory, which tells people in said.
func readNothing(said io.Writer) *session {
	s := newSource(newScreen(&app{err: said, paint: ui.NewPalette(false)}, &runOptions{}, secret.NewRedactor()), nil)
	s.passwords, s.inventory = &credential.Store{}, &inventory.Inventory{}
	return &session{runner: newRunner(s, nil)}
}

func TestLocksOfHostsThatWereNotReachedAreNotKnown(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		found []heldLock
		says  string
	}{
		{[]heldLock{{host: "a"}, {host: "b"}}, "No host is locked.\n"},
		{[]heldLock{{host: "a"}, {host: "b", err: "connection refused"}}, "No other host is locked.\n"},
		{[]heldLock{{host: "a", holder: "ann@x"}, {host: "b", err: "connection refused"}}, "HOST  HOLDER\na     ann@x\n"},
	} {
		var out bytes.Buffer
		s := newScreen(&app{out: &out, err: io.Discard, paint: ui.NewPalette(false)}, &runOptions{}, secret.NewRedactor())
		if err := s.showLocks(c.found); err != nil || out.String() != c.says {
			t.Errorf("%v: %v, %q, want %q", c.found, err, out.String(), c.says)
		}
	}
}

func TestAHostThatCannotBeReachedSaysNothingOfThePlan(t *testing.T) {
	t.Parallel()
	same := map[string]string{"node": "1", "etcd": "1", "pgsql": "1", "redis": "1"}
	kept, g := fourUnits(same)
	kept.Units[1].Entries = []plan.Entry{{Host: "a", Task: "ask", Unknown: true}}
	away, failed := plan.Entry{Host: "a", Failed: "connection refused", Unreachable: true}, plan.Entry{Host: "a", Failed: "no such file"}
	for _, c := range []struct {
		entry plan.Entry
		err   string
		want  error
		says  string
	}{
		{away, "failed on a", exitStatus(exitUnreachable), "etcd: the plan cannot be checked: a could not be reached: connection refused\n"},
		{failed, "failed on a", exitStatus(exitFailed), "etcd: the plan cannot be checked: failed on a\n"},
	} {
		var said bytes.Buffer
		s := readNothing(&said)
		now, _ := fourUnits(same)
		now.Units[1].Entries, now.Units[1].Error = []plan.Entry{c.entry}, c.err
		left, err := s.refuseStale(kept, now, g)
		if !errors.Is(err, c.want) || !strings.Contains(said.String(), c.says) || strings.Contains(said.String(), "would") || !slices.Equal(left.Names(), []string{"node", "redis"}) {
			t.Errorf("%v, %v are applied: %s", err, left.Names(), said.String())
		}
	}
}
