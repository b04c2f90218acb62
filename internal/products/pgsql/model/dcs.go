package model

import (
	"slices"
	"strconv"
	"strings"

	"pig/internal/value"
)

// Effect is what a change of a cluster's dynamic configuration does to its members.
type Effect int

// The effects, from harmless to grave.
const (
	EffectNone    Effect = iota
	EffectReload         // PostgreSQL reads its configuration again
	EffectRestart        // it takes hold when PostgreSQL is restarted
	EffectPromote        // the cluster begins or ceases to follow another one
)

// ConfigChange is one key of the dynamic configuration that is not as declared.
type ConfigChange struct {
	Path          []string
	Value         value.Value // nil takes the key away
	Before, After string
	Effect        Effect
	// Shrinks says that a standby must not have less of it than its leader: the leader is restarted first.
	Shrinks bool
}

// Name is the key as people write it: a parameter by its own name, others with dots.
func (c ConfigChange) Name() string {
	if rest, ok := strings.CutPrefix(strings.Join(c.Path, "."), "postgresql.parameters."); ok {
		return rest
	}
	return strings.Join(c.Path, ".")
}

// DiffConfig compares the declared dynamic configuration with the live one. Mappings are compared key by key: what is not
// declared stays, except parameters of PostgreSQL, of which the undeclared go. A null takes a key away. contexts tell how
// each parameter takes hold, as pg_settings has it; one that is not there is taken to need a restart.
func DiffConfig(declared, live *value.Dict, contexts map[string]string) []ConfigChange {
	d := configDiff{contexts: contexts}
	d.mapping(nil, declared, live)
	return d.changes
}

type configDiff struct {
	contexts map[string]string
	changes  []ConfigChange
}

func (d *configDiff) mapping(path []string, declared, live *value.Dict) {
	for k, want := range declared.All() {
		name := value.KeyText(k)
		at := append(slices.Clone(path), name)
		have, exists := live.Get(name)
		inner, isMap := want.(*value.Dict)
		haveMap, haveIsMap := have.(*value.Dict)
		switch {
		case want == nil && (!exists || have == nil):
		case want == nil:
			d.add(at, nil, have)
		case isMap && haveIsMap:
			d.mapping(at, inner, haveMap)
		case !exists || !sameConfig(want, have):
			d.add(at, want, have)
		}
	}
	if !isParameters(path) {
		return
	}
	for k, have := range live.All() {
		if !declared.Has(k) {
			d.add(append(slices.Clone(path), value.KeyText(k)), nil, have)
		}
	}
}

func isParameters(path []string) bool {
	return len(path) == 2 && path[0] == "postgresql" && path[1] == "parameters"
}

func (d *configDiff) add(path []string, want, have value.Value) {
	c := ConfigChange{Path: path, Value: want, Before: ConfigText(have), After: ConfigText(want)}
	switch {
	case path[0] == "standby_cluster" && (len(path) == 1):
		c.Effect = EffectPromote
	case len(path) == 3 && isParameters(path[:2]):
		c.Effect = d.parameter(path[2])
		c.Shrinks = Shrinks(path[2], c.Before, c.After)
	case path[0] == "postgresql", path[0] == "standby_cluster":
		c.Effect = EffectReload
	}
	d.changes = append(d.changes, c)
}

// StandbyLimits are the parameters of which a standby needs as much as its leader has.
func StandbyLimits() []string {
	return []string{"max_connections", "max_prepared_transactions", "max_locks_per_transaction", "max_wal_senders", "max_worker_processes"}
}

func (d *configDiff) parameter(name string) Effect {
	switch d.contexts[strings.ToLower(name)] {
	case "postmaster", "":
		return EffectRestart
	}
	return EffectReload
}

// ConfigText is a configuration value as PostgreSQL and people write it.
func ConfigText(v value.Value) string {
	switch v := v.(type) {
	case nil:
		return ""
	case bool:
		return onOff(v)
	case *value.Dict, *value.List:
		return string(value.PlainJSON(v))
	}
	return value.Str(v)
}

// sameConfig tells whether two values mean the same, as Patroni sees it: by their text.
func sameConfig(a, b value.Value) bool {
	if la, ok := a.(*value.List); ok {
		lb, ok := b.(*value.List)
		return ok && slices.EqualFunc(la.Items, lb.Items, sameConfig)
	}
	ta, tb := ConfigText(a), ConfigText(b)
	return ta == tb || truth(ta) != "" && truth(ta) == truth(tb)
}

// Patch is what to send to Patroni so that the changes are made.
func Patch(changes []ConfigChange) *value.Dict {
	top := value.NewDict()
	for _, c := range changes {
		d := top
		for _, key := range c.Path[:len(c.Path)-1] {
			next, ok := d.At(key).(*value.Dict)
			if !ok {
				next = value.NewDict()
				d.Set(key, next)
			}
			d = next
		}
		d.Set(c.Path[len(c.Path)-1], c.Value)
	}
	return top
}

// Shrinks tells whether a parameter of which a standby needs as much as its leader has is made less.
func Shrinks(name, before, after string) bool {
	b, errBefore := strconv.Atoi(before)
	a, errAfter := strconv.Atoi(after)
	return slices.Contains(StandbyLimits(), name) && errBefore == nil && errAfter == nil && a < b
}
