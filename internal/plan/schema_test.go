package plan

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"testing"
)

var update = flag.Bool("update", false, "write docs/reference/plan.schema.json")

// The schema that readers are given is that of the types. internal/law holds real plans to it.
func TestReferenceOfPlans(t *testing.T) {
	t.Parallel()
	const path = "../../docs/reference/plan.schema.json"
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(Schema()); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil { //nolint:gosec // a page of the documentation
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(kept, b.Bytes()) {
		t.Errorf("%s is not what the types say: run go test ./internal/plan -run TestReference -update; %v", path, err)
	}
}
