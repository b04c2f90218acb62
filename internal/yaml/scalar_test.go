package yaml

import (
	"encoding/json"
	"os"
	"testing"

	"pig/internal/value"
)

// The table comes from PyYAML: testdata/oracle.py.
func TestPlainScalarsReadAsPyYAMLReadsThem(t *testing.T) {
	t.Parallel()
	var rows []struct{ Text, Type, Repr, Str string }
	readJSON(t, "testdata/scalars.json", &rows)
	for _, row := range rows {
		v, warnings, err := Parse([]byte(row.Text), "t.yml", Options{})
		if err != nil {
			t.Errorf("%q: %v", row.Text, err)
			continue
		}
		if got := value.TypeName(v); got != row.Type {
			t.Errorf("%q: type %s, want %s (%s)", row.Text, got, row.Type, row.Repr)
		}
		if got := value.Str(v); got != row.Str {
			t.Errorf("%q: %s, want %s", row.Text, got, row.Str)
		}
		if base60(row.Text) != (len(warnings) > 0) {
			t.Errorf("%q: warnings %v", row.Text, warnings)
		}
	}
}

func readJSON(t *testing.T, file string, into any) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
}
