package pgsql

import (
	"fmt"
	"slices"
	"strings"

	"pig/internal/diag"
	"pig/internal/params"
	"pig/internal/product"
	"pig/internal/products/pgsql/guc"
	"pig/internal/products/pgsql/model"
	"pig/internal/value"
)

// settingsOf are the settings that something other than pg_parameters decides, with the parameter to write instead.
var settingsOf = map[string]string{
	"listen_addresses": "pg_listen", "shared_preload_libraries": "pg_libs", "port": "pg_port", "cluster_name": "pg_cluster", "data_directory": "pg_data",
	"hba_file": "pg_hba_rules", "ident_file": "", "config_file": "", "external_pid_file": "", "hot_standby": "", "primary_conninfo": "pg_upstream",
	"primary_slot_name": "", "promote_trigger_file": "", "restore_command": "", "archive_cleanup_command": "", "recovery_end_command": "",
	"recovery_min_apply_delay": "pg_delay", "recovery_target": pitrWords, "recovery_target_action": pitrWords, "recovery_target_inclusive": pitrWords,
	"recovery_target_lsn": pitrWords, "recovery_target_name": pitrWords, "recovery_target_time": pitrWords, "recovery_target_xid": pitrWords, "recovery_target_timeline": "",
}

// pitrWords is the verb that goes back to a point in time.
const pitrWords = "pig pgsql-pitr"

// settings checks each setting of the cluster, its roles and its databases against what the major version takes. Those of most extensions
// only the extension knows.
func (r *resolver) settings(c *Cluster, vars product.Vars) {
	if c.Version < guc.First || c.Version > guc.Last {
		return
	}
	own, _ := vars.Get("pg_parameters").(*value.Dict)
	r.eachSetting(c, own, vars.Pos("pg_parameters"), false, func(name string, s guc.Setting) error {
		return taken(s.Name, own.At(name), vars)
	})
	r.reserved(c, own)
	r.protocols(own)
	perSession := func(_ string, s guc.Setting) error {
		if s.Session() {
			return nil
		}
		return fmt.Errorf("the setting has one value for the whole server (write it in pg_parameters)")
	}
	for _, u := range businessUsers(listedUsers(vars.Objects)) {
		r.eachSetting(c, u.settings(), u.Pos, true, perSession)
	}
	for _, db := range vars.Objects("pg_databases") {
		of, _ := db.At("parameters").(*value.Dict)
		r.eachSetting(c, of, db.Pos, true, perSession)
	}
}

// reserved checks that connections are left for everybody: a server does not start if all of them are for superusers and pg_use_reserved_connections.
func (r *resolver) reserved(c *Cluster, own *value.Dict) {
	number := func(name string, otherwise int64) (n int64, written string) {
		for k, v := range own.All() {
			if strings.EqualFold(value.KeyText(k), name) {
				if n, ok := params.ToInt(v); ok {
					return n, value.KeyText(k)
				}
				return 0, ""
			}
		}
		return otherwise, ""
	}
	if own == nil {
		return
	}
	most, _ := params.ToInt(c.Tuning(c.Members[0], model.Machine{}).At("max_connections"))
	most, _ = number("max_connections", most)
	super, written := number("superuser_reserved_connections", 3)
	others, also := number("reserved_connections", 0)
	if written == "" {
		written = also
	}
	if written == "" || most == 0 || super+others < most {
		return
	}
	r.Errorf(own.ValuePos(written), "invalid value %s of %s: %d of %d connections are reserved, and PostgreSQL requires at least one unreserved connection",
		value.Str(own.At(written)), written, super+others, most)
}

// protocols checks that a version of TLS is left between the lowest and the highest.
func (r *resolver) protocols(own *value.Dict) {
	find := func(setting, otherwise string) (text, written string) {
		for k, v := range own.All() {
			if name := value.KeyText(k); strings.EqualFold(name, setting) {
				text, _ := settingText(v)
				return text, name
			}
		}
		return otherwise, ""
	}
	if own == nil {
		return
	}
	versions := []string{"tlsv1", "tlsv1.1", "tlsv1.2", "tlsv1.3"}
	lowest, low := find("ssl_min_protocol_version", "TLSv1.2")
	highest, high := find("ssl_max_protocol_version", "")
	from, to := slices.Index(versions, strings.ToLower(lowest)), slices.Index(versions, strings.ToLower(highest))
	if to < 0 || from <= to {
		return
	}
	written := high
	if low != "" {
		written = low
	}
	r.Errorf(own.ValuePos(written), "invalid value %q of %s: ssl_min_protocol_version %s is above ssl_max_protocol_version %s, and the server does not start",
		value.Str(own.At(written)), written, lowest, highest)
}

// socketDirectory is where everything on a member looks for the server's socket.
const socketDirectory = "/var/run/postgresql"

