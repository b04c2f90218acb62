package plan

import (
	"strings"

	"pig/internal/node"
	"pig/internal/product"
	"pig/internal/secret"
)

// Document is the plan as programs read it, with its seals.
func (p *Plan) Document() *Document {
	all := Summarize(p.Units...)
	d := &Document{
		FormatVersion: DocumentVersion, Pig: p.Pig, Complete: true, Offline: p.Offline, Limit: p.Limit, Tags: p.Tags, Only: p.Only, Tables: p.Tables,
		Summary: summaryOf(all), WorstImpact: ImpactWord(all.Worst()), Errored: all.Bad() > 0, Units: []DocumentUnit{},
	}
	if p.Salt != "" {
		d.Seal = &DocumentSeal{sealVersion, p.Salt, p.Rounds}
	}
	for _, u := range p.Units {
		d.Complete = d.Complete && u.Skipped == "" && u.Error == ""
		d.Units = append(d.Units, unitDocument(u))
	}
	d.Complete = d.Complete && all.Bad() == 0
	d.Applyable = d.Complete && !d.Offline && all.Changes()+all.Unknown > 0
	return d
}

func summaryOf(s Summary) DocumentSummary {
	return DocumentSummary{
		Create: s.Create, Update: s.Update, Delete: s.Delete, Run: s.Other, Unknown: s.Unknown, Failed: s.Failed, Unreachable: s.Unreachable, Problems: s.Problems,
		Impact: DocumentImpacts{
			None: s.Impact[node.ImpactNone], Reload: s.Impact[node.ImpactReload], Gap: s.Impact[node.ImpactGap],
			Restart: s.Impact[node.ImpactRestart], Failover: s.Impact[node.ImpactFailover], DataLoss: s.Impact[node.ImpactDataLoss],
		},
	}
}

func unitDocument(u UnitPlan) DocumentUnit {
	s := Summarize(u)
	d := DocumentUnit{
		Name: u.Unit.Name, Module: u.Unit.Module, Cluster: u.Unit.Cluster, Hosts: append([]string{}, u.Unit.Hosts...), Playbook: u.Unit.Playbook,
		Summary: summaryOf(s), WorstImpact: ImpactWord(s.Worst()), Changes: []DocumentChange{}, Failures: []DocumentFailure{},
		Warnings: append([]string{}, u.Warnings...), Problems: append([]string{}, u.Problems...), Skipped: u.Skipped, Error: u.Error,
	}
	if u.Inputs != "" {
		d.Seal = &UnitSeal{u.Inputs, u.Extra, u.Passwords}
	}
	for _, e := range u.Entries {
		if e.Unknown && len(e.Changes) == 0 {
			d.Changes = append(d.Changes, changeDocument(u, e, node.Change{Kind: taskKind, ID: e.Task, Action: "run", Unknown: true}))
		}
		for _, c := range e.Changes {
			d.Changes = append(d.Changes, changeDocument(u, e, c))
		}
		if e.Failed != "" {
			d.Failures = append(d.Failures, DocumentFailure{e.Host, e.Task, e.At, e.Failed, e.Unreachable})
		}
		for _, w := range e.Warnings {
			d.Warnings = append(d.Warnings, e.Host+": "+w)
		}
	}
	return d
}

// taskKind is the kind of a change that is a task: what it changes is not known.
const taskKind = "task"

func changeDocument(u UnitPlan, e Entry, c node.Change) DocumentChange {
	d := DocumentChange{
		Host: e.Host, On: e.On, Kind: c.Kind, ID: c.ID, Action: c.Action, Diff: c.Diff, Unknown: c.Unknown, Sensitive: e.NoLog || masked(c), Impact: ImpactWord(c.Impact),
		Assumed: c.Assumed, Shared: c.Shared, Left: e.Left, NoLog: e.NoLog, Task: e.Task, At: e.At, Seal: c.Sum, Source: e.Source,
	}
	d.Address = address(u.Unit.Name, e, c)
	d.Before, d.After = fieldsOf(c)
	return d
}

// address names a thing in the whole environment.
func address(unit string, e Entry, c node.Change) string {
	thing := c.Kind + ":" + c.ID
	switch {
	case c.Shared:
		return unit + "/" + thing
	case e.On != "":
		return unit + "/" + e.On + "/" + thing
	}
	return unit + "/" + e.Host + "/" + thing
}

// masked tells whether something of a change is not shown.
func masked(c node.Change) bool {
	hides := strings.Contains(c.Diff, secret.Mask) || strings.Contains(c.ID, secret.Mask)
	for _, a := range c.Attrs {
		hides = hides || strings.Contains(a.Before+a.After, secret.Mask)
	}
	return hides
}

// Plan is the plan that a document tells of. Each change has an entry of its own.
func (d *Document) Plan() (*Plan, error) {
	p := &Plan{Pig: d.Pig, Offline: d.Offline, Limit: d.Limit, Tags: d.Tags, Only: d.Only, Tables: d.Tables}
	if d.Seal != nil {
		p.Salt, p.Rounds = d.Seal.Salt, d.Seal.Rounds
	}
	for _, u := range d.Units {
		up := UnitPlan{
			Unit:     product.Unit{Name: u.Name, Module: u.Module, Cluster: u.Cluster, Hosts: u.Hosts, Playbook: u.Playbook},
			Warnings: u.Warnings, Problems: u.Problems, Skipped: u.Skipped, Error: u.Error,
		}
		if u.Seal != nil {
			up.Inputs, up.Extra, up.Passwords = u.Seal.Inputs, u.Seal.Extra, u.Seal.Passwords
		}
		for _, c := range u.Changes {
			e, err := c.entry()
			if err != nil {
				return nil, err
			}
			up.Entries = append(up.Entries, e)
		}
		for _, f := range u.Failures {
			up.Entries = append(up.Entries, Entry{Host: f.Host, Task: f.Task, At: f.At, Failed: f.Message, Unreachable: f.Unreachable})
		}
		p.Units = append(p.Units, up)
	}
	return p, nil
}

func (d DocumentChange) entry() (Entry, error) {
	impact, err := node.ParseImpact(strings.ReplaceAll(d.Impact, "_", " "))
	if err != nil {
		return Entry{}, err
	}
	e := Entry{Host: d.Host, On: d.On, Task: d.Task, At: d.At, Unknown: d.Unknown, NoLog: d.NoLog, Left: d.Left, Source: d.Source}
	if d.Kind == taskKind && d.Unknown {
		return e, nil
	}
	e.Changes = []node.Change{{
		Kind: d.Kind, ID: d.ID, Action: d.Action, Attrs: attrsOf(d.Before, d.After), Diff: d.Diff, Impact: impact,
		Assumed: d.Assumed, Shared: d.Shared, Unknown: d.Unknown, Sum: d.Seal,
	}}
	return e, nil
}

// AsKept is the plan as a file of it comes back: two plans are compared in one form.
func (p *Plan) AsKept() (*Plan, error) { return p.Document().Plan() }
