package products

import (
	"slices"
	"testing"

	"pig/internal/product"
	"pig/internal/value"
)

func TestACoordinatorComesAfterItsWorkers(t *testing.T) {
	t.Parallel()
	env, _ := product.Resolve(load(t, "../../testdata/seed/citus.yml"), All(), product.Options{})
	units := product.Units(env)
	order, err := units.Sort()
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range []string{"pgsql:pg-citus1", "pgsql:pg-citus2", "pgsql:pg-citus3"} {
		if !slices.Contains(units.Needs("pgsql:pg-citus0"), w) || slices.Index(order, w) > slices.Index(order, "pgsql:pg-citus0") {
			t.Errorf("the coordinator does not wait for %s: %q", w, order)
		}
		if slices.Contains(units.Needs(w), "pgsql:pg-citus0") {
			t.Errorf("%s waits for the coordinator", w)
		}
	}
	coordinator, worker := env.Vars("10.10.10.10"), env.Vars("10.10.10.13")
	if got := value.Display(coordinator.At("pg_citus_workers")); got != "[{'group': 1, 'name': 'pg-citus1'}, {'group': 2, 'name': 'pg-citus2'}, {'group': 3, 'name': 'pg-citus3'}]" {
		t.Errorf("its workers are %s", got)
	}
	if got := value.Display(coordinator.At("pg_citus_coordinators")); got != "[]" {
		t.Errorf("a coordinator has the coordinators %s", got)
	}
	if workers, by := value.Display(worker.At("pg_citus_workers")), value.Display(worker.At("pg_citus_coordinators")); workers != "[]" || by != "['10.10.10.10']" {
		t.Errorf("a worker has the workers %s and the coordinators %s", workers, by)
	}
}
