package jinja_test

import (
	"fmt"
	"strings"
	"testing"

	"pig/internal/diag"
	"pig/internal/jinja"
	"pig/internal/jinja/jinjatest"
	"pig/internal/jinja/syntax"
	"pig/internal/value"
)

// bigTemplate makes about 20 KB of configuration, in the manner of a Patroni file.
func bigTemplate() (string, *value.Dict) {
	var b strings.Builder
	b.WriteString("{% set mem = (node_mem | int * 0.25) | round(0, 'ceil') | int %}\n")
	for i := range 120 {
		fmt.Fprintf(&b, "# parameter %d of the cluster {{ pg_cluster }}\n", i)
		fmt.Fprintf(&b, "{%% if pg_conf_%d is defined and pg_conf_%d != '' %%}\nparameter_%d: '{{ pg_conf_%d | default('x') | upper }}'\n{%% else %%}\nparameter_%d: {{ mem * %d }}\n{%% endif %%}\n", i, i, i, i, i, i)
		fmt.Fprintf(&b, "some longer text that is copied as it is, since most of a configuration file is: line %d\n", i)
	}
	b.WriteString("{% for u in users %}\n{{ '%-20s' | format(u.name) }} {{ u.roles | join(',') }} {% if not loop.last %},{% endif %}\n{% endfor %}\n")
	vars := value.DictOf("node_mem", int64(64000), "pg_cluster", "{{ name }}-1", "name", "pg-test")
	for i := 0; i < 120; i += 2 {
		vars.Set(fmt.Sprintf("pg_conf_%d", i), fmt.Sprintf("value-%d", i))
	}
	users := value.NewList()
	for i := range 50 {
		users.Append(value.DictOf("name", fmt.Sprintf("user%d", i), "roles", value.NewList("a", "b", "{{ pg_cluster }}")))
	}
	vars.Set("users", users)
	return b.String(), vars
}

func BenchmarkRenderFile(b *testing.B) {
	text, vars := bigTemplate()
	e := testEngine()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := e.Scope(jinjatest.Vars{D: vars}).Text(text, "t.j2", jinja.TextOptions{}); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(int64(len(text)))
}

// anyPlugin takes every name for that of a filter or test.
type anyPlugin struct{}

func (anyPlugin) Filter(name string) any { return name }
func (anyPlugin) Test(name string) any   { return name }

func BenchmarkCompileFile(b *testing.B) {
	text, _ := bigTemplate()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := syntax.Parse(text, syntax.DefaultDialect(), anyPlugin{}); err != nil {
			b.Fatal(err)
		}
	}
}

func benchValue(b *testing.B, text string, vars *value.Dict) {
	e := testEngine()
	s := e.Scope(jinjatest.Vars{D: vars})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Value(text, diag.Pos{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSmallExpression(b *testing.B) {
	benchValue(b, "{{ d.mid.x | default('x') }}", value.DictOf("d", value.DictOf("mid", value.DictOf("x", "q"))))
}

func BenchmarkConcat(b *testing.B) {
	benchValue(b, "/pg/{{ name }}-{{ seq }}/data", value.DictOf("name", "pg-test", "seq", int64(1)))
}

func BenchmarkPlainText(b *testing.B) {
	benchValue(b, "/etc/patroni/patroni.yml", value.NewDict())
}

func BenchmarkLoopOfThousand(b *testing.B) {
	benchValue(b, "{% for i in range(1000) %}{{ i }}: {{ loop.index }}{% if not loop.last %},{% endif %}{% endfor %}", value.NewDict())
}

func BenchmarkNewScopeCondition(b *testing.B) {
	vars := value.DictOf("pg_role", "{{ role }}", "role", "primary", "on", true)
	e := testEngine()
	b.ReportAllocs()
	for b.Loop() {
		if v, err := e.Scope(jinjatest.Vars{D: vars}).Condition("on and pg_role == 'primary'", diag.Pos{}); err != nil || v != true {
			b.Fatal(v, err)
		}
	}
}

func BenchmarkParallelFiles(b *testing.B) {
	text, vars := bigTemplate()
	e := testEngine()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := e.Scope(jinjatest.Vars{D: vars}).Text(text, "t.j2", jinja.TextOptions{}); err != nil {
				b.Error(err)
			}
		}
	})
}
