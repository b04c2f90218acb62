package law

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"pig/internal/plan"
)

// planSchema judges documents as docs/reference says they are.
func planSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := os.ReadFile("../../docs/reference/plan.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("urn:pig:plan", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("urn:pig:plan")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// judged is a document that the schema takes, and that has nothing the schema does not tell of.
func judged(t *testing.T, schema *jsonschema.Schema, text string) *plan.Document {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	if err := schema.Validate(v); err != nil {
		t.Errorf("%v", err)
	}
	d := &plan.Document{}
	strict := json.NewDecoder(strings.NewReader(text))
	strict.DisallowUnknownFields()
	if err := strict.Decode(d); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return d
}

// planEvent is the plan of the event that plan --json prints.
func planEvent(t *testing.T, out string) string {
	t.Helper()
	for line := range strings.Lines(out) {
		var event struct {
			Event string
			Plan  json.RawMessage
		}
		if json.Unmarshal([]byte(line), &event) == nil && event.Event == "plan" {
			return string(event.Plan)
		}
	}
	t.Fatalf("no plan in %s", out)
	return ""
}

// The plan file, the event of plan --json and pig show --json are one document, and the schema describes it. Of no_log nothing is in any.
func TestAPlanIsOneDocument(t *testing.T) {
	schema := planSchema(t)
	text, addrs := sample(t, "ha")
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	bubble(t, func(t *testing.T) {
		l := newLab(t, text, addrs...)
		l.repositories(t)
		t.Chdir(l.dir)
		if err := os.CopyFS(filepath.Join(l.dir, "roles/node"), os.DirFS(filepath.Join(root, "roles/node"))); err != nil {
			t.Fatal(err)
		}
		l.edit("roles/node/tasks/main.yml", "", `
- name: Hide something
  no_log: true
  copy: { dest: /etc/hidden, content: "CANARY", mode: "0611" }
- name: Hide a command
  no_log: true
  command: { cmd: echo CANARY, effect: "do CANARY" }
`+strings.ReplaceAll(behind, "answer.txt", "answer"))
		l.edit("roles/node/templates/answer", "", "the answer\n")
		file := filepath.Join(l.dir, "my.plan")
		event := planEvent(t, l.must("plan", "--out", file, "--json", "--diff"))
		kept, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		said, code := l.run(t.Context(), "show", file, "--json", "--diff")
		if code != 0 {
			t.Fatal(said)
		}
		d := judged(t, schema, event)
		whole := judged(t, schema, string(kept))
		shown := judged(t, schema, said)
		switch {
		case !reflect.DeepEqual(d, whole.Public(true)):
			t.Error("the file has another plan than the event")
		case !reflect.DeepEqual(d, shown):
			t.Error("pig show has another plan than the event")
		case whole.Seal == nil || d.Seal != nil:
			t.Error("seals are in plan files, and only there")
		}
		for where, text := range map[string]string{"event": event, "file": string(kept), "show": said} {
			if strings.Contains(text, "CANARY") || strings.Contains(text, `"0611"`) {
				t.Errorf("the %s has the content of a task with no_log", where)
			}
			if strings.Contains(text, "DBUser.Test") {
				t.Errorf("the %s has a password", where)
			}
		}
		if !d.Complete || !d.Applyable || d.Errored || d.WorstImpact != "restart" && d.WorstImpact != "none" && d.WorstImpact != "reload" {
			t.Errorf("%+v", d.Summary)
		}
		tells(t, d)
		p, err := whole.Plan()
		if err != nil {
			t.Fatal(err)
		}
		if again := p.Document(); !reflect.DeepEqual(again, whole) {
			t.Error("a plan that was read is another document")
		}
		plain := l.must("plan")
		if said, _ := l.run(t.Context(), "show", file); said != plain {
			t.Errorf("pig show says:\n%s\npig plan says:\n%s", said, plain)
		}
	})
}

// tells wants of a document what readers rely on: counts that are those of the changes, addresses, and null for what is not there.
func tells(t *testing.T, d *plan.Document) {
	t.Helper()
	sum, unknown, sensitive, addresses := 0, 0, 0, map[string]string{}
	for _, u := range d.Units {
		for _, c := range u.Changes {
			if c.Kind == "task" && c.Unknown {
				unknown++
				continue
			}
			sum++
			if c.Sensitive {
				sensitive++
			}
			if !strings.HasPrefix(c.Address, u.Name+"/") || !strings.HasSuffix(c.Address, c.Kind+":"+c.ID) {
				t.Errorf("address %s of %s %s", c.Address, c.Kind, c.ID)
			}
			addresses[c.Address] = c.Action
			if c.Action == "create" && c.Before != nil && c.Kind != "role" && c.Kind != "database" && c.Kind != "schema" { // these have defaults
				t.Errorf("%s is created, and was there: %v", c.Address, c.Before)
			}
		}
	}
	s := d.Summary
	if sum != s.Create+s.Update+s.Delete+s.Run || unknown != s.Unknown || unknown == 0 || sensitive == 0 {
		t.Errorf("%d changes, %d unknown, %d sensitive: %+v", sum, unknown, sensitive, s)
	}
	if addresses["node:pg-test/10.10.10.11/file:/etc/hidden"] != "create" && addresses["node/10.10.10.11/file:/etc/hidden"] != "create" {
		t.Errorf("a file is missing; there are %d addresses", len(addresses))
	}
}
