package modules

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/products/pgsql/guc"
	pgsql "pig/internal/products/pgsql/model"
	"pig/internal/value"
)

// patroniConfig makes a cluster's dynamic configuration what it is declared to be. Keys that are not declared stay, except
// that parameters of PostgreSQL which are not declared go; a null takes a key away.
//
// Where Patroni is only planned to start there is nothing to do: a new cluster begins with its bootstrap configuration. It
// returns restart (something takes hold only after a restart), shrinks (and then on the leader first), promotes (the cluster
// ceases to follow another one) and keys (what differed). A cluster that leads itself is not made to follow another one.
//
// failed says that this is done only where PostgreSQL of a member does not start, or refuses its superuser (refused), which the configuration
// may be the cause of: before anything waits for it.
func patroniConfig() module.Module {
	args := append(patroniArgs(), module.Arg{Name: "config", Type: module.Dict, Required: true}, module.Arg{Name: "failed", Type: module.Bool, Default: false}, module.Arg{Name: "refused", Type: module.Bool, Default: false})
	for _, a := range psqlArgs() {
		if a.Name != "unit" {
			args = append(args, a)
		}
	}
	return module.Module{Name: "patroni_config", Spec: module.Spec{Args: args}, Run: runPatroniConfig}
}

func runPatroniConfig(ctx context.Context, c *module.Call) (*value.Dict, error) {
	p := newPatroni(ctx, c)
	failed := c.Args.Bool("failed")
	if failed {
		if view, err := p.glance(ctx); err != nil || !view.Failed() && !c.Args.Bool("refused") {
			return configResult(nil), nil //nolint:nilerr // who does not answer is waited for
		}
	}
	var body json.RawMessage
	err := p.ask(ctx, "/config", &body)
	if errors.Is(err, node.ErrNotYet) {
		return configResult(nil), nil
	}
	if errors.Is(err, node.ErrUnknown) {
		return nil, err
	}
	if err != nil {
		return nil, postgresTrouble(ctx, c, c.Args.String("unit"), c.Args.Int("patroni_port"), fmt.Errorf("cannot read the dynamic configuration: %w", err))
	}
	parsed, err := value.ParseJSON(body)
	live, ok := parsed.(*value.Dict)
	if err != nil || !ok {
		return nil, errors.New("invalid dynamic configuration of Patroni: want a mapping")
	}
	contexts, err := settingContexts(ctx, c)
	switch {
	case err != nil && c.Args.Bool("refused"):
		contexts = knownContexts(c)
	case err != nil && !failed: // a server that is down does not say: all of its settings count from its next start
		return nil, err
	}
	changes := pgsql.DiffConfig(c.Args.Dict("config"), live, contexts)
	if len(changes) == 0 {
		return configResult(nil), nil
	}
	for _, ch := range changes {
		if ch.Effect == pgsql.EffectPromote && ch.Value != nil {
			return nil, fmt.Errorf("cannot turn cluster %s with its own data into a standby cluster: remove the cluster first (pig pgsql-rm), then create it again", p.scope(ctx))
		}
	}
	return configResult(changes), p.patch(ctx, changes)
}

func configResult(changes []pgsql.ConfigChange) *value.Dict {
	restart, shrinks, promotes := false, false, false
	keys := value.NewList()
	for _, ch := range changes {
		restart = restart || ch.Effect == pgsql.EffectRestart
		shrinks = shrinks || ch.Shrinks
		promotes = promotes || ch.Effect == pgsql.EffectPromote
		keys.Append(ch.Name())
	}
	return value.DictOf("restart", restart, "shrinks", shrinks, "promotes", promotes, "keys", keys)
}

// settingContexts tells for each parameter of the running server when a change of it takes hold.
func settingContexts(ctx context.Context, c *module.Call) (map[string]string, error) {
	var contexts map[string]string
	err := newPsql(c).query(ctx, "postgres", "SELECT jsonb_object_agg(lower(name), context) FROM pg_settings;\n", &contexts)
	if errors.Is(err, node.ErrUnknown) {
		return nil, nil
	}
	return contexts, err
}

// knownContexts are those of the version that the data have, where the server itself does not say.
func knownContexts(c *module.Call) map[string]string {
	major, err := dataVersion(c)
	if err != nil {
		return nil
	}
	return guc.Contexts(major)
}

// patch sends the changes, those of one effect at a time, so that each is told with what it does.
func (p patroni) patch(ctx context.Context, changes []pgsql.ConfigChange) error {
	scope := p.scope(ctx)
	for _, effect := range []struct {
		effect pgsql.Effect
		what   string
		impact node.Impact
	}{
		{pgsql.EffectNone, "", node.ImpactNone}, {pgsql.EffectReload, " (reload)", node.ImpactReload},
		{pgsql.EffectRestart, " (restart)", node.ImpactRestart}, {pgsql.EffectPromote, " (leadership)", node.ImpactFailover},
	} {
		var some []pgsql.ConfigChange
		change := node.Change{Kind: "patroni config", ID: scope + effect.what, Action: "update", Impact: effect.impact}
		if effect.effect == pgsql.EffectPromote {
			change.Makes = map[string]string{roleOf(p.call.Args.Int("port")): "primary"}
		}
		for _, ch := range changes {
			if ch.Effect == effect.effect {
				some = append(some, ch)
				after := ch.After
				if ch.Value == nil {
					after = "(default)"
				}
				change.Attrs = append(change.Attrs, node.Attr{Name: ch.Name(), Before: ch.Before, After: after})
			}
		}
		if len(some) == 0 {
			continue
		}
		body := json.RawMessage(value.PlainJSON(pgsql.Patch(some)))
		if err := p.configure(ctx, p.own(ctx), body, change); err != nil {
			return err
		}
	}
	return nil
}
