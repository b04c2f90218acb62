package model

import (
	"fmt"
	"strconv"
	"strings"
)

// Membership is a role that a user is in, or is not to be in. The options are left as they are where they are nil.
type Membership struct {
	Role   string
	Absent bool
	Admin  *bool
	// Inherit and Set exist from PostgreSQL 16 on.
	Inherit, Set *bool
}

// LiveMembership is one grant of pg_auth_members.
type LiveMembership struct {
	Role    string `json:"role"`
	Admin   bool   `json:"admin"`
	Inherit *bool  `json:"inherit"`
	Set     *bool  `json:"set"`
}

// byMembership orders roles so that each comes after the declared ones that it is a member of, else as declared. Roles
// that go away come last.
func byMembership(users []User) ([]User, error) {
	index := map[string]int{}
	for i, u := range users {
		if _, twice := index[u.Name]; twice {
			return nil, fmt.Errorf("role %s is declared twice", u.Name)
		}
		index[u.Name] = i
	}
	var ordered, gone []User
	state := make([]int, len(users)) // 1: being visited, 2: done
	var visit func(i int) error
	visit = func(i int) error {
		switch state[i] {
		case 1:
			return fmt.Errorf("role %s is a member of itself by way of others", users[i].Name)
		case 2:
			return nil
		}
		state[i] = 1
		for _, m := range users[i].Member {
			if j, ok := index[m.Role]; ok && !m.Absent {
				if err := visit(j); err != nil {
					return err
				}
			}
		}
		state[i] = 2
		if users[i].Absent {
			gone = append(gone, users[i])
		} else {
			ordered = append(ordered, users[i])
		}
		return nil
	}
	for i := range users {
		if err := visit(i); err != nil {
			return nil, err
		}
	}
	return append(ordered, gone...), nil
}

// membership makes user a member of a role, or no longer one. Memberships that are not declared stay.
func (s *Step) membership(user string, m Membership, live []LiveMembership, version int) {
	var was *LiveMembership
	for _, l := range live {
		if l.Role == m.Role { // there may be one from each grantor: what any gives, holds
			if was == nil {
				was = &LiveMembership{Role: l.Role}
			}
			was.Admin = was.Admin || l.Admin
			was.Inherit, was.Set = either(was.Inherit, l.Inherit), either(was.Set, l.Set)
		}
	}
	grant := "GRANT " + Ident(m.Role) + " TO " + Ident(user)
	if m.Absent {
		if was != nil {
			s.attr("member of", m.Role, "(no longer)")
			s.do("REVOKE " + Ident(m.Role) + " FROM " + Ident(user))
		}
		return
	}
	if was == nil {
		s.attr("member of", "", m.Role)
		s.do(grant)
		was = &LiveMembership{}
	}
	if m.Admin != nil && *m.Admin != was.Admin {
		s.attr("admin of "+m.Role, onOff(was.Admin), onOff(*m.Admin))
		if *m.Admin {
			s.do(grant + " WITH ADMIN OPTION")
		} else {
			s.do("REVOKE ADMIN OPTION FOR " + Ident(m.Role) + " FROM " + Ident(user))
		}
	}
	if version > 0 && version < 160000 {
		return
	}
	s.option("inherit", m, m.Inherit, was.Inherit, grant)
	s.option("set", m, m.Set, was.Set, grant)
}

func (s *Step) option(name string, m Membership, want, was *bool, grant string) {
	if want == nil || was != nil && *was == *want {
		return
	}
	before := ""
	if was != nil {
		before = onOff(*was)
	}
	s.attr(name+" of "+m.Role, before, onOff(*want))
	s.do(grant + " WITH " + strings.ToUpper(name) + " " + strings.ToUpper(strconv.FormatBool(*want)))
}

func either(a, b *bool) *bool {
	if a == nil || b != nil && *b {
		return b
	}
	return a
}
