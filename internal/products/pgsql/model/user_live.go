package model

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
