package model

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// User is a role as an inventory declares it. A nil field is left as it is, or as the server makes it.
type User struct {
	Name        string
	Absent      bool
	Password    *string // in the clear, or a verifier
	Login       *bool
	Superuser   *bool
	CreateDB    *bool
	CreateRole  *bool
	Inherit     *bool
	Replication *bool
	BypassRLS   *bool
	ConnLimit   *int
	ExpireIn    *int   // days from when it is first set
	ExpireAt    string // a date or infinity; "" is none
	Comment     *string
	Settings    []Setting
	Member      []Membership
}

// UserPolicy tells what else there is to know about the roles of a cluster.
type UserPolicy struct {
	Keep  []string // roles that others make: neither told nor dropped, and never to be absent
	Prune bool     // drop the undeclared ones
	Renew bool     // let expire_in begin anew
}

// UsersPlan is what is to be done about roles.
type UsersPlan struct {
	Steps      []Step
	Undeclared []string // sorted
}

// PlanUsers compares declared roles with live ones. Roles come after those that they are members of.
func PlanUsers(users []User, live UsersState, p UserPolicy) (UsersPlan, error) {
	var plan UsersPlan
	ordered, err := byMembership(users)
	if err != nil {
		return plan, err
	}
	declared := map[string]bool{}
	for _, u := range ordered {
		declared[u.Name] = true
		var step Step
		if u.Absent {
			if slices.Contains(p.Keep, u.Name) || u.Name == live.Self {
				return plan, fmt.Errorf("role %s cannot be absent: the cluster itself needs it", u.Name)
			}
			step = dropUser(u.Name, live)
		} else if step, err = planUser(u, live, p); err != nil {
			return plan, err
		}
		if !step.Empty() {
			plan.Steps = append(plan.Steps, step)
		}
	}
	for name := range live.Users {
		if !declared[name] && name != live.Self && !strings.HasPrefix(name, "pg_") && !slices.Contains(p.Keep, name) {
			plan.Undeclared = append(plan.Undeclared, name)
		}
	}
	slices.Sort(plan.Undeclared)
	if p.Prune {
		for _, name := range plan.Undeclared {
			plan.Steps = append(plan.Steps, dropUser(name, live))
		}
	}
	return plan, nil
}

func planUser(u User, live UsersState, p UserPolicy) (Step, error) {
	was, exists := live.Users[u.Name]
	s := Step{Kind: "role", Name: u.Name, Action: "update"}
	if !exists {
		s.Action = "create"
		was = LiveUser{Login: true, Inherit: true, ConnLimit: -1}
		s.do("CREATE ROLE " + Ident(u.Name) + " LOGIN")
		if u.Comment == nil {
			comment := "business user " + u.Name
			u.Comment = &comment
		}
	}
	s.attributes(u, was)
	if err := s.password(u, was, live.LiveServer); err != nil {
		return s, err
	}
	s.expiry(u, was, live, p.Renew)
	s.diffSettings("ROLE "+Ident(u.Name), u.Settings, was.Settings)
	s.comment("ROLE "+Ident(u.Name), u.Comment, was.Comment)
	for _, m := range u.Member {
		s.membership(u.Name, m, was.Member, live.Version)
	}
	return s, nil
}

func (s *Step) attributes(u User, was LiveUser) {
	var clauses []string
	before := func(text string) string { // a role that is created was nothing before
		if s.Action == "create" {
			return ""
		}
		return text
	}
	for _, a := range []struct {
		name string
		want *bool
		was  bool
	}{
		{"login", u.Login, was.Login}, {"superuser", u.Superuser, was.Superuser}, {"createdb", u.CreateDB, was.CreateDB},
		{"createrole", u.CreateRole, was.CreateRole}, {"inherit", u.Inherit, was.Inherit}, {"replication", u.Replication, was.Replication},
		{"bypassrls", u.BypassRLS, was.BypassRLS},
	} {
		if a.want == nil || *a.want == a.was {
			continue
		}
		clause := strings.ToUpper(a.name)
		if !*a.want {
			clause = "NO" + clause
		}
		clauses = append(clauses, clause)
		s.attr(a.name, before(onOff(a.was)), onOff(*a.want))
	}
	if u.ConnLimit != nil && *u.ConnLimit != was.ConnLimit {
		clauses = append(clauses, fmt.Sprintf("CONNECTION LIMIT %d", *u.ConnLimit))
		s.attr("connlimit", before(strconv.Itoa(was.ConnLimit)), strconv.Itoa(*u.ConnLimit))
	}
	if len(clauses) > 0 {
		s.do("ALTER ROLE " + Ident(u.Name) + " " + strings.Join(clauses, " "))
	}
}

func (s *Step) password(u User, was LiveUser, server LiveServer) error {
	if u.Password == nil || *u.Password == "" || PasswordMatches(was.Password, u.Name, *u.Password, server.encryption()) {
		return nil
	}
	v, err := Verifier(u.Name, *u.Password, server.encryption())
	if err != nil {
		return err
	}
	before := ""
	if was.Password != "" {
		before = "(another)"
	}
	s.attr("password", before, "(set)")
	s.do(Hush()...)
	s.do("ALTER ROLE " + Ident(u.Name) + " PASSWORD " + Literal(v))
	return nil
}

// dropUser hands what the role owns to who is connected, takes its privileges away, ends its sessions and drops it.
func dropUser(name string, live UsersState) Step {
	s := Step{Kind: "role", Name: name, Action: "delete", DataLoss: true, Loose: true}
	if _, exists := live.Users[name]; !exists {
		return s
	}
	role := Ident(name)
	s.do("ALTER ROLE "+role+" NOLOGIN", "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = "+Literal(name))
	for _, db := range live.Databases {
		s.do(Connect(db), "REASSIGN OWNED BY "+role+" TO CURRENT_USER", "DROP OWNED BY "+role)
	}
	s.do(Connect("postgres"), "DROP ROLE "+role)
	return s
}

// PlanPassword is the step that gives a user another password; an empty one if the user is not there or has it already.
func PlanPassword(user, password string, live UsersState) (Step, error) {
	s := Step{Kind: "role", Name: user, Action: "update"}
	was, there := live.Users[user]
	if !there {
		return s, nil
	}
	return s, s.password(User{Name: user, Password: &password}, was, live.LiveServer)
}
