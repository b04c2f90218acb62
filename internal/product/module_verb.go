package product

import (
	"context"
	"fmt"
)

// ModuleVerb is the verb of a product's whole playbook, at once, on the hosts that -l selects.
func ModuleVerb(name, example string) Verb {
	short := fmt.Sprintf("Apply the %s module to its hosts", name)
	return Verb{
		Use: name, Short: short, Group: ModuleGroup,
		Long:    short + ", without a plan and without a confirmation.",
		Example: example + "\n\nThe tags are those of Pigsty. --check shows what would change, --diff shows how.",
		Run: func(ctx context.Context, w Work) error {
			hosts, err := ModuleHosts(w, name)
			if err != nil {
				return err
			}
			return w.Play(ctx, Play{Playbook: name, Hosts: hosts})
		},
	}
}

// AddVerb is the verb that creates members of a product: those on the hosts that are named, all if there is none. v has its texts.
func AddVerb(name string, v Verb) Verb {
	v.Group = MembersGroup
	v.Run = func(ctx context.Context, w Work) error {
		_, err := AddMembers(ctx, w, name)
		return err
	}
	return v
}

// AddMembers creates the members on the hosts that are named, all if there is none, and gives these hosts.
func AddMembers(ctx context.Context, w Work, name string) ([]string, error) {
	hosts, err := NamedHosts(w, name)
	if err != nil {
		return nil, err
	}
	return hosts, w.Play(ctx, Play{Playbook: name, Hosts: hosts})
}
