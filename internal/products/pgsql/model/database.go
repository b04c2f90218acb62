package model

import (
	"fmt"
	"slices"
	"strings"
)

// Database is a database as an inventory declares it. Empty texts and nil leave a thing as it is, or as the server makes it.
type Database struct {
	Name           string
	Absent         bool
	Recreate       bool // drop it first
	Owner          string
	Template       string
	Encoding       string
	Locale         string
	Collate        string // lc_collate
	CType          string // lc_ctype
	LocaleProvider string // libc, icu, builtin
	ICULocale      string
	ICURules       string
	BuiltinLocale  string
	Strategy       string // wal_log, file_copy
	Tablespace     string
	IsTemplate     *bool
	AllowConn      *bool
	RevokeConn     *bool
	ConnLimit      *int
	Comment        *string
	Settings       []Setting
	Schemas        []Schema
	Extensions     []Extension
	Baseline       string // SQL that is run once, and again when it is another
	PoolUser       string // who looks passwords up for the connection pool
}

// DatabasePolicy is what holds for all databases of a cluster.
type DatabasePolicy struct {
	Defaults    []DefaultPrivilege // of each owner
	Admin       string             // the role that may create: dbrole_admin
	Superadmin  string             // the user who passes CONNECT on where it is revoked
	Connectors  []string           // who may connect where it is revoked
	Keep        []string           // databases that others make
	Roles       []string           // roles that are there by then
	Prune       bool
	MayRecreate []string // the databases whose state: recreate is to be obeyed
	// Bootstrapped is the database that is there as soon as the server is: Patroni makes that of Citus. Until it is as declared once, that is its creation.
	Bootstrapped string
}

func (p DatabasePolicy) inside(d Database) Inside {
	w := Inside{Schemas: d.Schemas, Extensions: d.Extensions, Admin: p.Admin, PoolUser: d.PoolUser}
	if d.Owner != "" {
		w.Creators, w.Defaults = []string{d.Owner}, p.Defaults
	}
	return w
}

// Read names the databases whose inside must be known: those that are declared, and the templates of new ones.
func (p DatabasePolicy) Read(databases []Database) []string {
	var names []string
	for _, d := range databases {
		if !d.Absent {
			names = append(names, d.Name, d.template())
		}
	}
	return union(names)
}

func (d Database) template() string {
	if d.Template == "" {
		return "template1"
	}
	return d.Template
}

// DatabasesPlan is what is to be done about databases.
type DatabasesPlan struct {
	Steps      []Step
	Undeclared []string
	Notes      []string // what differs and cannot be changed
}

// Plan compares declared databases with live ones. inside has what is in those of p.Read.
func (p DatabasePolicy) Plan(databases []Database, live DatabasesState, inside map[string]LiveInside) (DatabasesPlan, error) {
	var plan DatabasesPlan
	if err := p.check(databases, live, inside); err != nil {
		return plan, err
	}
	declared := map[string]bool{"postgres": true}
	for _, d := range databases {
		declared[d.Name] = true
		was, exists := live.Databases[d.Name]
		again := d.Recreate && exists && slices.Contains(p.MayRecreate, d.Name)
		if d.Recreate && exists && !again {
			plan.Notes = append(plan.Notes, fmt.Sprintf("database %s was not dropped: state: recreate requires a confirmation of its name", d.Name))
		}
		switch {
		case d.Absent && exists:
			plan.Steps = append(plan.Steps, dropDatabase(d.Name, was, live.Version))
		case d.Absent:
		case !exists:
			plan.Steps = append(plan.Steps, p.create(d, live, inside))
			p.baselineApart(&plan, d)
		case d.Name == p.Bootstrapped && was.Comment == "":
			p.adopt(&plan, d, was, live, inside[d.Name])
		case again:
			plan.Steps = append(plan.Steps, dropDatabase(d.Name, was, live.Version), p.create(d, live, inside))
		default:
			p.alter(&plan, d, was, live, inside[d.Name])
		}
	}
	for name, l := range live.Databases {
		if !declared[name] && !strings.HasPrefix(name, "template") && !l.IsTemplate && !slices.Contains(p.Keep, name) {
			plan.Undeclared = append(plan.Undeclared, name)
		}
	}
	slices.Sort(plan.Undeclared)
	if p.Prune {
		for _, name := range plan.Undeclared {
			plan.Steps = append(plan.Steps, dropDatabase(name, live.Databases[name], live.Version))
		}
	}
	return plan, nil
}

// check finds what cannot work, before anything is changed.
func (p DatabasePolicy) check(databases []Database, live DatabasesState, inside map[string]LiveInside) error {
	var errs []string
	seen := map[string]bool{}
	for _, d := range databases {
		if seen[d.Name] {
			errs = append(errs, fmt.Sprintf("database %s is declared twice", d.Name))
		}
		seen[d.Name] = true
		if (d.Absent || d.Recreate) && slices.Contains([]string{"postgres", "template0", "template1"}, d.Name) {
			errs = append(errs, fmt.Sprintf("database %s cannot be dropped: the cluster itself needs it", d.Name))
		}
		if live.Available == nil || d.Absent {
			continue
		}
		if d.Tablespace != "" && live.Spaces != nil && !slices.Contains(live.Spaces, d.Tablespace) {
			errs = append(errs, fmt.Sprintf("database %s: tablespace %q not found in the cluster", d.Name, d.Tablespace))
		}
		errs = append(errs, d.missingExtensions(live, inside[d.Name])...)
		errs = append(errs, p.missingOwners(d, live.Roles)...)
		if _, there := live.Databases[d.template()]; !there && !seen[d.template()] {
			errs = append(errs, fmt.Sprintf("database %s: template %q not found in the cluster", d.Name, d.template()))
		}
	}
	if len(errs) > 0 {
		return fmt.Errorf("%s", strings.Join(errs, "\n"))
	}
	return nil
}

// missingExtensions are extensions, and versions of them, that the node does not have.
func (d Database) missingExtensions(live DatabasesState, inside LiveInside) (errs []string) {
	for _, e := range d.Extensions {
		if e.Absent {
			continue
		}
		_, have := live.Available[e.Name]
		was, installed := inside.Extensions[e.Name]
		versions := live.Versions[e.Name]
		switch {
		case !have && !installed:
			errs = append(errs, fmt.Sprintf("database %s: extension %s is not on this node: its package is not installed (pg_extensions), or its name is another", d.Name, e.Name))
		case e.Version != "" && e.Version != was.Version && len(versions) > 0 && !slices.Contains(versions, e.Version):
			errs = append(errs, fmt.Sprintf("database %s: version %q of extension %s is not on this node, which has %s", d.Name, e.Version, e.Name, strings.Join(versions, ", ")))
		}
	}
	return errs
}

// missingOwners are owners that neither the cluster has nor a task makes.
func (p DatabasePolicy) missingOwners(d Database, roles []string) (errs []string) {
	missing := func(owner string) bool {
		return owner != "" && roles != nil && !slices.Contains(roles, owner) && !slices.Contains(p.Roles, owner)
	}
	if missing(d.Owner) {
		errs = append(errs, fmt.Sprintf("database %s: owner %q not found in the cluster, pg_users or pg_default_roles", d.Name, d.Owner))
	}
	for _, s := range d.Schemas {
		if missing(s.Owner) && !s.Absent {
			errs = append(errs, fmt.Sprintf("database %s: owner %q of schema %s not found in the cluster, pg_users or pg_default_roles", d.Name, s.Owner, s.Name))
		}
	}
	return errs
}
