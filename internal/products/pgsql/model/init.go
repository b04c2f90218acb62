package model

import (
	"slices"
	"strings"
)

// Init is what every cluster has from the beginning.
type Init struct {
	Users      []User
	Defaults   []DefaultPrivilege // of the superuser, the admin and the admin role
	Schemas    []Schema
	Extensions []Extension
	Initial    []string // users whose password counts only when they are created: something else changes it
	Self       string   // the superuser
	Replicator string
	Monitor    string
	Admin      string
	AdminRole  string
}

// InitState is what the first row of an Init's Query has.
type InitState struct {
	UsersState
	Available map[string]string `json:"available"`
	Share     string            `json:"share"`
}

// SetPassword gives one of the users a password; a user who is not declared is left alone.
func (n Init) SetPassword(user, password string) {
	for i := range n.Users {
		if n.Users[i].Name == user {
			n.Users[i].Password = &password
		}
	}
}

// rewindFunctions are what pg_rewind calls; backupFunctions what a backup tool calls, as they are from version 15 on.
var rewindFunctions = []string{
	"pg_ls_dir(text, boolean, boolean)", "pg_stat_file(text, boolean)", "pg_read_binary_file(text)", "pg_read_binary_file(text, bigint, bigint, boolean)",
}

var backupFunctions = []string{
	"pg_backup_start(text, boolean)", "pg_backup_stop(boolean)", "pg_start_backup(text, boolean, boolean)", "pg_stop_backup(boolean, boolean)",
	"pg_switch_wal()", "pg_create_restore_point(text)",
}

// poolerLookup is the function by which a connection pooler that has no password of its own for a user asks for the
// verifier. Superusers and replication users have to be known to the pooler.
const poolerLookup = `
  SELECT rolname::text, rolpassword::text FROM pg_catalog.pg_authid
   WHERE rolname = wanted AND rolcanlogin AND NOT rolsuper AND NOT rolreplication
     AND (rolvaliduntil IS NULL OR rolvaliduntil > pg_catalog.now())
`

func (n Init) inside() Inside {
	w := Inside{Schemas: n.Schemas, Extensions: n.Extensions, Creators: []string{n.Self, n.Admin, n.AdminRole}, Defaults: n.Defaults, Admin: n.AdminRole}
	w.Creators = slices.DeleteFunc(slices.Clone(w.Creators), func(r string) bool { return r != n.Self && !n.declares(r) })
	if n.declares(n.Replicator) {
		w.Callers = []Caller{{n.Replicator, slices.Concat(rewindFunctions, backupFunctions)}}
	}
	if n.monitored() {
		w.Functions = []Function{{Schema: "monitor", Name: "pgbouncer_auth", Body: poolerLookup,
			Create: "CREATE OR REPLACE FUNCTION monitor.pgbouncer_auth(wanted text) RETURNS TABLE(username text, password text)\n" +
				" LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS " + Literal(poolerLookup),
			Grants: []string{"REVOKE ALL ON FUNCTION monitor.pgbouncer_auth(text) FROM PUBLIC"},
		}}
		if n.declares(n.Monitor) {
			w.Functions[0].Grants = append(w.Functions[0].Grants, "GRANT EXECUTE ON FUNCTION monitor.pgbouncer_auth(text) TO "+Ident(n.Monitor))
		}
	}
	return w
}

func (n Init) declares(role string) bool {
	return slices.ContainsFunc(n.Users, func(u User) bool { return u.Name == role && !u.Absent })
}

func (n Init) monitored() bool {
	return slices.ContainsFunc(n.Schemas, func(s Schema) bool { return s.Name == "monitor" && !s.Absent })
}

// users are the declared ones; the monitor finds the schema of that name without saying so.
func (n Init) users() []User {
	users := slices.Clone(n.Users)
	for i, u := range users {
		has := slices.ContainsFunc(u.Settings, func(s Setting) bool { return s.Name == "search_path" })
		if u.Name == n.Monitor && n.monitored() && !has {
			users[i].Settings = append(slices.Clone(u.Settings), Setting{"search_path", "monitor, public"})
		}
	}
	return users
}

// Query reads all roles as one JSON object, then the inside of each database, a row each.
func (n Init) Query(databases []string) string {
	text := usersQuery(n.Users, `, 'available', (SELECT jsonb_object_agg(name, default_version) FROM pg_available_extensions), 'share', (SELECT setting FROM pg_config WHERE name = 'SHAREDIR')`)
	for _, db := range databases {
		text += insideQuery(db, n.inside())
	}
	return text
}

// Plan compares a live cluster with what it should have from the beginning.
func (n Init) Plan(databases []string, live InitState, inside map[string]LiveInside) (steps []Step, notes []string, err error) {
	users := n.users()
	for i, u := range users {
		if _, there := live.Users[u.Name]; there && slices.Contains(n.Initial, u.Name) {
			users[i].Password = nil
		}
	}
	plan, err := PlanUsers(users, live.UsersState, UserPolicy{})
	if err != nil {
		return nil, nil, err
	}
	steps = plan.Steps
	if live.Available != nil {
		n.Extensions = slices.DeleteFunc(slices.Clone(n.Extensions), func(e Extension) bool {
			_, have := live.Available[e.Name]
			if !have {
				notes = append(notes, "extension "+e.Name+" not found on this node: left out")
			}
			return !have
		})
	}
	for _, db := range databases {
		within, more := n.inside().plan(db, inside[db], nil)
		notes = append(notes, more...)
		if len(within) > 0 {
			steps = append(steps, together(db, within))
		}
	}
	return steps, notes, nil
}

// together makes what is done in one database one step.
func together(db string, within []Step) Step {
	all := Step{Kind: "database", Name: db, Action: "update", DB: db}
	for _, s := range within {
		all.do(s.SQL...)
		all.DataLoss = all.DataLoss || s.DataLoss
		switch {
		case s.Action == "delete":
			all.attr(s.Kind, strings.TrimPrefix(s.Name, db+"/"), "")
		case len(s.Attrs) == 0 || s.Action == "create":
			all.attr(s.Kind, "", strings.TrimPrefix(s.Name, db+"/"))
		default:
			all.attr(s.Kind, "", strings.TrimPrefix(strings.TrimPrefix(s.Name, db+"/"), db+" "))
		}
	}
	return all
}
