package imitation

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	pgsql "pig/internal/products/pgsql/model"
)

// run runs a script of statements, beginning in a database. What it does not know it refuses.
func (p *postgres) run(db, script string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	loose := strings.Contains(script, `"pig.baseline"`) // somebody's own SQL
	for _, s := range statements(script) {
		if at, ok := strings.CutPrefix(s, `\connect`); ok {
			db = between(at, "dbname='", "'", "")
			continue
		}
		if strings.HasPrefix(s, `\`) {
			continue
		}
		done, err := p.statement(db, s)
		if err != nil {
			return err
		}
		if !done && !loose {
			return fmt.Errorf("the imitation's PostgreSQL does not know: %s", s)
		}
	}
	return nil
}

// statements takes a script apart: at semicolons outside of quotes; psql's own commands end with their line.
func statements(script string) (all []string) {
	var b strings.Builder
	quote := byte(0)
	flush := func() {
		if s := strings.TrimSpace(b.String()); s != "" {
			all = append(all, s)
		}
		b.Reset()
	}
	for i := 0; i < len(script); i++ {
		c := script[i]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == ';', c == '\n' && strings.HasPrefix(strings.TrimSpace(b.String()), `\`):
			flush()
			continue
		}
		b.WriteByte(c)
	}
	flush()
	return all
}

// unquote is what an identifier or a literal stands for.
func unquote(s string) string {
	s = strings.TrimSpace(s)
	escaped := strings.HasPrefix(s, "E'")
	s = strings.TrimPrefix(s, "E")
	if len(s) < 2 || s[0] != s[len(s)-1] || s[0] != '\'' && s[0] != '"' {
		return s
	}
	q := s[:1]
	s = strings.ReplaceAll(s[1:len(s)-1], q+q, q)
	if escaped {
		s = strings.ReplaceAll(s, `\\`, `\`)
	}
	return s
}

const ident = `("(?:[^"]|"")+"|\w+)`

// rule is a form of statements, and what it does; db is where, m what the form caught.
type rule struct {
	form *regexp.Regexp
	do   func(p *postgres, db string, m []string) error
}

func form(text string) *regexp.Regexp {
	return regexp.MustCompile(`(?is)^(?:` + strings.ReplaceAll(text, "IDENT", ident) + `)$`)
}

func (p *postgres) statement(db, s string) (bool, error) {
	for _, r := range rules {
		if m := r.form.FindStringSubmatch(s); m != nil {
			for i := range m {
				if !strings.Contains(m[i], "', '") { // a list is taken apart by whom it is for
					m[i] = unquote(m[i])
				}
			}
			return true, r.do(p, db, m)
		}
	}
	return false, nil
}

func nothing(*postgres, string, []string) error { return nil }

func (p *postgres) role(name string) (*pgsql.LiveUser, error) {
	u, ok := p.users[name]
	if !ok {
		return nil, fmt.Errorf("ERROR:  role %q does not exist", name)
	}
	return u, nil
}

func (p *postgres) database(name string) (*pgsql.LiveDatabase, error) {
	d, ok := p.databases[name]
	if !ok {
		return nil, fmt.Errorf("ERROR:  database %q does not exist", name)
	}
	return d, nil
}

// ofRole and ofDatabase do something with one.
func ofRole(do func(p *postgres, u *pgsql.LiveUser, m []string)) func(*postgres, string, []string) error {
	return func(p *postgres, _ string, m []string) error {
		u, err := p.role(m[1])
		if err == nil {
			do(p, u, m)
		}
		return err
	}
}

func ofDatabase(do func(p *postgres, d *pgsql.LiveDatabase, m []string)) func(*postgres, string, []string) error {
	return func(p *postgres, _ string, m []string) error {
		d, err := p.database(m[1])
		if err == nil {
			do(p, d, m)
		}
		return err
	}
}

// inside does something in the database where the statement runs.
func inside(do func(in *pgsql.LiveInside, m []string)) func(*postgres, string, []string) error {
	return func(p *postgres, db string, m []string) error {
		in, ok := p.insides[db]
		if !ok {
			return fmt.Errorf("FATAL:  database %q does not exist", db)
		}
		do(in, m)
		return nil
	}
}

// set keeps name=value as a catalog does.
func set(config []string, name, value string) []string {
	config = slices.DeleteFunc(config, func(kv string) bool { return strings.HasPrefix(kv, name+"=") })
	var items []string
	for v := range strings.SplitSeq(value, ", ") {
		items = append(items, unquote(v))
	}
	return append(config, name+"="+strings.Join(items, ", "))
}

func reset(config []string, name string) []string {
	return slices.DeleteFunc(config, func(kv string) bool { return strings.HasPrefix(kv, name+"=") })
}

func public(who string) string {
	if strings.EqualFold(who, "public") {
		return ""
	}
	return who
}

func grant(acl pgsql.ACL, who, privilege string, pass bool) pgsql.ACL {
	acl = revoke(acl, who, privilege)
	return append(acl, pgsql.Grant{Who: public(who), Privilege: strings.ToUpper(privilege), Grantable: pass})
}

func revoke(acl pgsql.ACL, who, privilege string) pgsql.ACL {
	return slices.DeleteFunc(acl, func(g pgsql.Grant) bool {
		return g.Who == public(who) && (strings.EqualFold(g.Privilege, privilege) || strings.EqualFold(privilege, "all"))
	})
}

func number(text string) int {
	n, _ := strconv.Atoi(text) //nolint:errcheck // the form catches digits alone
	return n
}

// dateSeconds is a date in seconds since 1970.
func dateSeconds(text string) int64 {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return 0
	}
	return t.Unix()
}
