package dashboard

// Inventory is the page of an inventory that is kept as tables of PostgreSQL. It reads the views pigsty.shown_* and nothing else: they have no secrets.
func Inventory() Dashboard {
	return Dashboard{UID: "pig-inventory", Title: "Inventory", Vars: []Var{
		{Name: "group", SQL: `SELECT cls FROM pigsty.shown_group ORDER BY seq`},
		{Name: "version", SQL: `SELECT version FROM pigsty.shown_version ORDER BY version DESC`},
	}, Rows: []Row{
		{"Groups and hosts", []Panel{
			listing("Groups", 12, `SELECT cls AS "group", hosts, children, variables FROM pigsty.shown_group ORDER BY seq`),
			listing("Hosts", 12, `SELECT host, cls AS "group", variables FROM pigsty.shown_host ORDER BY seq`),
		}},
		{"Parameters of $group", []Panel{
			listing("Group parameters", 12, `SELECT path AS parameter, value, mtime AS changed FROM pigsty.shown_variable WHERE cls = '$group' AND host IS NULL ORDER BY seq, path`),
			listing("Host parameters", 12, `SELECT host, path AS parameter, value, mtime AS changed FROM pigsty.shown_variable WHERE cls = '$group' AND host IS NOT NULL ORDER BY seq, path`),
		}},
		{"Versions", []Panel{
			listing("History", 24, `SELECT version, "time" AS changed, author, role, kind, reason, changed AS what FROM pigsty.shown_version ORDER BY version DESC LIMIT 500`),
		}},
		{"Version $version", []Panel{
			listing("Changes from the previous version", 24, `SELECT action, cls AS "group", host, path AS parameter, before, after FROM pigsty.shown_difference WHERE version = '$version' ORDER BY n, path`),
		}},
	}}
}

// listing is a table of what a query of the inventory's tables gives.
func listing(title string, columns int, sql string) Panel {
	return Panel{Title: title, Kind: Grid, Width: columns, SQL: sql}
}

func tables() object { return object{"type": "grafana-postgresql-datasource", "uid": "ds-inventory"} }

func (p Panel) listing() object {
	return object{
		"type": string(p.Kind), "title": p.Title, "datasource": tables(),
		"targets":     []object{{"refId": "A", "rawSql": p.SQL, "rawQuery": true, "editorMode": "code", "format": "table", "datasource": tables()}},
		"fieldConfig": object{"defaults": object{"custom": object{"filterable": true, "cellOptions": object{"type": "auto", "wrapText": true}}}, "overrides": []object{}},
	}
}

// chosen is a variable whose values a query of the inventory's tables gives, in its order.
func (v Var) chosen() object {
	return object{"name": v.Name, "type": "query", "datasource": tables(), "query": v.SQL, "definition": v.SQL, "refresh": 2, "sort": 0, "multi": false, "includeAll": false}
}
