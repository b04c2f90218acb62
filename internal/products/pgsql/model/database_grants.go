package model

import (
	"slices"
	"strings"
)

// grants are the privileges on the database itself: only the admin role and the owner may make schemas in it, and where
// revokeconn says so, only they and the system's users may connect.
func (p DatabasePolicy) grants(s *Step, d Database, was LiveDatabase, roles []string) {
	db := "DATABASE " + Ident(d.Name)
	known := func(r string) bool { return r != "" && (roles == nil || slices.Contains(roles, r)) }
	grant := func(privilege, who string, passOn bool) {
		if !known(who) || was.ACL.has(who, privilege, passOn) {
			return
		}
		statement := "GRANT " + privilege + " ON " + db + " TO " + Ident(who)
		if passOn {
			statement += " WITH GRANT OPTION"
		}
		s.attr(strings.ToLower(privilege), "", who)
		s.do(statement)
	}
	if was.ACL.has("", "CREATE", false) {
		s.attr("create", "public", "(nobody)")
		s.do("REVOKE CREATE ON " + db + " FROM PUBLIC")
	}
	grant("CREATE", p.Admin, false)
	for _, privilege := range []string{"CREATE", "CONNECT", "TEMPORARY"} {
		if d.Owner == was.Owner { // a new owner takes over the old one's
			grant(privilege, d.Owner, false)
		}
	}
	switch {
	case d.RevokeConn == nil:
	case *d.RevokeConn:
		if was.ACL.has("", "CONNECT", false) {
			s.attr("connect", "public", "(nobody)")
			s.do("REVOKE CONNECT ON " + db + " FROM PUBLIC")
		}
		for _, who := range p.Connectors {
			grant("CONNECT", who, false)
		}
		grant("CONNECT", p.Superadmin, p.Superadmin != d.Owner)
	case !was.ACL.has("", "CONNECT", false):
		s.attr("connect", "", "public")
		s.do("GRANT CONNECT ON " + db + " TO PUBLIC")
	}
}
