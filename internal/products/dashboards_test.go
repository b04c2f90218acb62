package products

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pig/internal/dashboard"
	"pig/internal/product"
)

const dashboardFiles = "../../roles/infra/files/dashboards"

// dashboards are those of all products, and that of the inventory's tables.
func dashboards() (all []dashboard.Dashboard) {
	for _, p := range All() {
		if d, ok := p.(product.Drawer); ok {
			all = append(all, d.Dashboards()...)
		}
	}
	return append(all, dashboard.Inventory())
}

func TestDashboardsAreAsDescribed(t *testing.T) {
	want := map[string]bool{}
	for _, d := range dashboards() {
		text, err := d.JSON()
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dashboardFiles, d.UID+".json")
		if d.UID == dashboard.Inventory().UID { // it is not shown everywhere
			path = filepath.Join(dashboardFiles, "..", d.UID+".json")
		}
		want[path] = true
		if *update {
			if err := os.WriteFile(path, text, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if old, err := os.ReadFile(path); err != nil || !bytes.Equal(old, text) {
			t.Errorf("%s is not what is described here: go test ./internal/products -run TestDashboards -update (%v)", path, err)
		}
	}
	files, err := filepath.Glob(dashboardFiles + "/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !want[f] {
			t.Errorf("%s is described nowhere", f)
		}
	}
}

func TestDashboardsHavePanelsBesideEachOther(t *testing.T) {
	type box struct{ X, Y, W, H int }
	for _, d := range dashboards() {
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
