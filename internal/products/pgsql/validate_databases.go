package pgsql

import (
	"path"
	"slices"
	"strings"

	"pig/internal/diag"
	"pig/internal/params"
	"pig/internal/value"
)

// databases tells what CREATE DATABASE and the cluster itself would refuse: pig and the tools of the cluster connect to postgres and template1.
func (v *validator) databases(vars *value.Dict) {
	gone := map[string]bool{}
	for _, d := range params.Objects(vars, "pg_databases") {
		gone[d.Text("name")] = d.At("state") == "absent"
	}
	cron := ""
	for _, d := range params.Objects(vars, "pg_databases") {
		name := d.Text("name")
		if d.At("state") == "absent" {
			continue
		}
		if allow := d.At("allowconn"); slices.Contains([]string{"postgres", "template1"}, name) && allow != nil && !params.IsTemplate(allow) && !params.ToBool(allow) {
			v.Add(diag.Errorf(d.Place("allowconn"), "invalid allowconn false of database %s: the cluster itself connects to the database", name))
		}
		if d.Text("tablespace") == "pg_global" {
			v.Add(diag.Errorf(d.Place("tablespace"), "invalid tablespace pg_global of database %s: only shared catalogs are in it", name))
		}
		if template := d.Text("template"); gone[template] {
			v.Add(diag.Errorf(d.Place("template"), "invalid template %q of database %s: the database has state: absent", template, name).WithHint("name another template, or remove state: absent of the database"))
		}
		for _, e := range extensionsOf(d) {
			switch {
			case e.name != "pg_cron":
			case cron != "":
				v.Add(diag.Errorf(e.pos, "invalid extension pg_cron of database %s: database %s has it, and only one database of a cluster can have it", name, cron))
			default:
				cron = name
			}
		}
	}
}

// backupsApart refuses a repository among the data that it is to outlive, or in a directory of the system's.
func (v *validator) backupsApart(name string, repo, vars *value.Dict, pos diag.Pos) {
	where, plain := value.Plain(repo.At("path"))
	kind, _ := value.Plain(repo.At("type"))
	main, known := textOf(vars, "pg_fs_main")
	data, also := textOf(vars, "pg_data")
	if !plain || !known || !also || !strings.HasPrefix(where, "/") || params.IsTemplate(where) || kind != "" && kind != "posix" && kind != "cifs" {
		return
	}
	clean := path.Clean(where)
	if params.SystemDirectory(clean) {
		v.Add(diag.Errorf(pos, "invalid path %q of backup repository %s: a directory of the system's", where, name).WithHint("choose a separate directory, such as /pg/backup"))
	}
	for _, of := range []string{data, path.Join(main, value.Str(vars.At("pg_cluster"))) + "-"} {
		if clean == of || strings.HasPrefix(clean, of+"/") || strings.HasSuffix(of, "-") && strings.HasPrefix(clean, of) {
			v.Add(diag.Errorf(pos, "invalid path %q of backup repository %s: the path is inside the data of the cluster", where, name).WithHint("choose a separate directory, such as /pg/backup"))
			return
		}
	}
}
