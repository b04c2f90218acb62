//go:build linux

package acceptance

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

// sample is one series of an answer of the metrics store.
type sample struct {
	Metric map[string]string
	Value  [2]any
}

func (l *lab) ask(c *http.Client, expr string) ([]sample, error) {
	code, body, err := l.get(c, "https://"+infraNode+":8428/api/v1/query?"+url.Values{"query": {expr}}.Encode(), "", "")
	if err != nil {
		return nil, err
	}
	var answer struct {
		Error string
		Data  struct{ Result []sample }
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil || code != 200 {
		return nil, fmt.Errorf("%s: status %d: %s", expr, code, body)
	}
	return answer.Data.Result, nil
}

// queriesHaveData asks the metrics store every query of dashboards, and every rule without the comparison at its end. There have to
// be some.
func (l *lab) queriesHaveData(least int, of func(name string) bool) {
	l.t.Helper()
	c := l.client()
	queries := append(l.dashboardQueries(c, of), ruleQueries(l.t, of)...)
	if len(queries) < least {
		l.t.Fatalf("only %d queries were found", len(queries))
	}
	l.eventually(2*time.Minute, "all queries have data", func() error {
		var empty []string
		for _, q := range queries {
			if got, err := l.ask(c, q.expr); err != nil {
				empty = append(empty, fmt.Sprintf("%s: %v", q.where, err))
			} else if len(got) == 0 {
				empty = append(empty, fmt.Sprintf("%s: %s", q.where, q.expr))
			}
		}
		if len(empty) > 0 {
			return fmt.Errorf("%d of %d have none:\n%s", len(empty), len(queries), strings.Join(empty, "\n"))
		}
		return nil
	})
	l.t.Logf("%d queries have data", len(queries))
}

type query struct{ where, expr string }

// here tells whether dashboards and rules are of a module that the environment of TestInfra has.
func here(name string) bool { return name != "redis" }

func (l *lab) dashboardQueries(c *http.Client, of func(name string) bool) []query {
	l.t.Helper()
	files, err := filepath.Glob("../../roles/infra/files/dashboards/*.json")
	if err != nil {
		l.t.Fatal(err)
	}
	var all []query
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		if !of(name) {
			continue
		}
		var page struct {
			Templating struct {
				List []struct{ Name, Definition string }
			}
			Panels []struct {
				Title   string
				Type    string
				Targets []struct{ Expr string }
			}
		}
		text, err := os.ReadFile(file)
		if err == nil {
			err = json.Unmarshal(text, &page)
		}
		if err != nil {
			l.t.Fatal(err)
		}
		with := []string{"$__rate_interval", "1m"}
		for _, v := range page.Templating.List {
			with = append(with, "$"+v.Name, l.valueOf(c, v.Definition))
		}
		for _, p := range page.Panels {
			if p.Type == "logs" {
				continue // another store
			}
			for _, target := range p.Targets {
				all = append(all, query{name + ": " + p.Title, strings.NewReplacer(with...).Replace(target.Expr)})
			}
		}
	}
	return all
}

// valueOf chooses a value of a variable: the cluster with the most to tell, and its leader.
func (l *lab) valueOf(c *http.Client, definition string) string {
	l.t.Helper()
	m := regexp.MustCompile(`^label_values\((.*), (\w+)\)$`).FindStringSubmatch(definition)
	if m == nil {
		l.t.Fatalf("%q is no variable of ours", definition)
	}
	var values []string
	l.eventually(time.Minute, definition, func() error {
		found, err := l.ask(c, fmt.Sprintf("group by (%s) (%s)", m[2], m[1]))
		for _, s := range found {
			values = append(values, s.Metric[m[2]])
		}
		if err == nil && len(values) == 0 {
			err = fmt.Errorf("it has no value")
		}
		return err
	})
	for _, best := range []string{"pg-test", "pg-test-1", "redis-test"} {
		if slices.Contains(values, best) {
			return best
		}
	}
	return values[0]
}

var comparison = regexp.MustCompile(`^(.*) (<|>|<=|>=|==|!=) -?[0-9.]+$`)

func ruleQueries(t *testing.T, of func(name string) bool) []query {
	t.Helper()
	files, err := filepath.Glob("../../roles/infra/files/rules/*.yml")
	if err != nil {
		t.Fatal(err)
	}
	var all []query
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".yml")
		if !of(name) {
			continue
		}
		var doc struct {
			Groups []struct {
				Rules []struct{ Alert, Record, Expr string }
			}
		}
		text, err := os.ReadFile(file)
		if err == nil {
			err = yaml.Unmarshal(text, &doc)
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range doc.Groups {
			for _, r := range g.Rules {
				expr := r.Expr
				if r.Alert != "" {
					m := comparison.FindStringSubmatch(expr)
					if m == nil {
						t.Fatalf("%s: the expression of %s does not end with a comparison", file, r.Alert)
					}
					expr = m[1]
				}
				all = append(all, query{name + " rule " + r.Alert + r.Record, expr})
			}
		}
	}
	return all
}
