package dashboard

import (
	"encoding/json"
	"reflect"
	"testing"
)

// drawn is what Grafana reads of a panel.
type drawn struct {
	Type    string
	GridPos struct{ X, Y, W, H int }
	Targets []struct {
		Expr, Format string
		Instant      bool
	}
	FieldConfig struct {
		Defaults struct {
			Max      *float64
			Mappings []struct {
				Options map[string]struct{ Text string }
			}
			Thresholds struct {
				Steps []struct {
					Color string
					Value *float64
				}
			}
		}
	}
}

func draw(t *testing.T, panels ...Panel) []drawn {
	t.Helper()
	text, err := Dashboard{UID: "d", Rows: []Row{{"row", panels}}}.JSON()
	if err != nil {
		t.Fatal(err)
	}
	var page struct{ Panels []drawn }
	if err := json.Unmarshal(text, &page); err != nil {
		t.Fatal(err)
	}
	return page.Panels[1:] // the first is the row's heading
}

func TestPanelsAskAsTheirKindNeeds(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		panel   Panel
		instant bool
		format  string
	}{
		"timeseries": {Graph("t", "none", Q("x", "")), false, ""},
		"stat":       {Stat("t", "none", "x", ""), true, ""},
		"table":      {Table("t", Q("x", "")), true, "table"},
		"bargauge":   {Panel{Kind: Bars, Queries: []Query{Q("x", "")}}, true, ""},
		"logs":       {Warnings("job:=etcd").Panels[0], false, ""},
	} {
		got := draw(t, c.panel)[0]
		if got.Type != name || got.Targets[0].Instant != c.instant || got.Targets[0].Format != c.format {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestLevelsColourWhatIsWorse(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		panel  Panel
		colors []string
	}{
		"more is worse": {Stat("t", "none", "x", "").Levels(1, 2), []string{"green", "orange", "red"}},
		"less is worse": {Stat("t", "none", "x", "").Levels(1, 0), []string{"red", "green"}},
		"no levels":     {Stat("t", "none", "x", ""), []string{"green"}},
	} {
		var colors []string
		for _, s := range draw(t, c.panel)[0].FieldConfig.Defaults.Thresholds.Steps {
			colors = append(colors, s.Color)
		}
		if !reflect.DeepEqual(colors, c.colors) {
			t.Errorf("%s: %v, want %v", name, colors, c.colors)
		}
	}
}

func TestValuesAreSaidInWords(t *testing.T) {
	t.Parallel()
	got := draw(t, Stat("t", "none", "x", "").Said("replica", "leader"))[0].FieldConfig.Defaults.Mappings
	if len(got) != 1 || got[0].Options["0"].Text != "replica" || got[0].Options["1"].Text != "leader" {
		t.Errorf("%+v", got)
	}
	if got := draw(t, Graph("t", "none").UpTo(1))[0].FieldConfig.Defaults; got.Mappings != nil || got.Max == nil || *got.Max != 1 {
		t.Errorf("%+v", got)
	}
}

func TestPanelsFillRowsFromTheLeft(t *testing.T) {
	t.Parallel()
	got := draw(t, Graph("a", ""), Graph("b", "").Wide(12), Graph("c", ""), Stat("d", "", "x", ""))
	var places [][4]int
	for _, p := range got {
		places = append(places, [4]int{p.GridPos.X, p.GridPos.Y, p.GridPos.W, p.GridPos.H})
	}
	if want := [][4]int{{0, 1, 8, 7}, {8, 1, 12, 7}, {0, 8, 8, 7}, {8, 8, 4, 4}}; !reflect.DeepEqual(places, want) {
		t.Errorf("%v, want %v", places, want)
	}
}
