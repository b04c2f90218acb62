package pgsql

import (
	"slices"
	"strconv"

	"pig/internal/diag"
	"pig/internal/params"
	"pig/internal/value"
)

// systemUser is an account that the cluster itself logs in as: the parameters with its name and password, and what it has to be besides.
type systemUser struct {
	name, password string
	flags          []string
	entry          string // what declares it besides its name; "" for the one that is there without
}

var systemUsers = []systemUser{
	{"pg_dbsu", "pg_dbsu_password", []string{"login", "superuser"}, ""},
	{"pg_replication_username", "pg_replication_password", []string{"login", "replication"}, "replication: true, roles: [ pg_monitor, dbrole_readonly ]"},
	{"pg_admin_username", "pg_admin_password", []string{"login"}, "superuser: true, roles: [ dbrole_admin ], pgbouncer: true"},
	{"pg_monitor_username", "pg_monitor_password", []string{"login"}, "roles: [ pg_monitor, dbrole_readonly ], pgbouncer: true"},
}

// systemUsers tells declarations that would keep an account of the cluster out, or give it another password than the parameter that
// everything else goes by.
func (v *validator) systemUsers(vars *value.Dict) {
	all := usersIn(vars)
	for _, s := range systemUsers {
		name, ok := textOf(vars, s.name)
		if !ok {
			continue
		}
		declared := templatedUsers(vars)
		var entry user // the one that says what the account may do
		for _, u := range all {
			declared = declared || params.IsTemplate(u.At("name")) || u.name() == name && u.absent() // removed tells that
			if u.name() == name && !u.absent() {
				v.systemUser(vars, s, u)
				declared = declared || u.byDefault || u.Text("password") != ""
				if entry.Dict == nil || replicates(u) {
					entry = u
				}
			}
		}
		switch {
		case s.entry == "":
		case !declared:
			v.undeclared(vars, s, name)
		case entry.Dict != nil && slices.Contains(s.flags, "replication") && entry.At("replication") == nil && !replicates(entry):
			v.Add(diag.Errorf(entry.Pos, "user %s of %s may not replicate", name, s.name).WithHint("write replication: true"))
		}
	}
}

// replicates tells whether a user may, or may be known later to be one who may.
func replicates(u user) bool {
	return slices.ContainsFunc([]value.Value{u.At("replication"), u.At("superuser")}, func(v value.Value) bool { return params.IsTemplate(v) || params.ToBool(v) })
}

// undeclared tells an account that no list makes: the default of pg_default_roles has the names that the parameters have by default.
func (v *validator) undeclared(vars *value.Dict, s systemUser, name string) {
	decides := s.name
	if !vars.Has(s.name) {
		decides = "pg_default_roles"
	}
	v.Add(diag.Errorf(vars.KeyPos(decides), "user %s of %s not found in pg_default_roles: the user would not be created", name, s.name).
		WithHint("write { name: %s, %s } there, in addition to the other roles of the cluster", name, s.entry))
}

func (v *validator) systemUser(vars *value.Dict, s systemUser, u user) {
	for _, flag := range s.flags {
		if off := u.At(flag); off != nil && !params.IsTemplate(off) && !params.ToBool(off) {
			v.Add(diag.Errorf(u.Place(flag), "invalid %s %s of user %s: the cluster itself needs it (%s)", flag, asWritten(off), u.name(), s.name))
		}
	}
	if n, ok := params.ToInt(u.At("connlimit")); ok && n == 0 {
		v.Add(diag.Errorf(u.Place("connlimit"), "invalid connlimit 0 of user %s: the cluster itself logs in as the user (%s)", u.name(), s.name))
	}
	written := u.At("password")
	if text, ok := value.Plain(written); !ok || text == "" || params.IsTemplate(written) || params.IsTemplate(vars.At(s.password)) {
		return
	}
	decides, _ := value.Plain(vars.At(s.password))
	if text, _ := value.Plain(written); text == decides || s.name == "pg_dbsu" && decides == "" {
		return
	}
	v.Add(diag.Errorf(u.Place("password"), "invalid password of user %s: %s decides it", u.name(), s.password).
		WithHint("write the password as %s, and remove it from the list", s.password))
}

// contradictions tells roles that pg_default_roles and pg_users want otherwise: each run would change them to and fro.
func (v *validator) contradictions(vars *value.Dict) {
	all := usersIn(vars)
	for _, first := range all {
		for _, u := range businessUsers(all) {
			if !first.byDefault || first.name() != u.name() || first.absent() || u.absent() {
				continue
			}
			for _, field := range []string{"login", "superuser", "createdb", "createrole", "inherit", "replication", "bypassrls", "connlimit", "expire_at", "comment"} {
				if differ(first.At(field), u.At(field)) {
					v.contradicts(u, field, asWritten(first.At(field)), asWritten(u.At(field)), u.Place(field))
				}
			}
			was, now := first.settings(), u.settings()
			for key, text := range now.All() {
				if name := value.KeyText(key); was != nil && differ(was.At(name), text) {
					v.contradicts(u, name, asWritten(was.At(name)), asWritten(text), now.ValuePos(key))
				}
			}
		}
	}
}

func (v *validator) contradicts(u user, field, was, now string, pos diag.Pos) {
	v.Add(diag.Errorf(pos, "invalid %s %s of user %s: pg_default_roles has %s, so every run would change it back and forth", field, now, u.name(), was).
		WithHint("declare the user in only one of the lists"))
}

// asWritten is a value as YAML has it.
func asWritten(v value.Value) string {
	if b, ok := v.(bool); ok {
		return strconv.FormatBool(b)
	}
	return value.Str(v)
}

// differ tells whether both values are written, and are two.
func differ(a, b value.Value) bool {
	if a == nil || b == nil || params.IsTemplate(a) || params.IsTemplate(b) || value.Str(a) == value.Str(b) {
		return false
	}
	words := []string{"true", "false", "yes", "no", "on", "off"}
	bools := func(v value.Value) bool {
		_, is := v.(bool)
		return is || slices.Contains(words, value.Str(v))
	}
	return !bools(a) || !bools(b) || params.ToBool(a) != params.ToBool(b)
}
