package yaml

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"os"
	"strconv"
	"testing"

	"pig/internal/secret"
	"pig/internal/value"
)

// The table comes from PyYAML: testdata/oracle.py.
func TestDumpWritesWhatPyYAMLWrites(t *testing.T) {
	t.Parallel()
	file := "testdata/dump.json"
	if other := os.Getenv("PIG_DUMP_TABLE"); other != "" { // a longer table, when something changes here
		file = other
	}
	var rows []struct {
		Value   any
		Options struct {
			Flow          *bool
			Indent, Width int
			Sort, Unicode bool
			Style         string
		}
		Text string
	}
	readJSON(t, file, &rows)
	bad := 0
	for i, row := range rows {
		o := DumpOptions{Indent: row.Options.Indent, Width: row.Options.Width, SortKeys: row.Options.Sort, Style: row.Options.Style, ASCII: !row.Options.Unicode}
		if row.Options.Flow != nil {
			o.Flow = FlowNever
			if *row.Options.Flow {
				o.Flow = FlowAlways
			}
		}
		if got := Dump(untag(row.Value), o); got != row.Text && bad < 10 {
			bad++
			t.Errorf("row %d %+v:\ngot  %q\nwant %q", i, o, got, row.Text)
		}
	}
}

// untag is the inverse of tagged in oracle.py.
func untag(v any) value.Value {
	m, ok := v.(map[string]any)
	if !ok {
		return v
	}
	switch {
	case m["i"] != nil:
		n, _ := new(big.Int).SetString(m["i"].(string), 10)
		return value.Int(n)
	case m["f"] == "inf":
		return math.Inf(1)
	case m["f"] != nil:
		f, _ := strconv.ParseFloat(m["f"].(string), 64)
		return f
	case m["l"] != nil:
		l := value.NewList()
		for _, item := range m["l"].([]any) {
			l.Append(untag(item))
		}
		return l
	}
	d := value.NewDict()
	for _, p := range m["d"].([]any) {
		d.Set(untag(p.([]any)[0]), untag(p.([]any)[1]))
	}
	return d
}

func TestDumpReadsBack(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/dump.json")
	if err != nil {
		t.Fatal(err)
	}
	var rows []struct{ Value any }
	if err := json.Unmarshal(text, &rows); err != nil {
		t.Fatal(err)
	}
	for i, row := range rows {
		want := untag(row.Value)
		out := Dump(want, DumpOptions{Flow: FlowNever})
		got, _, err := Parse([]byte(out), "t.yml", Options{})
		if err != nil || !value.Equal(got, want) {
			t.Errorf("row %d: %s reads back as %s (%v)", i, out, value.Repr(got), err)
		}
	}
}

func TestDumpMasksSecretsOnlyWhenAsked(t *testing.T) {
	t.Parallel()
	d := value.DictOf("password", secret.New("hunter22"))
	if got := Dump(d, DumpOptions{Mask: true}); got != fmt.Sprintf("{password: %s}\n", secret.Mask) {
		t.Errorf("masked: %q", got)
	}
	if got := Dump(d, DumpOptions{}); got != "{password: hunter22}\n" {
		t.Errorf("plain: %q", got)
	}
}
