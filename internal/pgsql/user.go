package pgsql

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
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

// Membership is a role that a user is in, or is not to be in. The options are left as they are where they are nil.
type Membership struct {
	Role   string
	Absent bool
	Admin  *bool
	// Inherit and Set exist from PostgreSQL 16 on.
	Inherit, Set *bool
}

// LiveServer is what is known of a live server besides its objects. Its zero value stands for one that does not run yet.
type LiveServer struct {
	Version    int    `json:"version"` // 170005
	Recovery   bool   `json:"recovery"`
	Today      string `json:"today"`
	Self       string `json:"self"` // who is connected
	Encryption string `json:"encryption"`
	Iterations int    `json:"iterations"`
}

func (s LiveServer) encryption() Encryption { return Encryption{s.Encryption, s.Iterations} }

// LiveUser is a role as pg_authid and its like have it.
type LiveUser struct {
	Login       bool             `json:"login"`
	Superuser   bool             `json:"superuser"`
	CreateDB    bool             `json:"createdb"`
	CreateRole  bool             `json:"createrole"`
	Inherit     bool             `json:"inherit"`
	Replication bool             `json:"replication"`
	BypassRLS   bool             `json:"bypassrls"`
	ConnLimit   int              `json:"connlimit"`
	Password    string           `json:"password"`
	Until       string           `json:"until"` // seconds since 1970, or Infinity; "" is none
	UntilDate   string           `json:"until_date"`
	Comment     string           `json:"comment"`
	Settings    []string         `json:"settings"`
	Member      []LiveMembership `json:"member"`
}

// LiveMembership is one grant of pg_auth_members.
type LiveMembership struct {
	Role    string `json:"role"`
	Admin   bool   `json:"admin"`
	Inherit *bool  `json:"inherit"`
	Set     *bool  `json:"set"`
}

// UsersState is what UsersQuery finds.
type UsersState struct {
	LiveServer
	Users     map[string]LiveUser `json:"users"`
	Dates     map[string]string   `json:"dates"` // declared dates as Until
	Databases []string            `json:"databases"`
}

// serverFields are the fields of LiveServer, as pairs for jsonb_build_object.
const serverFields = `'version', current_setting('server_version_num')::int, 'recovery', pg_is_in_recovery(), 'today', current_date::text,
 'self', current_user, 'encryption', current_setting('password_encryption'), 'iterations', coalesce(current_setting('scram_iterations', true), '4096')::int`

// UsersQuery reads all roles, as one JSON object in one row. users tells the dates that are to be understood.
func UsersQuery(users []User) string { return usersQuery(users, "") }

func usersQuery(users []User, more string) string {
	var dates []string
	for _, u := range users {
		if u.ExpireAt != "" {
			dates = append(dates, u.ExpireAt)
		}
	}
	return `SELECT jsonb_build_object(` + serverFields + more + `,
 'databases', (SELECT jsonb_agg(datname ORDER BY datname) FROM pg_database WHERE datallowconn),
 'dates', (SELECT jsonb_object_agg(d, extract(epoch FROM d::timestamptz)::text) FROM unnest(` + TextArray(union(dates)) + `) AS d),
 'users', (SELECT jsonb_object_agg(a.rolname, jsonb_build_object(
   'login', a.rolcanlogin, 'superuser', a.rolsuper, 'createdb', a.rolcreatedb, 'createrole', a.rolcreaterole, 'inherit', a.rolinherit,
   'replication', a.rolreplication, 'bypassrls', a.rolbypassrls, 'connlimit', a.rolconnlimit, 'password', a.rolpassword,
   'until', extract(epoch FROM a.rolvaliduntil)::text, 'until_date', a.rolvaliduntil::date::text,
   'comment', shobj_description(a.oid, 'pg_authid'),
   'settings', (SELECT to_jsonb(s.setconfig) FROM pg_db_role_setting s WHERE s.setrole = a.oid AND s.setdatabase = 0),
   'member', (SELECT jsonb_agg(jsonb_build_object('role', g.rolname, 'admin', m.admin_option,
      'inherit', to_jsonb(m) -> 'inherit_option', 'set', to_jsonb(m) -> 'set_option'))
      FROM pg_auth_members m JOIN pg_authid g ON g.oid = m.roleid WHERE m.member = a.oid)))
   FROM pg_authid a));
`
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
		s.attr(a.name, onOff(a.was), onOff(*a.want))
	}
	if u.ConnLimit != nil && *u.ConnLimit != was.ConnLimit {
		clauses = append(clauses, fmt.Sprintf("CONNECTION LIMIT %d", *u.ConnLimit))
		s.attr("connlimit", strconv.Itoa(was.ConnLimit), strconv.Itoa(*u.ConnLimit))
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

// expireSetting is where a role keeps the expire_in that its expiry was made from, so that an edit can be told from the
// passing of time. PostgreSQL has no other use for it.
const expireSetting = "pig.expire_in"

// expiry sets when the password ceases to be good. expire_in counts from when it is first seen: from then on the date
// stands until expire_in is edited, whatever the day.
func (s *Step) expiry(u User, was LiveUser, live UsersState, renew bool) {
	role := "ALTER ROLE " + Ident(u.Name)
	mark, marked := settingsMap(was.Settings)[expireSetting]
	switch {
	case u.ExpireIn != nil:
		days := strconv.Itoa(*u.ExpireIn)
		if was.Until != "" && !math.IsInf(seconds(was.Until), 0) && (!marked || mark == days) && !renew {
			return
		}
		s.attr("expires", was.UntilDate, "in "+days+" days")
		s.do(role+" VALID UNTIL "+Literal(daysAfter(live.Today, *u.ExpireIn)), fmt.Sprintf("%s SET %s = %s", role, Ident(expireSetting), Literal(days)))
	case u.ExpireAt != "":
		if want, known := live.Dates[u.ExpireAt]; known && was.Until != "" && seconds(was.Until) == seconds(want) {
			return
		}
		s.attr("expires", was.UntilDate, u.ExpireAt)
		s.do(role + " VALID UNTIL " + Literal(u.ExpireAt))
		if marked {
			s.do(role + " RESET " + Ident(expireSetting))
		}
	}
}

// seconds reads an epoch as a query tells it.
func seconds(text string) float64 {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return math.NaN()
	}
	return f
}

func (s *Step) comment(object string, want *string, was string) {
	if want == nil || *want == was {
		return
	}
	s.attr("comment", was, *want)
	s.do("COMMENT ON " + object + " IS " + Literal(*want))
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

// daysAfter is the date that many days after today, which a server told.
func daysAfter(today string, days int) string {
	t, err := time.Parse(time.DateOnly, today)
	if err != nil {
		return "infinity" // nothing runs yet, so nobody will see it
	}
	return t.AddDate(0, 0, days).Format(time.DateOnly)
}
