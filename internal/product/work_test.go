package product_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pig/internal/inventory"
	"pig/internal/product"
	"pig/internal/products"
	"pig/internal/value"
)

// declared is an environment with every kind of cluster: shards of one horizontal cluster, and two clusters that share nothing.
const declared = `
infra: { hosts: { 10.0.0.1: { infra_seq: 1 } } }
etcd: { hosts: { 10.0.0.1: { etcd_seq: 1 } }, vars: { etcd_cluster: etcd } }
shard0: { hosts: { 10.0.0.2: { pg_seq: 1, pg_role: primary } }, vars: { pg_cluster: shard0, pg_mode: citus, pg_shard: sharded, pg_group: 0 } }
shard1: { hosts: { 10.0.0.3: { pg_seq: 1, pg_role: primary } }, vars: { pg_cluster: shard1, pg_mode: citus, pg_shard: sharded, pg_group: 1 } }
alone: { hosts: { 10.0.0.4: { pg_seq: 1, pg_role: primary }, 10.0.0.5: { pg_seq: 2, pg_role: replica } }, vars: { pg_cluster: alone } }
minio: { hosts: { 10.0.0.6: { minio_seq: 1 } }, vars: { minio_cluster: minio } }
`

func environment(t *testing.T) *product.Environment {
	t.Helper()
	inv, _, err := inventory.LoadText("i.yml", []byte(declared), inventory.Options{})
	if err != nil {
		t.Fatal(err)
	}
	env, found := product.Resolve(inv, products.All(), product.Options{})
	if found.HasErrors() {
		t.Fatal(found)
	}
	return env
}

// work is a session that writes down what a verb asks for. Hosts in limited are those that -l leaves, all without any.
type work struct {
	product.Work
	env              *product.Environment
	args, limited    []string
	guarded, planned bool
	name             string // that the operator types
	fails            error
	said             []string
}

func (w *work) Environment() *product.Environment         { return w.env }
func (w *work) Args() []string                            { return w.args }
func (w *work) Limit() string                             { return "LIMIT" }
func (w *work) Match(patterns []string) ([]string, error) { return slices.Clone(patterns), nil }
func (w *work) PlansOnly() bool                           { return w.planned }
func (w *work) Vars(string) *value.Dict                   { return value.NewDict() }

func (w *work) Limited() ([]string, error) {
	if w.limited != nil {
		return slices.Clone(w.limited), nil
	}
	return w.env.HostsOf("node"), nil
}

func (w *work) Unguarded(safeguard string, _ []string) error {
	w.Say("asks %s", safeguard)
	if w.guarded {
		return errors.New("guarded")
	}
	return nil
}

func (w *work) Typed(name, loss string) error {
	w.Say("wants %s: %s", name, loss)
	if w.name != name {
		return errors.New("not typed")
	}
	return nil
}

func (w *work) Play(_ context.Context, p product.Play) error {
	w.Say("plays %s on %s", p.Playbook, strings.Join(p.Hosts, " "))
	return w.fails
}

func (w *work) TellKnown(name string, hosts []string, err error) {
	w.Say("knew %s %s %v", name, strings.Join(hosts, " "), err)
}

func (w *work) Say(format string, args ...any) { w.said = append(w.said, fmt.Sprintf(format, args...)) }
