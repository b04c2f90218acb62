// Package dashboard draws Grafana dashboards from short descriptions. Each product describes its own (product.Drawer); a test of
// internal/products writes them to roles/infra/files/dashboards, that of the inventory beside it, and keeps both equal.
package dashboard

import (
	"bytes"
	"encoding/json"
)

// Dashboard is one page.
type Dashboard struct {
	UID   string // also the name of its file
	Title string
	Vars  []Var
	Rows  []Row
}

// Var is what the reader chooses: the values of a label.
type Var struct {
	Name  string
	Label string
	Of    string // the series that have the label
	All   bool   // several, or all of them
	SQL   string // a query of the inventory's tables that gives the values, instead of a label
}

// Row is a heading with panels below it.
type Row struct {
	Title  string
	Panels []Panel
}

// Panel is one picture.
type Panel struct {
	Title string
	Kind  Kind
	Unit  string // as Grafana names units
	Width int    // of 24; 0 is 8
	Max   float64
	// Warn and Bad colour a value that is higher; with Low, one that is lower.
	Warn, Bad float64
	Low       bool
	Words     map[string]string // what a value is shown as, such as the name of a role for 1
	Queries   []Query
	SQL       string // of the inventory's tables, for a table; instead of Queries
}

// Kind is how a panel shows its numbers.
type Kind string

// The kinds of panels.
const (
	Curves Kind = "timeseries"
	Number Kind = "stat"
	Grid   Kind = "table"
	Bars   Kind = "bargauge"
	Lines  Kind = "logs" // of the log store
)

// Query is one expression, of the log store for lines; Legend names its series.
type Query struct{ Expr, Legend string }

// Q is a query.
func Q(expr, legend string) Query { return Query{expr, legend} }

const source = "ds-metrics"

// logs is the source of lines.
const logs = "ds-logs"

type object = map[string]any

// JSON is the dashboard as Grafana reads it.
func (d Dashboard) JSON() ([]byte, error) {
	g := grid{}
	for _, r := range d.Rows {
		g.row(r)
	}
	vars := []object{}
	for _, v := range d.Vars {
		vars = append(vars, v.object())
	}
	page := object{
		"uid": d.UID, "title": d.Title, "tags": []string{"pigsty"}, "schemaVersion": 39, "version": 1, "editable": true, "refresh": "30s",
		"time": object{"from": "now-1h", "to": "now"}, "timezone": "browser", "templating": object{"list": vars}, "panels": g.panels,
		"links": []object{{"type": "dashboards", "tags": []string{"pigsty"}, "title": "Dashboards", "asDropdown": true, "includeVars": true, "keepTime": true}},
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	err := e.Encode(page)
	return b.Bytes(), err
}

func (v Var) object() object {
	if v.SQL != "" {
		return v.chosen()
	}
	query := "label_values(" + v.Of + ", " + v.Label + ")"
	o := object{
		"name": v.Name, "type": "query", "datasource": object{"type": "prometheus", "uid": source}, "query": object{"query": query, "refId": v.Name},
		"definition": query, "refresh": 2, "sort": 1, "multi": v.All, "includeAll": v.All,
	}
	if v.All {
		o["allValue"] = ".*"
		o["current"] = object{"text": "All", "value": "$__all"}
	}
	return o
}

// grid lays panels out from left to right.
type grid struct {
	panels []object
	x, y   int
	height int
}

func (g *grid) row(r Row) {
	g.y, g.x = g.y+g.height, 0
	g.panels = append(g.panels, object{"id": len(g.panels) + 1, "type": "row", "title": r.Title, "collapsed": false, "gridPos": object{"x": 0, "y": g.y, "w": 24, "h": 1}, "panels": []object{}})
	g.y, g.height = g.y+1, 0
	for _, p := range r.Panels {
		g.place(p)
	}
}

func (g *grid) place(p Panel) {
	width, height := p.Width, 7
	if width == 0 {
		width = 8
	}
	if p.Kind == Number {
		height = 4
	}
	if g.x+width > 24 {
		g.x, g.y, g.height = 0, g.y+g.height, 0
	}
	o := p.object()
	o["id"] = len(g.panels) + 1
	o["gridPos"] = object{"x": g.x, "y": g.y, "w": width, "h": height}
	g.panels = append(g.panels, o)
	g.x += width
	g.height = max(g.height, height)
}

// lines shows what was logged: another source, and nothing to measure.
func (p Panel) lines() object {
	from := object{"type": "victoriametrics-logs-datasource", "uid": logs}
	targets := []object{}
	for i, q := range p.Queries {
		targets = append(targets, object{"refId": string(rune('A' + i)), "expr": q.Expr, "queryType": "instant", "datasource": from})
	}
	return object{
		"type": string(p.Kind), "title": p.Title, "datasource": from, "targets": targets,
		"options": object{"showTime": true, "wrapLogMessage": true, "enableLogDetails": true, "sortOrder": "Descending"},
	}
}

func (p Panel) object() object {
	if p.Kind == Lines {
		return p.lines()
	}
	if p.SQL != "" {
		return p.listing()
	}
	targets := []object{}
	for i, q := range p.Queries {
		t := object{"refId": string(rune('A' + i)), "expr": q.Expr, "legendFormat": q.Legend, "datasource": object{"type": "prometheus", "uid": source}}
		if p.Kind != Curves {
			t["instant"] = true
		}
		if p.Kind == Grid {
			t["format"] = "table"
		}
		targets = append(targets, t)
	}
	defaults := object{"unit": p.Unit, "thresholds": p.thresholds()}
	if p.Max != 0 {
		defaults["min"], defaults["max"] = 0, p.Max
	}
	if p.Words != nil {
		defaults["mappings"] = []object{{"type": "value", "options": words(p.Words)}}
	}
	o := object{
		"type": string(p.Kind), "title": p.Title, "datasource": object{"type": "prometheus", "uid": source}, "targets": targets,
		"fieldConfig": object{"defaults": defaults, "overrides": []object{}},
	}
	switch p.Kind {
	case Curves:
		defaults["custom"] = object{"lineWidth": 1, "fillOpacity": 12, "showPoints": "never", "spanNulls": false}
		defaults["color"] = object{"mode": "palette-classic"}
		o["options"] = object{"legend": object{"displayMode": "table", "placement": "bottom", "calcs": []string{"lastNotNull", "max"}}, "tooltip": object{"mode": "multi", "sort": "desc"}}
	case Number:
		o["options"] = object{"reduceOptions": object{"calcs": []string{"lastNotNull"}}, "colorMode": "value", "graphMode": "area", "textMode": "auto"}
	case Bars:
		o["options"] = object{"reduceOptions": object{"calcs": []string{"lastNotNull"}}, "orientation": "horizontal", "displayMode": "gradient"}
	case Grid:
		o["transformations"] = []object{{"id": "organize", "options": object{"excludeByName": object{"Time": true, "__name__": true, "job": true, "instance": true}}}}
	}
	return o
}

// words are the texts of values, as Grafana maps them.
func words(texts map[string]string) object {
	all := object{}
	for value, text := range texts {
		all[value] = object{"text": text}
	}
	return all
}

func (p Panel) thresholds() object {
	good, warn, bad := "green", "orange", "red"
	if p.Low {
		good, bad = bad, good
	}
	steps := []object{{"color": good, "value": nil}}
	if p.Warn != 0 {
		steps = append(steps, object{"color": warn, "value": p.Warn})
	}
	if p.Bad != 0 {
		steps = append(steps, object{"color": bad, "value": p.Bad})
	}
	return object{"mode": "absolute", "steps": steps}
}
