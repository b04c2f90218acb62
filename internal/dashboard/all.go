package dashboard

// All are the dashboards of an environment.
func All() []Dashboard {
	return []Dashboard{overview(), node(), pgCluster(), pgInstance(), pgbouncer(), haproxy(), etcd(), redis(), minio()}
}

func stat(title, unit, expr, legend string) Panel {
	return Panel{Title: title, Kind: Stat, Unit: unit, Width: 4, Queries: []Query{Q(expr, legend)}}
}

func graph(title, unit string, queries ...Query) Panel {
	return Panel{Title: title, Kind: Graph, Unit: unit, Queries: queries}
}

func (p Panel) wide(columns int) Panel {
	p.Width = columns
	return p
}

// warn colours values above two levels; if the second is the lower one, values below.
func (p Panel) warn(first, second float64) Panel {
	p.Warn, p.Bad = first, second
	if second < first {
		p.Warn, p.Bad, p.Low = second, first, true
	}
	return p
}

func (p Panel) upTo(limit float64) Panel {
	p.Max = limit
	return p
}

func table(title string, queries ...Query) Panel {
	return Panel{Title: title, Kind: Table, Unit: "short", Width: 12, Queries: queries}
}

// complaints is a row with what was logged that is worth a look, by whatever the filter names.
func complaints(filter string) Row {
	return Row{"Warnings and errors logged", []Panel{{Title: "The last ones", Kind: Lines, Width: 24, Queries: []Query{Q(filter+" level:in(warning, error, critical)", "")}}}}
}