func isSocketDirectory(s string) bool {
	return strings.Trim(strings.TrimSpace(s), `"`) == socketDirectory
}

// taken tells what decides a setting instead of pg_parameters.
func taken(name string, v value.Value, vars product.Vars) error {
	by, ok := settingsOf[strings.ToLower(name)]
	switch {
	case ok && by != "":
		return fmt.Errorf("%s decides it", by)
	case ok:
		return fmt.Errorf("Patroni decides it") //nolint:staticcheck // a name
	case strings.EqualFold(name, "unix_socket_directories"):
		if s, ok := settingText(v); ok && !slices.ContainsFunc(strings.Split(s, ","), isSocketDirectory) {
			return fmt.Errorf("pgbouncer and the tools of the cluster require the directory %s", socketDirectory)
		}
	case strings.EqualFold(name, "ssl"):
		if s, ok := settingText(v); ok && slices.Contains([]string{"off", "false", "no", "0"}, strings.ToLower(s)) {
			return fmt.Errorf("replication and the accounts of the environment require TLS")
		}
	case strings.EqualFold(name, "role"):
		return fmt.Errorf("the setting exists only in sessions (write it in parameters of a user)")
	case (name == "archive_command" || name == "archive_library") && vars.Bool("pgbackrest_enabled"):
		return fmt.Errorf("pgBackRest archives (pgbackrest_enabled: false leaves it to you)")
	}
	return nil
}

// eachSetting checks names and values, and what permit finds wrong with a setting. Those of roles and databases may be lists.
func (r *resolver) eachSetting(c *Cluster, d *value.Dict, around diag.Pos, lists bool, permit func(string, guc.Setting) error) {
	if d == nil {
		return
	}
	seen := map[string]string{}
	for k, v := range d.All() {
		name := value.KeyText(k)
		pos, at := d.KeyPos(name), d.ValuePos(name)
		if !pos.Known() {
			pos = around
		}
		if !at.Known() {
			at = pos
		}
		s, ok := guc.Find(name, c.Version)
		if module := guc.Module(name); params.IsTemplate(name) || !ok && (c.Kernel.Own() || module != "" && !guc.Knows(module)) {
			continue // another kernel's settings, and an extension's, are its own
		}
		if !ok {
			r.Errorf(pos, "invalid setting %q: not found in PostgreSQL %d", name, c.Version).WithHint("%s", otherVersions(name, c.Version))
			continue
		}
		if err := permit(name, s); err != nil {
			r.Errorf(pos, "invalid setting %q here: %v", name, err)
			continue
		}
		if first, ok := seen[strings.ToLower(name)]; ok {
			r.Errorf(pos, "duplicate setting %q: PostgreSQL does not distinguish it from %q", name, first)
			continue
		}
		seen[strings.ToLower(name)] = name
		switch v.(type) {
		case nil:
			r.Errorf(at, "invalid value of %s: must not be empty", name).WithHint("%s", unset(lists))
			continue
		case *value.List, *value.Dict:
			if !lists {
				r.Errorf(at, "invalid value of %s: must be one text or number", name)
				continue
			}
		}
		text, plain := settingText(v)
		if !plain || strings.EqualFold(text, "default") && around != pos {
			continue
		}
		if err := s.Check(text); err != nil {
			r.Errorf(at, "invalid value %q of %s: PostgreSQL %d: %v", text, name, c.Version, err)
		}
		if strings.EqualFold(name, "client_encoding") {
			if wrong := model.CheckClientEncoding(text); wrong != "" {
				r.Errorf(at, "invalid value %q of %s: %s", text, name, wrong)
			}
		}
	}
}

// unset tells how to take a setting back: a role or a database keeps what it was given.
func unset(kept bool) string {
	if kept {
		return "write DEFAULT to reset the setting"
	}
	return "remove the line to use the default"
}

// settingText is a value as the server reads it; false for one that only a run knows, and for lists.
func settingText(v value.Value) (string, bool) {
	switch v := v.(type) {
	case nil, *value.List, *value.Dict:
		return "", false
	case bool:
		return map[bool]string{true: "on", false: "off"}[v], true
	}
	if value.IsUnknown(v) || params.IsTemplate(v) {
		return "", false
	}
	return value.Str(v), true
}

// otherVersions tells which versions have a setting, or which name is near.
func otherVersions(name string, major int) string {
	from, till, ok := guc.Versions(name)
	switch {
	case ok && till < major:
		return fmt.Sprintf("the last version with the setting was PostgreSQL %d", till)
	case ok:
		return fmt.Sprintf("the first version with the setting is PostgreSQL %d", from)
	}
	return diag.DidYouMean(name, slices.DeleteFunc(guc.Names(major, guc.Module(name)), func(n string) bool { return strings.HasPrefix(n, "debug_") }))
}
