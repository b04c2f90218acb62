package postgresql

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

func isUnknown(err error) bool { return errors.Is(err, node.ErrUnknown) }

// query runs statements of the playbook's own.
func query() module.Module {
	return module.Module{
		Name: "postgresql_query",
		Spec: module.Spec{Args: withLogin([]module.Arg{
			{Name: "query", Type: module.Raw}, {Name: "positional_args", Type: module.List}, {Name: "named_args", Type: module.Dict},
			{Name: "autocommit", Type: module.Bool}, {Name: "encoding"}, {Name: "search_path", Type: module.List, Elements: module.Str},
		}, "db"), Exclusive: [][]string{{"positional_args", "named_args"}}},
		Run: runQuery,
	}
}

// reading are statements that a plan may run; others are known after a run.
var reading = regexp.MustCompile(`(?is)^\s*(?:select|show|values|table|with)\b`)

// writing are words by which a statement that begins as a reading one writes.
var writing = regexp.MustCompile(`(?i)\b(?:insert|update|delete|merge|into)\b`)

func runQuery(ctx context.Context, c *module.Call) (*value.Dict, error) {
	s, err := newSession(c, c.Args.String("login_user"))
	if err != nil {
		return nil, err
	}
	var statements []string
	switch q := c.Args.Get("query").(type) {
	case *value.List:
		statements = q.Texts()
	case nil:
		return nil, fmt.Errorf("missing required arguments: query")
	default:
		statements = []string{value.Str(q)}
	}
	all, last, rows, changed := value.NewList(), value.NewList(), int64(0), false
	status := ""
	for _, text := range statements {
		sql, err := fill(text, c.Args.List("positional_args"), c.Args.Dict("named_args"))
		if err != nil {
			return nil, err
		}
		sql = strings.TrimRight(strings.TrimSpace(sql), "; \n")
		s.executed = append(s.executed, sql)
		last = value.NewList()
		if reads := reading.MatchString(sql) && !writing.MatchString(sql); reads {
			if last, err = s.rows(ctx, sql); err != nil {
				return nil, err
			}
			rows += int64(last.Len())
			status = fmt.Sprintf("SELECT %d", last.Len())
		} else {
			if status, err = s.run(ctx, sql); err != nil {
				return nil, err
			}
			n, counted := countOf(status)
			rows += n
			changed = changed || n > 0 || !counted
		}
		all.Append(last)
	}
	return s.done("changed", changed, "query", lastOf(s.executed), "query_list", value.Strings(s.executed), "query_result", last, "query_all_results", all,
		"statusmessage", status, "rowcount", rows, "execution_time_ms", value.NewList()), nil
}

func lastOf(all []string) string {
	if len(all) == 0 {
		return ""
	}
	return all[len(all)-1]
}

// prefixed adds what comes before a statement.
func (s *session) prefixed(sql string) string {
	before := ""
	if path := s.Args.Strings("search_path"); path != nil {
		names := make([]string, len(path))
		for i, p := range path {
			names[i] = ident(p)
		}
		before += "SET search_path TO " + strings.Join(names, ", ") + ";\n"
	}
	if e := s.Args.String("encoding"); e != "" {
		before += "SET client_encoding TO " + literal(e) + ";\n"
	}
	return before + sql
}

// rows reads what a statement gives.
func (s *session) rows(ctx context.Context, sql string) (*value.List, error) {
	wrapped := "SELECT coalesce(json_agg(row_to_json(pig_row)), '[]') FROM (" + sql + ") AS pig_row"
	if strings.HasPrefix(strings.ToLower(sql), "show") {
		name := strings.TrimSpace(sql[len("show"):])
		wrapped = "SELECT json_build_array(json_build_object(" + literal(name) + ", current_setting(" + literal(name) + ")))"
	}
	c := s.cmd(s.db, s.prefixed(wrapped)+";\n")
	c.Env["PGOPTIONS"], c.ReadOnly = "-c default_transaction_read_only=on", true
	out, err := s.System.Exec(ctx, c)
	if err == nil && out.RC != 0 {
		err = s.failed(sql, out)
	}
	if err != nil {
		return nil, err
	}
	v, err := value.ParseJSON(out.Stdout)
	list, ok := v.(*value.List)
	if err != nil || !ok {
		return nil, errors.New("invalid answer of psql: want JSON")
	}
	return list, nil
}

func (s *session) failed(sql string, out node.Output) error {
	return fmt.Errorf("Cannot execute SQL '%s' %s: %w", sql, s.Args.String("positional_args"), failure(s.db, out)) //nolint:staticcheck // Ansible's words
}

// run runs a statement that may change something, and gives its status: INSERT 0 1. Only a run can tell.
func (s *session) run(ctx context.Context, sql string) (string, error) {
	script := s.prefixed(sql)
	if !s.Args.Bool("autocommit") {
		script = "BEGIN;\n" + script + ";\nCOMMIT"
	}
	c := s.cmd(s.db, "\\set QUIET off\n"+script+";\n")
	out, err := s.System.Exec(ctx, c)
	if err == nil && out.RC != 0 {
		err = s.failed(sql, out)
	}
	if err != nil {
		return "", err
	}
	status := ""
	for line := range strings.Lines(string(out.Stdout)) {
		if line = strings.TrimSpace(line); line != "" && line != "BEGIN" && line != "COMMIT" && line != "SET" {
			status = line
		}
	}
	return status, nil
}

// countOf is the number of rows that a statement about rows has changed.
func countOf(status string) (int64, bool) {
	f := strings.Fields(status)
	if len(f) < 2 {
		return 0, false
	}
	switch f[0] {
	case "INSERT", "UPDATE", "DELETE", "MERGE", "SELECT", "COPY":
		n, err := strconv.ParseInt(f[len(f)-1], 10, 64)
		return n, err == nil
	}
	return 0, false
}

var placeholder = regexp.MustCompile(`%%|%s|%\((\w+)\)s`)

// fill puts values in place of %s and %(name)s, each as SQL writes it.
func fill(sql string, positional []value.Value, named *value.Dict) (string, error) {
	if positional == nil && named == nil {
		return sql, nil
	}
	var wrong error
	next := 0
	sql = placeholder.ReplaceAllStringFunc(sql, func(m string) string {
		switch {
		case m == "%%":
			return "%"
		case m == "%s" && next < len(positional):
			next++
			return asSQL(positional[next-1])
		case m != "%s" && named != nil && named.Has(m[2:len(m)-2]):
			return asSQL(named.At(m[2 : len(m)-2]))
		}
		wrong = fmt.Errorf("the query needs a value for %s", m)
		return m
	})
	if wrong == nil && next < len(positional) {
		wrong = fmt.Errorf("the query has %d placeholders for %d positional_args", next, len(positional))
	}
	return sql, wrong
}

func asSQL(v value.Value) string {
	switch v := v.(type) {
	case nil:
		return "NULL"
	case bool:
		return strings.ToUpper(strconv.FormatBool(v))
	case int64, float64:
		return value.Str(v)
	case *value.List:
		items := make([]string, len(v.Items))
		for i, item := range v.Items {
			items[i] = asSQL(item)
		}
		return "ARRAY[" + strings.Join(items, ", ") + "]"
	case *value.Dict:
		return literal(string(value.PlainJSON(v)))
	}
	return literal(value.Str(v))
}
