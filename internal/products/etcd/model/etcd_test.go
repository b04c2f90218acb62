package model

import (
	"strings"
	"testing"
)

func threeMembers() Cluster {
	return Cluster{[]Member{
		{ID: "1", Name: "e-1", PeerURLs: []string{"https://a:2380"}}, {ID: "2", Name: "e-2", PeerURLs: []string{"https://b:2380"}},
		{ID: "3", PeerURLs: []string{"https://c:2380"}},
	}}
}

func TestMembers(t *testing.T) {
	t.Parallel()
	c := threeMembers()
	if m, ok := c.Find("e-3", "https://c:2380"); !ok || m.ID != "3" || m.Started() {
		t.Errorf("%+v", m)
	}
	if _, ok := c.Find("e-4", "https://d:2380"); ok {
		t.Error("a stranger is found")
	}
	if got := c.InitialCluster("e-3", "https://c:2380"); got != "e-1=https://a:2380,e-2=https://b:2380,e-3=https://c:2380" {
		t.Error(got)
	}
	for _, q := range [][2]int{{1, 1}, {2, 2}, {3, 2}, {4, 3}, {5, 3}} {
		if Quorum(q[0]) != q[1] {
			t.Errorf("%d members need %d", q[0], Quorum(q[0]))
		}
	}
}

func TestMayLeave(t *testing.T) {
	t.Parallel()
	c := threeMembers()
	for _, k := range []struct {
		leaves int
		up     []string
		may    bool
	}{{2, []string{"1", "2"}, true}, {2, []string{"1"}, false}, {0, []string{"1", "2", "3"}, true}, {0, []string{"1", "2"}, false}} {
		if err := c.MayLeave(c.Members[k.leaves], k.up); (err == nil) != k.may {
			t.Errorf("%+v: %v", k, err)
		}
	}
	one := Cluster{c.Members[:1]}
	if one.MayLeave(one.Members[0], []string{"1"}) == nil {
		t.Error("the last member leaves")
	}
}

func TestPrefixEnd(t *testing.T) {
	t.Parallel()
	for prefix, want := range map[string]string{"/pg/a/": "/pg/a0", "a\xff": "b", "\xff": "\x00", "": "\x00"} {
		if got := PrefixEnd(prefix); got != want {
			t.Errorf("%q: %q", prefix, got)
		}
	}
}

func TestPlanUser(t *testing.T) {
	t.Parallel()
	u := User{Name: "pg-a", Password: "secret", Prefixes: []string{"/pg/a/"}}
	whole := Account{Exists: true, Permissions: []Permission{ReadWrite("/pg/a/")}}
	member := Account{Exists: true, Roles: []string{"pg-a"}}
	for name, c := range map[string]struct {
		got  []Call
		want string
	}{
		"nothing there":    {PlanUser(u, Account{}, Account{}, false), "role/add role/grant user/add user/grant"},
		"all there":        {PlanUser(u, member, whole, true), ""},
		"another password": {PlanUser(u, member, whole, false), "user/changepw"},
		"another prefix":   {PlanUser(u, member, Account{Exists: true, Permissions: []Permission{ReadWrite("/pg/b/")}}, true), "role/grant"},
		"to go":            {PlanUser(User{Name: "pg-a", Absent: true}, member, whole, false), "user/delete role/delete"},
		"gone":             {PlanUser(User{Name: "pg-a", Absent: true}, Account{}, Account{}, false), ""},
	} {
		var paths []string
		for _, call := range c.got {
			paths = append(paths, call.Path)
			if strings.Contains(call.Kind+call.Name+call.Action+call.Detail, "secret") {
				t.Errorf("%s: a secret is shown", name)
			}
		}
		if got := strings.Join(paths, " "); got != c.want {
			t.Errorf("%s: %s", name, got)
		}
	}
}
