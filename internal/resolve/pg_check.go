package resolve

import (
	"path"

	"pig/internal/params"
	"pig/internal/pgsql"
	"pig/internal/value"
)

// pgCheck refuses what is well written and cannot be done, or not safely.
func (r *resolver) pgCheck(c *PgCluster, vars lookup) {
	if !vars.bool("patroni_enabled") && !params.IsTemplate(vars.get("patroni_enabled")) {
		r.errorf(vars.pos("patroni_enabled"), "%s is to run without Patroni, and nothing else would lead it", c.Name).
			WithHint("patroni_mode: pause keeps Patroni from acting")
	}
	if vars.text("patroni_mode") == "remove" {
		r.errorf(vars.pos("patroni_mode"), "patroni_mode remove is not done: without Patroni services do not know where to lead, and nobody takes over").
			WithHint("patroni_mode: pause keeps Patroni from acting")
	}
	if c.Mode != "pgsql" && c.Mode != "citus" && !params.IsTemplate(c.Mode) {
		r.errorf(vars.pos("pg_mode"), "invalid pg_mode %q: no package of this kernel is available: want pgsql or citus", c.Mode)
	}
	r.pgFiles(vars)
	r.sodium(vars)
}

// pgFiles refuses files that would take the place of the server's own, or of each other.
func (r *resolver) pgFiles(vars lookup) {
	seen := map[string]bool{}
	list := vars.list("pg_files")
	for i, item := range list.Items {
		pos := list.Pos(i)
		if !pos.Known() {
			pos = vars.pos("pg_files")
		}
		switch name := path.Base(value.Str(item)); {
		case params.IsTemplate(item):
		case pgsql.OwnFile(name):
			r.errorf(pos, "pg_files may not bring %s: that file of the data directory is the server's own", name).
				WithHint("settings go into pg_parameters, rules into pg_hba_rules")
		case seen[name]:
			r.errorf(pos, "pg_files brings %s twice", name).WithHint("all of them go into one directory")
		default:
			seen[name] = true
		}
	}
}

// sodium checks the root key of pgsodium.
func (r *resolver) sodium(vars lookup) {
	key, set := value.Plain(vars.get("pgsodium_key"))
	if set && key != "" && !params.IsTemplate(vars.get("pgsodium_key")) && !pgsql.IsSodiumKey(key) {
		r.errorf(vars.pos("pgsodium_key"), "pgsodium_key must be 64 hexadecimal digits").WithHint("leave pgsodium_key out to have a key generated")
	}
}
