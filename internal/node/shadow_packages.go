package node

import (
	"context"
	"errors"
	"fmt"
	"time"
)

type shadowPackages struct{ *shadowSystem }

// futureVersion stands for the version of a package that comes from a repository which is itself only planned.
const futureVersion = "(known after apply)"

func (p shadowPackages) Installed(ctx context.Context, names []string) (map[string]string, error) {
	found, err := p.live.Packages().Installed(ctx, names)
	if err != nil {
		return nil, err
	}
	p.shadow.mu.Lock()
	defer p.shadow.mu.Unlock()
	for _, n := range names {
		if v, ok := p.shadow.packages[n]; ok {
			if v == "" {
				delete(found, n)
			} else {
				found[n] = v
			}
		}
	}
	return found, nil
}

// Candidates answers ErrUnknown where repositories will change: then the live lists say nothing about what a run would find. Where
// the lists will only be fetched again it tells what they have now, and ErrStale.
func (p shadowPackages) Candidates(ctx context.Context, names []string) (map[string]string, error) {
	p.shadow.mu.Lock()
	lists, stale := p.shadow.lists, p.shadow.stale
	p.shadow.mu.Unlock()
	if lists {
		return nil, fmt.Errorf("contents of the planned repositories: %w", ErrUnknown)
	}
	found, err := p.live.Packages().Candidates(ctx, names)
	if err == nil && stale {
		err = ErrStale
	}
	return found, err
}

func (p shadowPackages) Refreshed() time.Time { return p.live.Packages().Refreshed() }

func (p shadowPackages) Refresh(context.Context) error {
	p.shadow.mu.Lock()
	defer p.shadow.mu.Unlock()
	if p.live.Packages().Refreshed().IsZero() {
		p.shadow.lists = true
	} else {
		p.shadow.stale = true
	}
	return nil
}

func (p shadowPackages) Install(ctx context.Context, specs []string, _ InstallOptions) error {
	names := BareNames(specs)
	before, err := p.Installed(ctx, names)
	if err != nil {
		return err
	}
	candidates, err := p.Candidates(ctx, names)
	unknown := errors.Is(err, ErrUnknown)
	if err != nil && !unknown {
		return err
	}
	for i, n := range names {
		after := futureVersion
		if v, ok := candidates[n]; ok {
			after = v
		} else if !unknown {
			if specs[i] == n {
				return fmt.Errorf("no repository of this node has a package %s", n)
			}
			after = v
		}
		p.plan(n, before[n], after)
	}
	return nil
}

func (p shadowPackages) plan(name, before, after string) {
	p.shadow.mu.Lock()
	p.shadow.packages[name] = after
	p.shadow.installs = true
	p.shadow.mu.Unlock()
	if before != after {
		p.record(InstallChange(name, before, after))
	}
}

func (p shadowPackages) Remove(ctx context.Context, names []string, _, _ bool) error {
	before, err := p.Installed(ctx, names)
	if err != nil {
		return err
	}
	for _, n := range names {
		v, ok := before[n]
		if !ok {
			continue
		}
		p.shadow.mu.Lock()
		p.shadow.packages[n] = ""
		p.shadow.mu.Unlock()
		p.record(RemovePackageChange(n, v))
	}
	return nil
}
