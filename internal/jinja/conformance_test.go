package jinja_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"pig/internal/diag"
	"pig/internal/jinja"
	"pig/internal/jinja/jinjatest"
	"pig/internal/jinja/python"
	"pig/internal/value"
)

// probes is what ansible-core 2.19 made of some hundreds of templates and expressions.
type probes struct {
	Oracle string
	Vars   json.RawMessage
	Probes []probe
}

type probe struct {
	Category, Mode, Source string
	OK                     bool
	Type, Repr             string
	ErrorClass             string `json:"error_class"`
	Message                string
}

// knownDifferences are the probes that pig answers otherwise, by their source, with the reason.
func knownDifferences() map[string]string {
	const other = "filters of other collections: the oracle did not have them installed"
	return map[string]string{
		"{{ ip | ipaddr }} {{ 'x' | ipaddr }} {{ cidr | ipaddr('address') }} {{ cidr | ipaddr('network') }} {{ cidr | ipaddr('prefix') }} {{ cidr | ipaddr('netmask') }}": other,
		"{{ users | json_query('[?age==`30`].name') }}":  other,
		"{{ {'a':{'b':[1,2]}} | json_query('a.b[1]') }}": other,
		"{{ zlist.index(1) }} {{ slist.count('a') }}":    "Ansible compares with the templates of the elements, not with the elements, and finds none",
	}
}

// oracleValue turns the notation of the probes for tuples and odd keys into values.
func oracleValue(v value.Value) value.Value {
	switch x := v.(type) {
	case *value.List:
		for i := range x.Items {
			x.Items[i] = oracleValue(x.Items[i])
		}
	case *value.Dict:
		if l, ok := x.At("__tuple__").(*value.List); ok {
			return value.Tuple(oracleValue(l).(*value.List).Items)
		}
		if l, ok := x.At("__dict__").(*value.List); ok {
			d := value.NewDict()
			for _, p := range l.Items {
				pair := p.(*value.List).Items
				d.Set(pair[0], oracleValue(pair[1]))
			}
			return d
		}
		for k, item := range x.All() {
			x.Set(k, oracleValue(item))
		}
	}
	return v
}

func readProbes(t testing.TB) (probes, *value.Dict) {
	t.Helper()
	data, err := os.ReadFile("testdata/conformance/jinja-probes.json")
	if err != nil {
		t.Fatal(err)
	}
	var p probes
	if err := json.Unmarshal(data, &p); err != nil {
		t.Fatal(err)
	}
	vars, err := python.ReadJSON(string(p.Vars))
	if err != nil {
		t.Fatal(err)
	}
	return p, oracleValue(vars).(*value.Dict)
}

func testEngine() *jinja.Engine {
	return jinja.New(jinja.Options{
		Now: func() time.Time { return time.Unix(1700000000, 0).UTC() },
		Load: func(name, _ string) (string, string, error) {
			file := filepath.Join("testdata/conformance/templates", name)
			data, err := os.ReadFile(file)
			if errors.Is(err, fs.ErrNotExist) {
				err = fs.ErrNotExist
			}
			return string(data), file, err
		},
	})
}

var missingName = regexp.MustCompile(`^'(\w+)' is undefined|has no attribute '?([^']+)'?$`)

func errorClass(err error) string {
	var s *jinja.SyntaxError
	var u *jinja.UndefinedError
	switch {
	case errors.As(err, &s):
		return "syntax"
	case errors.As(err, &u):
		return "undefined"
	}
	return "error"
}

// answer runs one probe and tells what differs from the oracle, or "".
func (p probe) answer(e *jinja.Engine, vars *value.Dict) string {
	s := e.Scope(jinjatest.Vars{D: vars})
	var v value.Value
	var err error
	if p.Mode == "expression" {
		v, err = s.Expression(p.Source, diag.Pos{File: "probe", Line: 1, Col: 1})
	} else {
		v, err = s.Value(p.Source, diag.Pos{File: "probe", Line: 1, Col: 1})
	}
	switch {
	case err != nil && p.OK:
		return fmt.Sprintf("error %v; want %s %s", err, p.Type, p.Repr)
	case err != nil:
		if got := errorClass(err); got != p.ErrorClass {
			return fmt.Sprintf("error class %s (%v); want %s (%s)", got, err, p.ErrorClass, p.Message)
		}
		if m := missingName.FindStringSubmatch(p.Message); m != nil && p.ErrorClass == "undefined" {
			if name := m[1] + m[2]; !strings.Contains(err.Error(), name) {
				return fmt.Sprintf("error %v does not name %s", err, name)
			}
		}
		return ""
	case !p.OK:
		return fmt.Sprintf("%s; want error %s (%s)", value.Repr(v), p.ErrorClass, p.Message)
	}
	if value.TypeName(v) != p.Type || value.Repr(v) != p.Repr {
		return fmt.Sprintf("%s %s; want %s %s", value.TypeName(v), value.Repr(v), p.Type, p.Repr)
	}
	return ""
}

func TestConformance(t *testing.T) {
	t.Setenv("TZ", "UTC")
	all, vars := readProbes(t)
	e := testEngine()
	known := knownDifferences()
	for i, p := range all.Probes {
		t.Run(fmt.Sprintf("%03d_%s", i, p.Category), func(t *testing.T) {
			diff := p.answer(e, vars)
			reason, isKnown := known[p.Source]
			switch {
			case diff == "" && isKnown:
				t.Errorf("no longer differs from the oracle (%s): remove it from the known differences", reason)
			case diff != "" && !isKnown:
				t.Errorf("%s %q\ngot %s", p.Mode, p.Source, diff)
			}
		})
	}
}
