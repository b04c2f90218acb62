package pgsql

import (
	"path"

	"pig/internal/params"
	"pig/internal/product"
	"pig/internal/products/pgsql/model"
	"pig/internal/value"
)

// pgCheck refuses what is well written and cannot be done, or not safely.
func (r *resolver) pgCheck(c *Cluster, vars product.Vars) {
	if !vars.Bool("patroni_enabled") && !params.IsTemplate(vars.Get("patroni_enabled")) {
		r.Errorf(vars.Pos("patroni_enabled"), "invalid patroni_enabled of %s: the cluster needs Patroni", c.Name).
			WithHint("to disable automatic failover, write patroni_mode: pause")
	}
	if vars.Text("patroni_mode") == "remove" {
		r.Errorf(vars.Pos("patroni_mode"), "invalid patroni_mode \"remove\": services and failover need Patroni").
			WithHint("to disable automatic failover, write patroni_mode: pause")
	}
	r.pgFiles(vars)
	r.sodium(vars)
}

// pgFiles refuses files that would take the place of the server's own, or of each other.
func (r *resolver) pgFiles(vars product.Vars) {
	seen := map[string]bool{}
	list := vars.List("pg_files")
	for i, item := range list.Items {
		pos := list.Pos(i)
		if !pos.Known() {
			pos = vars.Pos("pg_files")
		}
		switch name := path.Base(value.Str(item)); {
		case params.IsTemplate(item):
		case model.OwnFile(name):
			r.Errorf(pos, "invalid file %q in pg_files: PostgreSQL owns this file of the data directory", name).
				WithHint("write settings into pg_parameters, and rules into pg_hba_rules")
		case seen[name]:
			r.Errorf(pos, "duplicate file %q in pg_files", name).WithHint("all files go into one directory: rename one of them")
		default:
			seen[name] = true
		}
	}
}

// sodium checks the root key of pgsodium.
func (r *resolver) sodium(vars product.Vars) {
	key, set := value.Plain(vars.Get("pgsodium_key"))
	if set && key != "" && !params.IsTemplate(vars.Get("pgsodium_key")) && !model.IsSodiumKey(key) {
		r.Errorf(vars.Pos("pgsodium_key"), "pgsodium_key must be 64 hexadecimal digits").WithHint("remove pgsodium_key to generate a key")
	}
}
