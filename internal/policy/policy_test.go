package policy

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pig/internal/plan"
)

func document() *plan.Document {
	return &plan.Document{
		FormatVersion: plan.DocumentVersion, Pig: "test", WorstImpact: "failover", Summary: plan.DocumentSummary{Impact: plan.DocumentImpacts{Restart: 3}},
		Units: []plan.DocumentUnit{{Name: "pgsql:pg-a", Changes: []plan.DocumentChange{
			{Address: "pgsql:pg-a/a/service:patroni", Kind: "service", Action: "restart", Impact: "failover"},
			{Address: "pgsql:pg-a/b/file:/etc/x", Kind: "file", Action: "create", Impact: "none"},
		}}, {Name: "etcd"}},
	}
}

func TestRulesJudgeAPlan(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		"units[].changes[] | [?impact=='failover'].address":            "yes pgsql:pg-a/a/service:patroni",
		"units[?name=='etcd'].changes[]":                               "no",
		"summary.impact.restart > `2`":                                 "yes",
		"summary.impact.restart > `3`":                                 "no",
		"nothing.here":                                                 "no",
		"worst_impact":                                                 "yes failover",
		"units[].changes[] | [?action=='create'].{host: kind}":         `yes {"host":"file"}`,
		"units[].changes[].kind":                                       "yes service,file",
		"length(units)":                                                "yes 2",
		"units[?starts_with(name, 'pgsql:')] | [?length(changes)>`9`]": "no",
		"offline": "no",
		"units[].changes[] | [?impact=='failover' && contains(id, 'x')] ": "no",
	} {
		rules, err := Parse("p.yml", []byte("- name: a rule\n  warn: |-\n    "+query+"\n"))
		if err != nil {
			t.Errorf("%s: %v", query, err)
			continue
		}
		found, err := Judge(rules, document())
		got := "no"
		if len(found) == 1 {
			got = strings.TrimSpace("yes " + strings.Join(found[0].About, ","))
		}
		if err != nil || got != want || Denied(found) {
			t.Errorf("%s: %s, %v, want %s", query, got, err, want)
		}
	}
}

// A name that no plan has is doubted: the rule would let everything pass.
func TestNamesThatNoPlanHasAreDoubted(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		"units[].changes[].adress":                          `p.yml:2:9: unknown field "adress" in rule "r": no plan has this field, so the rule may never match (did you mean address?)`,
		"units[?nmae=='etcd']":                              "did you mean name?",
		"nothing.here":                                      "pig schema plan shows the fields",
		"units[].changes[].address":                         "",
		"units[].changes[].{who: address} | [?who=='x']":    "",
		"units[].changes[] | [?after.owner=='postgres'].id": "",
	} {
		rules, err := Parse("p.yml", []byte("- name: r\n  deny: \""+query+"\"\n"))
		if err != nil {
			t.Errorf("%s: %v", query, err)
			continue
		}
		var said []string
		for _, d := range rules[0].Doubts {
			said = append(said, d.Error())
		}
		if got := strings.Join(said, "\n"); want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
}

func TestRulesThatAreRefused(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a: b\n":                                   "p.yml: invalid policy file: want a list of rules",
		"- name: x\n  deny: 'units['\n":            "p.yml:2:9: invalid query of rule \"x\"",
		"- name: x\n  deny: a.b > 20\n":            "(write the number in backquotes: `20`)",
		"- name: x\n":                              "want either deny or warn",
		"- name: x\n  deny: a\n  warn: b\n":        "want either deny or warn",
		"- deny: a\n":                              "p.yml:1:3: name of a rule not found",
		"- name: x\n  deni: a\n":                   "unknown field \"deni\" of a rule (did you mean deny?)",
		"- name: x\n  deny: a\n  message: [ a ]\n": "p.yml:3:12: invalid message of a rule: want a string",
		"- x\n": "invalid rule: want a mapping",
		"- name: x\n  deny: a\n- name: y\n  warn: [": "p.yml:",
	} {
		if _, err := Parse("p.yml", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func TestRulesOfAFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if rules, err := Load(filepath.Join(dir, "policies")); err != nil || rules != nil {
		t.Errorf("no folder: %v, %v", rules, err)
	}
	for name, text := range map[string]string{"b.yml": "- { name: b, warn: units }\n", "a.yaml": "- { name: a, deny: units }\n", "c.txt": "- no", "d.yml": "# none yet\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	rules, err := Load(dir)
	var names []string
	for _, r := range rules {
		names = append(names, r.Name)
	}
	if err != nil || !slices.Equal(names, []string{"a", "b"}) {
		t.Errorf("%v, %v", names, err)
	}
	found, err := Judge(rules, document())
	if err != nil || len(found) != 2 || !Denied(found) {
		t.Errorf("%v, %v", found, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "e.yml"), []byte("- { name: e }\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(dir); err == nil || !strings.Contains(err.Error(), "e.yml") {
		t.Errorf("a rule that is none: %v", err)
	}
}
