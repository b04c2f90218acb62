package model

import (
	"strings"
	"testing"
)

// The database of Citus is there before pig is: what pig then makes of it is its creation, in a plan and in a run.
func TestTheDatabaseThatPatroniMakesIsCreatedOnce(t *testing.T) {
	t.Parallel()
	p := DatabasePolicy{Admin: "dbrole_admin", Bootstrapped: "meta"}
	declared := []Database{{Name: "meta", Baseline: "SELECT 1;", Extensions: []Extension{{Name: "citus"}, {Name: "postgis"}}}}
	steps := func(live DatabasesState, inside map[string]LiveInside) string {
		t.Helper()
		plan, err := p.Plan(declared, live, inside)
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, s := range plan.Steps {
			all = append(all, s.Kind+" "+s.Name+" "+s.Action)
		}
		return strings.Join(all, "; ")
	}
	const want = "database meta create; baseline meta run"
	if got := steps(DatabasesState{}, nil); got != want {
		t.Errorf("before the server runs: %s", got)
	}
	fresh := LiveDatabase{Owner: "postgres", ConnLimit: -1, AllowConn: true, ACL: ACL{
		{"", "CONNECT", false}, {"", "TEMPORARY", false}, {"postgres", "CREATE", false}, {"postgres", "CONNECT", false}, {"postgres", "TEMPORARY", false}}}
	inside := LiveInside{Read: true, Schemas: map[string]LiveSchema{"public": {Owner: "postgres"}}, Extensions: map[string]LiveExtension{"citus": {}}}
	live := DatabasesState{Databases: map[string]LiveDatabase{"template1": {}, "meta": fresh}, Roles: []string{"dbrole_admin"}}
	if got := steps(live, map[string]LiveInside{"meta": inside}); got != want {
		t.Errorf("as Patroni made it: %s", got)
	}
	plan, err := p.Plan(declared, live, map[string]LiveInside{"meta": inside})
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(plan.Steps[0].SQL, "\n")
	for _, part := range []string{"COMMENT ON DATABASE", "CREATE EXTENSION IF NOT EXISTS \"postgis\"", `GRANT CREATE ON SCHEMA public TO "dbrole_admin"`} {
		if !strings.Contains(text, part) && !strings.Contains(text, strings.ReplaceAll(part, `"`, "")) {
			t.Errorf("no %s in\n%s", part, text)
		}
	}
	if strings.Contains(text, "CREATE DATABASE") {
		t.Errorf("it is made again:\n%s", text)
	}
	fresh.Comment, fresh.Settings = "business database meta", []string{"pig.baseline=" + baselineMark("SELECT 1;")}
	live.Databases["meta"] = fresh
	if got := steps(live, map[string]LiveInside{"meta": inside}); got != "database meta update; extension meta/postgis create; privileges meta/public update" {
		t.Errorf("after a creation that was cut off: %s", got)
	}
}
