package imitation_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"pig/internal/imitation"
	"pig/internal/node"
)

// Whose a file is when accounts get other numbers is the same on a machine and in a plan for it.
func TestOwnersAfterAChangeOfNumbers(t *testing.T) {
	t.Parallel()
	uid, group := 90, "others"
	for name, do := range map[string]func(context.Context, node.System) error{
		"another group id": func(ctx context.Context, s node.System) error { return s.Accounts().ModifyGroup(ctx, "ops", 90) },
		"another user id": func(ctx context.Context, s node.System) error {
			return s.Accounts().ModifyUser(ctx, "ann", node.AccountChange{UID: &uid})
		},
		"another primary group": func(ctx context.Context, s node.System) error {
			return s.Accounts().ModifyUser(ctx, "ann", node.AccountChange{Group: &group})
		},
		"no group": func(ctx context.Context, s node.System) error { return s.Accounts().RemoveGroup(ctx, "others") },
		"the number of another": func(ctx context.Context, s node.System) error {
			return errors.Join(s.Accounts().ModifyGroup(ctx, "ops", 90), s.Accounts().ModifyGroup(ctx, "others", 88))
		},
		"both, and a file between them": func(ctx context.Context, s node.System) error {
			return errors.Join(s.Accounts().ModifyGroup(ctx, "ops", 90), s.Files().Write("/home/ann/new", nil, node.Attrs{Owner: "ann", Group: "ops"}),
				s.Accounts().ModifyUser(ctx, "ann", node.AccountChange{UID: &uid}), s.Files().Write("/srv/new", nil, node.Attrs{Owner: "ann", Group: "others"}))
		},
	} {
		m := imitation.NewWorld(imitation.Debian()).Add("10.0.0.1")
		owners := func(s node.System) (all []string) {
			for _, path := range []string{"/home/ann", "/home/ann/own", "/home/ann/others", "/home/ann/new", "/srv/own", "/srv/others", "/srv/new"} {
				i, err := s.Files().Stat(path, false)
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, path+" "+i.Owner+" "+i.Group)
			}
			u, _, err := s.Accounts().User("ann")
			if err != nil {
				t.Fatal(err)
			}
			return append(all, "ann's group "+u.Group)
		}
		at := func(of node.Machine) node.System {
			s, err := of.For(node.Task{Record: func(node.Change) {}})
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		live := at(m)
		first, second, ops := 88, 89, "ops"
		err := errors.Join(live.Accounts().AddGroup(t.Context(), "ops", &first, false), live.Accounts().AddGroup(t.Context(), "others", &second, false),
			live.Accounts().AddUser(t.Context(), "ann", node.AccountChange{UID: &first, Group: &ops, CreateHome: true}))
		for _, path := range []string{"/home/ann/own", "/srv/own", "/home/ann/others", "/srv/others"} {
			group := "ops"
			if path[len(path)-1] == 's' {
				group = "others"
			}
			err = errors.Join(err, live.Files().Write(path, nil, node.Attrs{Owner: "ann", Group: group}))
		}
		planned := at(node.NewShadow(m))
		if err := errors.Join(err, do(t.Context(), planned)); err != nil {
			t.Fatal(err)
		}
		want := owners(planned)
		if err := do(t.Context(), live); err != nil {
			t.Fatal(err)
		}
		if got := owners(live); !slices.Equal(got, want) {
			t.Errorf("%s: planned\n%q, but it is\n%q", name, want, got)
		}
	}
}
