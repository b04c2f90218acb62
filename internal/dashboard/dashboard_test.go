package dashboard

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the files")

const dir = "../../roles/infra/files/dashboards"

func TestFilesAreAsDescribed(t *testing.T) {
	want := map[string]bool{}
	for _, d := range append(All(), Inventory()) {
		text, err := d.JSON()
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, d.UID+".json")
		if d.UID == Inventory().UID { // it is not shown everywhere
			path = filepath.Join(dir, "..", d.UID+".json")
		}
		want[path] = true
		if *update {
			if err := os.WriteFile(path, text, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if old, err := os.ReadFile(path); err != nil || !bytes.Equal(old, text) {
			t.Errorf("%s is not what is described here: go test ./internal/dashboard -update (%v)", path, err)
		}
	}
	files, err := filepath.Glob(dir + "/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !want[f] {
			t.Errorf("%s is described nowhere", f)
		}
	}
}

func TestPanelsLieBesideEachOther(t *testing.T) {
	type box struct{ X, Y, W, H int }
	for _, d := range append(All(), Inventory()) {
		text, err := d.JSON()
		if err != nil {
			t.Fatal(err)
		}
		var page struct {
			Panels []struct {
				Title   string
				GridPos box
				Targets []struct{ Expr string }
			}
		}
		if err := json.Unmarshal(text, &page); err != nil {
			t.Fatal(err)
		}
		for i, a := range page.Panels {
			for _, b := range page.Panels[:i] {
				p, q := a.GridPos, b.GridPos
				if p.X < q.X+q.W && q.X < p.X+p.W && p.Y < q.Y+q.H && q.Y < p.Y+p.H {
					t.Errorf("%s: %q lies on %q", d.UID, a.Title, b.Title)
				}
			}
			for _, target := range a.Targets {
				if strings.Count(target.Expr, "(") != strings.Count(target.Expr, ")") {
					t.Errorf("%s: %q: %s", d.UID, a.Title, target.Expr)
				}
			}
		}
	}
}
