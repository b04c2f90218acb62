package model

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Grant is one entry of an access control list: who (public is "") may do what, and whether they may pass it on.
type Grant struct {
	Who       string `json:"who"`
	Privilege string `json:"priv"` // in capitals: SELECT, CREATE ...
	Grantable bool   `json:"pass"`
}

// ACL is an access control list with what is built in made explicit.
type ACL []Grant

func (a ACL) has(who, privilege string, grantable bool) bool {
	return slices.ContainsFunc(a, func(g Grant) bool {
		return g.Who == who && g.Privilege == privilege && (g.Grantable || !grantable)
	})
}

// aclExpr is SQL that makes an ACL of an aclitem[] expression.
func aclExpr(items string) string {
	return `(SELECT jsonb_agg(jsonb_build_object('who', CASE x.grantee WHEN 0 THEN '' ELSE pg_get_userbyid(x.grantee) END,
   'priv', x.privilege_type, 'pass', x.is_grantable)) FROM aclexplode(` + items + `) x)`
}

// DefaultPrivilege is what a role gives away of the objects that it will make: GRANT SELECT ON TABLES TO dbrole_readonly.
type DefaultPrivilege struct {
	Text       string // as declared, with single blanks
	Schema     string // of objects in this schema only; "" is any
	Revoke     bool
	Privileges []string // in capitals; ALL stands for all
	Type       string   // as in pg_default_acl: r, S, f, T, n, L
	Who        []string // public is ""
	Grantable  bool
}

var defaultPrivilegeForm = regexp.MustCompile(`(?i)^(?:IN SCHEMA (\S+) )?(GRANT|REVOKE) (.+?) ON (TABLES|SEQUENCES|FUNCTIONS|ROUTINES|TYPES|SCHEMAS|LARGE OBJECTS) (TO|FROM) (.+?)( WITH GRANT OPTION)?(?: CASCADE| RESTRICT)?$`)

// identForm is a name as SQL writes one: in double quotes, or plain.
var identForm = regexp.MustCompile(`^(?:"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*)$`)

// aclTypes are pg_default_acl's types of objects, with the privileges that there are.
var aclTypes = map[string]struct {
	code string
	all  []string
}{
	"TABLES":    {"r", []string{"INSERT", "SELECT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"}},
	"SEQUENCES": {"S", []string{"USAGE", "SELECT", "UPDATE"}}, "FUNCTIONS": {"f", []string{"EXECUTE"}}, "ROUTINES": {"f", []string{"EXECUTE"}},
	"TYPES": {"T", []string{"USAGE"}}, "SCHEMAS": {"n", []string{"USAGE", "CREATE"}}, "LARGE OBJECTS": {"L", []string{"SELECT", "UPDATE"}},
}

// ParseDefaultPrivilege reads one entry of pg_default_privileges.
func ParseDefaultPrivilege(text string) (DefaultPrivilege, error) {
	text = strings.Join(strings.Fields(strings.TrimSuffix(strings.TrimSpace(text), ";")), " ")
	m := defaultPrivilegeForm.FindStringSubmatch(text)
	if m == nil || strings.EqualFold(m[2], "GRANT") != strings.EqualFold(m[5], "TO") {
		return DefaultPrivilege{}, fmt.Errorf("invalid default privilege %q: want a text such as: GRANT SELECT ON TABLES TO dbrole_readonly", text)
	}
	kind := aclTypes[strings.ToUpper(m[4])]
	switch {
	case m[1] != "" && (kind.code == "n" || kind.code == "L"):
		return DefaultPrivilege{}, fmt.Errorf("invalid default privilege %q: %s are in no schema", text, strings.ToLower(m[4]))
	case m[1] != "" && !identForm.MatchString(m[1]):
		return DefaultPrivilege{}, fmt.Errorf("invalid default privilege %q: %s is not a name of a schema", text, m[1])
	}
	d := DefaultPrivilege{Text: text, Schema: bareName(m[1]), Revoke: strings.EqualFold(m[2], "REVOKE"), Type: kind.code, Grantable: m[7] != ""}
	for p := range strings.SplitSeq(strings.ToUpper(m[3]), ",") {
		p = strings.TrimSpace(p)
		if p == "ALL" || p == "ALL PRIVILEGES" {
			d.Privileges = append(d.Privileges, kind.all...)
			continue
		}
		if !slices.Contains(kind.all, p) && (p != "MAINTAIN" || kind.code != "r") {
			return d, fmt.Errorf("invalid default privilege %q: privilege %s does not exist on %s", text, p, strings.ToLower(m[4]))
		}
		d.Privileges = append(d.Privileges, p)
	}
	for who := range strings.SplitSeq(m[6], ",") {
		who = strings.TrimSpace(who)
		if !identForm.MatchString(who) {
			return d, fmt.Errorf("invalid default privilege %q: %s is not a name of a role", text, who)
		}
		if strings.EqualFold(who, "public") {
			d.Who = append(d.Who, "")
		} else {
			d.Who = append(d.Who, bareName(who))
		}
	}
	return d, nil
}

// Since is the version of PostgreSQL from which on it has such a privilege, 0 where all have.
func (d DefaultPrivilege) Since() int {
	switch {
	case d.Type == "L":
		return 18
	case slices.Contains(d.Privileges, "MAINTAIN"):
		return 17
	}
	return 0
}

// bareName is the name that an SQL identifier stands for.
func bareName(ident string) string {
	if len(ident) > 1 && ident[0] == '"' && ident[len(ident)-1] == '"' {
		return strings.ReplaceAll(ident[1:len(ident)-1], `""`, `"`)
	}
	return strings.ToLower(ident)
}

// LiveDefault is a row of pg_default_acl.
type LiveDefault struct {
	Role   string `json:"role"`
	Schema string `json:"schema"`
	Type   string `json:"type"`
	ACL    ACL    `json:"acl"`
}

// satisfied tells whether role's live default privileges are as d has it.
func (d DefaultPrivilege) satisfied(role string, live []LiveDefault) bool {
	acl := builtin(d, role)
	for _, l := range live {
		if l.Role == role && l.Schema == d.Schema && l.Type == d.Type {
			acl = l.ACL
		}
	}
	for _, who := range d.Who {
		for _, p := range d.Privileges {
			if acl.has(who, p, d.Grantable && !d.Revoke) == d.Revoke {
				return false
			}
		}
	}
	return true
}

// builtin is what holds where there is no row: the owner may do all, everybody may run functions and use types.
func builtin(d DefaultPrivilege, role string) ACL {
	if d.Schema != "" {
		return nil
	}
	var acl ACL
	for _, p := range d.Privileges {
		acl = append(acl, Grant{role, p, false})
	}
	switch d.Type {
	case "f":
		acl = append(acl, Grant{"", "EXECUTE", false})
	case "T":
		acl = append(acl, Grant{"", "USAGE", false})
	}
	return acl
}

// planDefaults gives role's default privileges in a database.
func planDefaults(db, role string, want []DefaultPrivilege, live []LiveDefault) Step {
	s := Step{Kind: "default privileges", Name: db + " of " + role, Action: "update", DB: db}
	var missing []string
	for _, d := range want {
		if !d.satisfied(role, live) {
			missing = append(missing, d.Text)
			s.do("ALTER DEFAULT PRIVILEGES FOR ROLE " + Ident(role) + " " + d.Text)
		}
	}
	const shown = 3
	for i, text := range missing {
		if i == shown && len(missing) > shown+1 {
			s.attr("more", "", fmt.Sprintf("%d others", len(missing)-shown))
			break
		}
		s.attr("default", "", text)
	}
	return s
}
