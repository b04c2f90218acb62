package model

import (
	"slices"
	"strings"
)

// Step is one change to one object of a server, with the statements that make it.
type Step struct {
	Kind   string // role, database, schema, extension, privileges, function
	Name   string
	Action string // create, update, delete
	Attrs  []Attr // what changes of it, as people read it: no secret is in here
	DB     string // the database to be connected to
	SQL    []string
	// DataLoss says that something goes away for good; Outage that sessions are cut off.
	DataLoss, Outage bool
	// Loose says that the statements cannot run inside one transaction.
	Loose bool
}

// Attr is one attribute's old and new value, as people read them.
type Attr struct{ Name, Before, After string }

func (s *Step) attr(name, before, after string) {
	s.Attrs = append(s.Attrs, Attr{name, before, after})
}

func (s *Step) do(statements ...string) { s.SQL = append(s.SQL, statements...) }

// comment sets the comment of an object, where one is wanted that it does not have.
func (s *Step) comment(object string, want *string, was string) {
	if want == nil || *want == was {
		return
	}
	s.attr("comment", was, *want)
	s.do("COMMENT ON " + object + " IS " + Literal(*want))
}

// Empty tells whether the step does nothing.
func (s *Step) Empty() bool { return len(s.SQL) == 0 }

// Ident quotes a name as an SQL identifier.
func Ident(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// Idents quotes names and joins them with commas.
func Idents(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = Ident(n)
	}
	return strings.Join(quoted, ", ")
}

// Literal quotes text as an SQL string, whatever standard_conforming_strings says.
func Literal(text string) string {
	quoted := "'" + strings.ReplaceAll(text, "'", "''") + "'"
	if strings.Contains(text, `\`) {
		return " E" + strings.ReplaceAll(quoted, `\`, `\\`)
	}
	return quoted
}

// TextArray is an SQL array of strings.
func TextArray(items []string) string {
	quoted := make([]string, len(items))
	for i, item := range items {
		quoted[i] = Literal(item)
	}
	return "ARRAY[" + strings.Join(quoted, ", ") + "]::text[]"
}

// Connect is psql's command to go on in another database.
func Connect(db string) string {
	return `\connect -reuse-previous=on ` + Ident("dbname="+conninfo(db))
}

// conninfo quotes a value of a connection string.
func conninfo(v string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(v) + "'"
}

// Hush keeps what follows in the session out of the server's log and statistics, whatever the server records otherwise: it carries
// verifiers of passwords.
func Hush() []string {
	return []string{
		"SET log_statement = 'none'", "SET log_min_duration_statement = -1", "SET log_min_error_statement = 'panic'",
		"SET log_duration = off", "SET log_min_duration_sample = -1", "SET auto_explain.log_min_duration = -1", "SET pg_stat_statements.track_utility = off", "SET pgaudit.log = 'none'",
	}
}

// Script makes statements one text for psql.
func Script(statements []string, transaction bool) string {
	var b strings.Builder
	if transaction {
		b.WriteString("BEGIN;\n")
	}
	for _, s := range statements {
		b.WriteString(s)
		if !strings.HasPrefix(s, `\`) && !strings.HasSuffix(s, ";") {
			b.WriteByte(';')
		}
		b.WriteByte('\n')
	}
	if transaction {
		b.WriteString("COMMIT;\n")
	}
	return b.String()
}

// onOff is how PostgreSQL writes a boolean, and pig shows one.
func onOff(b bool) string {
	if b {
		return "on"
	}
	return "off"
}

func union(lists ...[]string) []string {
	all := slices.Concat(lists...)
	slices.Sort(all)
	return slices.Compact(all)
}
