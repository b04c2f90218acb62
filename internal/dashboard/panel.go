package dashboard

// Stat is one number.
func Stat(title, unit, expr, legend string) Panel {
	return Panel{Title: title, Kind: Number, Unit: unit, Width: 4, Queries: []Query{Q(expr, legend)}}
}

// Graph is a curve for each series.
func Graph(title, unit string, queries ...Query) Panel {
	return Panel{Title: title, Kind: Curves, Unit: unit, Queries: queries}
}

// Table is a line for each series.
func Table(title string, queries ...Query) Panel {
	return Panel{Title: title, Kind: Grid, Unit: "short", Width: 12, Queries: queries}
}

// Warnings is a row with the last lines of the log store that a filter selects, from warnings on.
func Warnings(filter string) Row {
	return Row{"Logs", []Panel{{Title: "Warnings and errors", Kind: Lines, Width: 24, Queries: []Query{Q(filter+" level:in(warning, error, critical)", "")}}}}
}

// Wide is the panel with another width, of 24.
func (p Panel) Wide(columns int) Panel {
	p.Width = columns
	return p
}

// Levels colours values above two levels; if the second is the lower one, values below.
func (p Panel) Levels(first, second float64) Panel {
	p.Warn, p.Bad = first, second
	if second < first {
		p.Warn, p.Bad, p.Low = second, first, true
	}
	return p
}

// Said shows 0 and 1 as words.
func (p Panel) Said(zero, one string) Panel {
	p.Words = map[string]string{"0": zero, "1": one}
	return p
}

// UpTo is the panel with an axis from zero to a limit.
func (p Panel) UpTo(limit float64) Panel {
	p.Max = limit
	return p
}
