package model

import "testing"

// A role that is created was nothing before, so that a plan shows what it will be and no change; one that is there shows both.
func TestANewRoleShowsNoFormerAttributes(t *testing.T) {
	t.Parallel()
	off, limit := false, 3
	u := User{Name: "app", Login: &off, ConnLimit: &limit}
	for _, want := range []struct {
		live  map[string]LiveUser
		attrs []Attr
	}{
		{nil, []Attr{{"login", "", "off"}, {"connlimit", "", "3"}}},
		{map[string]LiveUser{"app": {Login: true, ConnLimit: -1}}, []Attr{{"login", "on", "off"}, {"connlimit", "-1", "3"}}},
	} {
		plan, err := PlanUsers([]User{u}, UsersState{Users: want.live}, UserPolicy{})
		if err != nil || len(plan.Steps) != 1 || len(plan.Steps[0].Attrs) < 2 {
			t.Fatalf("%+v, %v", plan, err)
		}
		for i, a := range want.attrs {
			if got := plan.Steps[0].Attrs[i]; got != a {
				t.Errorf("%s: %+v, want %+v", plan.Steps[0].Action, got, a)
			}
		}
	}
}
