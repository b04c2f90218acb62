package jinja_test

import (
	"errors"
	"fmt"
	"strings"

	"pig/internal/diag"
	"pig/internal/jinja"
	"pig/internal/secret"
	"pig/internal/value"
)

// variables are a map: the least that a Scope needs. Its texts are templates.
type variables map[string]value.Value

func (v variables) Lookup(name string) (value.Value, bool, bool) {
	x, ok := v[name]
	return x, true, ok
}

func (v variables) Names() []string {
	var names []string
	for name := range v {
		names = append(names, name)
	}
	return names
}

// One engine serves all; a scope renders for one host. Variables are rendered when they are used.
func Example() {
	engine := jinja.New(jinja.Options{})
	scope := engine.Scope(variables{"name": "pg-test", "port": int64(5432), "url": "postgres://{{ name }}:{{ port }}/app"})
	at := diag.Pos{File: "site.yml", Line: 3, Col: 9}

	text, _ := scope.Value("{{ url | upper }}", at)
	fmt.Println(text)
	number, _ := scope.Value("{{ port + 1 }}", at)
	fmt.Printf("%v is an %T\n", number, number)
	_, err := scope.Value("{{ nmae }}", at)
	fmt.Println(err)
	// Output:
	// POSTGRES://PG-TEST:5432/APP
	// 5433 is an int64
	// site.yml:3:12: 'nmae' is undefined (did you mean name?)
}

// A condition is true, false or, if it needs what only a real run can tell, unknown.
func ExampleScope_condition() {
	scope := jinja.New(jinja.Options{}).Scope(variables{"role": "primary", "leader": value.Unknown{}})
	for _, when := range []string{"role == 'primary'", "leader == 'pg-test-1'", "leader == 'pg-test-1' and role == 'replica'"} {
		holds, err := scope.Condition(when, diag.Pos{})
		fmt.Println(value.Display(holds), err)
	}
	// Output:
	// True <nil>
	// (known after apply) <nil>
	// False <nil>
}

// Text renders a file. What is made from a secret is a secret, in which only the secret part is masked.
func ExampleScope_text() {
	scope := jinja.New(jinja.Options{}).Scope(variables{"users": value.NewList("app", "mon"), "password": secret.New("Pa55word")})
	out, err := scope.Text("{% for u in users %}\n\"{{ u }}\" \"{{ password }}\"\n{% endfor %}\n", "userlist.txt.j2", jinja.TextOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(secret.NewRedactor(out.(secret.Text).Parts()...).Redact(out.(secret.Text).Plain()))
	// Output:
	// "app" "••••••"
	// "mon" "••••••"
}

// Options add filters, tests and lookups.
func ExampleOptions_filters() {
	engine := jinja.New(jinja.Options{Filters: map[string]jinja.Filter{
		"conninfo": func(_ *jinja.Scope, in value.Value, _ []value.Value, _ *value.Dict) (value.Value, error) {
			d, ok := in.(*value.Dict)
			if !ok {
				return nil, errors.New("the input must be a mapping")
			}
			var settings []string
			for key, v := range d.All() {
				settings = append(settings, fmt.Sprintf("%v='%v'", key, v))
			}
			return strings.Join(settings, " "), nil
		},
	}})
	text, err := engine.Scope(variables{}).Expression("{'host': 'pg-test', 'port': 5432} | conninfo", diag.Pos{})
	fmt.Println(text, err)
	// Output:
	// host='pg-test' port='5432' <nil>
}
