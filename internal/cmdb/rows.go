package cmdb

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"pig/internal/value"
)

// The tables that make an inventory.
const (
	tableGroup     = "group"
	tableChild     = "group_child"
	tableHost      = "host"
	tableGlobalVar = "global_var"
	tableGroupVar  = "group_var"
	tableHostVar   = "host_var"
)

// tables are in the order in which rows can be inserted.
var tables = []string{tableGroup, tableChild, tableHost, tableGlobalVar, tableGroupVar, tableHostVar}

// everybody is the group whose variables are the global ones.
const everybody = "all"

// ID is what tells a row from all others. Key is the variable, or the child of a group.
type ID struct{ Table, Group, Host, Key string }

// String is where the row is, for people.
func (id ID) String() string {
	parts := []string{id.Table}
	for _, p := range []string{id.Group, id.Host, id.Key} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, "/")
}

// Subject is what a row is of: a host, a group, or all.
func (id ID) Subject() string {
	switch {
	case id.Host != "":
		return id.Group + " " + id.Host
	case id.Group != "":
		return id.Group
	}
	return everybody
}

func (id ID) variable() bool {
	return id.Table == tableGlobalVar || id.Table == tableGroupVar || id.Table == tableHostVar
}

// under tells whether the row goes when another one goes.
func (id ID) under(other ID) bool {
	switch other.Table {
	case tableGroup:
		return id != other && (id.Group == other.Group || id.Table == tableChild && id.Key == other.Group)
	case tableHost:
		return id.Table == tableHostVar && id.Group == other.Group && id.Host == other.Host
	}
	return false
}

// Row is one row. Value is nil where the table has none; its secrets are secret.Text, sealed or in the clear.
type Row struct {
	ID
	Value   value.Value
	Comment string
}

// Valued tells whether the row is a variable.
func (r *Row) Valued() bool { return r.variable() }

// Rows are an inventory, in the order of its text.
type Rows struct {
	list []*Row
	at   map[ID]*Row
}

func newRows() *Rows { return &Rows{at: map[ID]*Row{}} }

// Set adds a row, or gives the one that is there another value.
func (r *Rows) Set(row Row) {
	if was := r.at[row.ID]; was != nil {
		was.Value = row.Value
		return
	}
	r.list = append(r.list, &row)
	r.at[row.ID] = &row
}

// Delete removes a row.
func (r *Rows) Delete(id ID) {
	if row := r.at[id]; row != nil {
		delete(r.at, id)
		r.list = slices.DeleteFunc(r.list, func(o *Row) bool { return o == row })
	}
}

// Get finds a row, or gives nil.
func (r *Rows) Get(id ID) *Row { return r.at[id] }

// All are the rows in order.
func (r *Rows) All() []*Row { return r.list }

// Len is the number of rows.
func (r *Rows) Len() int { return len(r.list) }

// Hosts is the number of hosts by name.
func (r *Rows) Hosts() int {
	names := map[string]bool{}
	for _, row := range r.list {
		if row.Table == tableHost {
			names[row.Host] = true
		}
	}
	return len(names)
}

// Groups is the number of groups.
func (r *Rows) Groups() (n int) {
	for _, row := range r.list {
		if row.Table == tableGroup && row.Group != everybody {
			n++
		}
	}
	return n
}

// normalize leaves out what says nothing: that a group is a child of all where no other group has it.
func (r *Rows) normalize() {
	others := map[string]bool{}
	for _, row := range r.list {
		if row.Table == tableChild && row.Group != everybody {
			others[row.Key] = true
		}
	}
	for _, row := range slices.Clone(r.list) {
		if row.Table == tableChild && row.Group == everybody && !others[row.Key] {
			r.Delete(row.ID)
		}
	}
	used := slices.ContainsFunc(r.list, func(row *Row) bool { return row.Group == everybody && row.Table != tableGroup })
	if all := (ID{Table: tableGroup, Group: everybody}); !used {
		r.Delete(all)
	} else if r.at[all] == nil {
		row := &Row{ID: all}
		r.list, r.at[all] = append([]*Row{row}, r.list...), row
	}
}

// Change is a row that differs between two inventories. Before is nil for one that came, After for one that went.
type Change struct {
	ID
	Before, After *Row
}

// Action says what became of the row.
func (c Change) Action() string {
	switch {
	case c.Before == nil:
		return "insert"
	case c.After == nil:
		return "delete"
	}
	return "update"
}

// Sign is how a plan marks the action.
func (c Change) Sign() string {
	return map[string]string{"insert": "+", "update": "~", "delete": "-"}[c.Action()]
}

// Compare gives the rows that differ, by group, host and key.
func Compare(before, after *Rows, keys *Keys) []Change {
	var found []Change
	for _, row := range after.list {
		was := before.at[row.ID]
		if was == nil || row.variable() && !keys.same(was.Value, row.Value) {
			found = append(found, Change{row.ID, was, row})
		}
	}
	for _, row := range before.list {
		if after.at[row.ID] == nil {
			found = append(found, Change{row.ID, row, nil})
		}
	}
	return found
}

// Undecided tells whether a change may be none: all that differs is secrets that no key opens.
func (c Change) Undecided(keys *Keys) bool {
	return c.Before != nil && c.After != nil && c.Before.variable() && keys.equal(c.Before.Value, c.After.Value, true)
}

// SortChanges sorts by group, host, table and key: the global ones first.
func SortChanges(list []Change) {
	slices.SortStableFunc(list, func(a, b Change) int {
		return cmp.Or(cmp.Compare(a.Group, b.Group), cmp.Compare(a.Host, b.Host), slices.Index(tables, a.Table)-slices.Index(tables, b.Table), cmp.Compare(a.Key, b.Key))
	})
}

// What names the row for people: variable pg_users of pg-test.
func (id ID) What() string {
	switch id.Table {
	case tableGroup:
		return "group " + id.Group
	case tableHost:
		return fmt.Sprintf("host %s of %s", id.Host, id.Group)
	case tableChild:
		return fmt.Sprintf("child %s of %s", id.Key, id.Group)
	}
	return fmt.Sprintf("%s of %s", id.Key, id.Subject())
}
