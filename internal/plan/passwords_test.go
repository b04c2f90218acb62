package plan

import (
	"strings"
	"testing"

	"pig/internal/inventory"
	"pig/internal/product"
)

func TestPlansTellNoPassword(t *testing.T) {
	t.Parallel()
	inv, _, err := inventory.LoadText("pigsty.yml", []byte("all: { hosts: { 10.0.0.1: { pg_cluster: pg-a }, 10.0.0.2: { pg_cluster: pg-b } } }"), inventory.Options{})
	if err != nil {
		t.Fatal(err)
	}
	of := func(salt string, saved map[string]string) string {
		b, err := NewBinder(inv, nil, saved, salt, few)
		if err != nil {
			t.Fatal(err)
		}
		bound, err := b.Bind(product.Unit{Name: "pgsql:pg-a", Hosts: []string{"10.0.0.1"}})
		if err != nil {
			t.Fatal(err)
		}
		return bound.Passwords
	}
	one := of("a", map[string]string{"x": "sesame", "pg-a.y": "street", "pg-b.y": "other"})
	switch {
	case one != of("a", map[string]string{"pg-b.y": "another", "pg-a.y": "street", "x": "sesame", "10.9.9.9.vip_auth_pass": "z"}):
		t.Error("a password of another cluster makes the plan stale")
	case one == of("a", map[string]string{"x": "sesame", "pg-a.y": "streets"}):
		t.Error("another password of the cluster does not")
	case one == of("a", map[string]string{"x": "Sesame", "pg-a.y": "street"}):
		t.Error("another password of the environment does not")
	case one == of("b", map[string]string{"x": "sesame", "pg-a.y": "street"}):
		t.Error("the salt is not in it")
	case strings.Contains(one, "sesame"):
		t.Error("the digest tells a password")
	}
	now := UnitPlan{Passwords: one}
	if got := stale(UnitPlan{Passwords: "was"}, now); got != "files/secrets.yml has changed" {
		t.Errorf("stale: %q", got)
	}
}
