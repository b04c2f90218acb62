package graph

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
)

func diamond() *Graph[int] {
	g := New[int]()
	for i, n := range []string{"node", "etcd", "pg-a", "pg-b"} {
		g.Add(n, i)
	}
	g.After("etcd", "node")
	g.After("pg-a", "node", "etcd", "nowhere")
	g.After("pg-b", "etcd")
	return g
}

func TestSortPutsNeedsFirst(t *testing.T) {
	got, err := diamond().Sort()
	if err != nil || !slices.Equal(got, []string{"node", "etcd", "pg-a", "pg-b"}) {
		t.Fatalf("got %v, %v", got, err)
	}
}

func TestCycleIsAnErrorThatNamesIt(t *testing.T) {
	g := diamond()
	g.After("node", "pg-b")
	_, err := g.Sort()
	if err == nil || err.Error() != "units wait for each other: node, etcd, pg-a, pg-b" {
		t.Fatalf("got %v", err)
	}
}

func TestWalkSkipsWhatDependsOnAFailure(t *testing.T) {
	g := diamond()
	g.Add("redis", 9)
	var mu sync.Mutex
	var visited []string
	boom := errors.New("boom")
	out, err := g.Walk(t.Context(), Room[int]{}, func(_ context.Context, name string, _ int) error {
		mu.Lock()
		defer mu.Unlock()
		visited = append(visited, name)
		if name == "etcd" {
			return boom
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(visited)
	if !slices.Equal(visited, []string{"etcd", "node", "redis"}) {
		t.Errorf("visited %v", visited)
	}
	if !errors.Is(out["etcd"].Err, boom) || out["pg-a"].Skipped != "etcd" || out["pg-b"].Skipped != "etcd" || out["redis"] != (Outcome{}) {
		t.Errorf("outcomes %+v", out)
	}
}

func TestWalkRunsIndependentNodesTogether(t *testing.T) {
	g := New[int]()
	g.Add("a", 0)
	g.Add("b", 0)
	var both sync.WaitGroup
	both.Add(2)
	_, err := g.Walk(t.Context(), Room[int]{}, func(context.Context, string, int) error {
		both.Done()
		both.Wait() // comes back only if the other one runs too
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

type bearable bool

func (bearable) Error() string    { return "away" }
func (b bearable) Bearable() bool { return bool(b) }

func TestFollowersGoOnWithoutWhatIsOnlyAway(t *testing.T) {
	for away, want := range map[bearable]string{true: "", false: "infra"} {
		g := New[int]()
		g.Add("infra", 0)
		g.Add("pg", 1)
		g.Follow("pg", "infra")
		same := New[int]()
		same.Add("infra", 0)
		same.Add("pg", 1)
		same.Like(g, "pg")
		out, err := same.Walk(t.Context(), Room[int]{}, func(_ context.Context, name string, _ int) error {
			if name == "infra" {
				return away
			}
			return nil
		})
		if err != nil || out["pg"].Skipped != want {
			t.Errorf("away %v: pg skipped because of %q, want %q; %v", away, out["pg"].Skipped, want, err)
		}
	}
}

func TestWalkBeginsWhatThereIsRoomFor(t *testing.T) {
	g := New[int]()
	for _, c := range []string{"a", "b", "c"} {
		g.Add("node:"+c, 3)
	}
	for _, c := range []string{"a", "b", "c"} {
		g.Add("pgsql:"+c, 3)
		g.After("pgsql:"+c, "node:"+c)
	}
	g.Add("large", 99)
	var mu sync.Mutex
	var order []string
	inside, most := 0, 0
	out, err := g.Walk(t.Context(), Room[int]{Total: 4, Of: func(hosts int) int { return hosts }}, func(_ context.Context, name string, hosts int) error {
		mu.Lock()
		order = append(order, name)
		inside += hosts
		most = max(most, inside)
		mu.Unlock()
		mu.Lock()
		inside -= hosts
		mu.Unlock()
		return nil
	})
	if err != nil || len(out) != 7 {
		t.Fatalf("%v %v", out, err)
	}
	want := []string{"node:a", "pgsql:a", "node:b", "pgsql:b", "node:c", "pgsql:c", "large"}
	if !slices.Equal(order, want) || most != 99 {
		t.Errorf("got %v, at most %d at once; want %v", order, most, want)
	}
}
