package imitation

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"

	pgsql "pig/internal/products/pgsql/model"
)

// postgres is what is in the databases of a cluster: roles, databases and what is in each, as far as pig declares it. All members
// of the cluster have the same.
type postgres struct {
	mu        sync.Mutex
	users     map[string]*pgsql.LiveUser
	databases map[string]*pgsql.LiveDatabase
	insides   map[string]*pgsql.LiveInside
}

func newPostgres() *postgres {
	p := &postgres{users: map[string]*pgsql.LiveUser{}, databases: map[string]*pgsql.LiveDatabase{}, insides: map[string]*pgsql.LiveInside{}}
	p.users["postgres"] = &pgsql.LiveUser{Login: true, Superuser: true, CreateDB: true, CreateRole: true, Inherit: true, Replication: true, BypassRLS: true, ConnLimit: -1}
	for _, name := range []string{"postgres", "template1", "template0"} {
		p.databases[name] = newDatabase("postgres")
		p.databases[name].IsTemplate, p.databases[name].AllowConn = name != "postgres", name != "template0"
		p.insides[name] = &pgsql.LiveInside{
			Read: true, Schemas: map[string]pgsql.LiveSchema{"public": {Owner: "pg_database_owner", ACL: pgsql.ACL{{Who: "", Privilege: "USAGE"}, {Who: "pg_database_owner", Privilege: "CREATE"}}}},
			Extensions: map[string]pgsql.LiveExtension{"plpgsql": {Version: "1.0", Schema: "pg_catalog"}}, Bodies: map[string]string{},
		}
	}
	return p
}

func newDatabase(owner string) *pgsql.LiveDatabase {
	return &pgsql.LiveDatabase{
		Owner: owner, Encoding: "UTF8", Collate: "C.UTF-8", CType: "C.UTF-8", Provider: "b", Locale: "C.UTF-8", Tablespace: "pg_default", AllowConn: true, ConnLimit: -1,
		ACL: pgsql.ACL{{Who: "", Privilege: "CONNECT"}, {Who: "", Privilege: "TEMPORARY"}, {Who: owner, Privilege: "CREATE"}, {Who: owner, Privilege: "CONNECT"}, {Who: owner, Privilege: "TEMPORARY"}},
	}
}

// clone is another that shares nothing.
func (p *postgres) clone() *postgres {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := &postgres{}
	copyJSON(p.users, &c.users)
	copyJSON(p.databases, &c.databases)
	copyJSON(p.insides, &c.insides)
	return c
}

func copyJSON(from, to any) {
	text, err := json.Marshal(from)
	if err == nil {
		err = fromJSON(bytes.NewReader(text), to)
	}
	if err != nil {
		panic(err) // a fault of the imitation
	}
}

// fromJSON keeps numbers as they are written: 8.0 is not 8.
func fromJSON(r io.Reader, to any) error {
	d := json.NewDecoder(r)
	d.UseNumber()
	return d.Decode(to)
}

var (
	insideOf = regexp.MustCompile(`(?m)^SELECT EXISTS \(SELECT FROM pg_database WHERE datname =\s+(.*?) AND datallowconn\) AS pig_there`)
	dates    = regexp.MustCompile(`unnest\(ARRAY\[(.*?)\]::text\[\]\) AS d`)
	callable = regexp.MustCompile(`\('(\w+)', '([^']+)'\)`)
)

// answer answers a script of questions, a row for each; false if it is none.
func (p *postgres) answer(script string, server pgsql.LiveServer) (rows []string, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	head := script
	starts := insideOf.FindAllStringSubmatchIndex(script, -1)
	if len(starts) > 0 {
		head = script[:starts[0][0]]
	}
	first := map[string]any{
		"version": server.Version, "recovery": server.Recovery, "today": server.Today, "self": "postgres", "encryption": server.Encryption, "iterations": server.Iterations,
		"available": extensions, "share": fmt.Sprintf("/usr/share/postgresql/%d", server.Version/10000), "spaces": []string{"pg_default", "pg_global"},
	}
	switch {
	case strings.Contains(head, "'users', (SELECT"):
		first["users"], first["databases"], first["dates"] = p.users, p.connectable(), datesOf(head)
	case strings.Contains(head, "'databases', (SELECT jsonb_object_agg"):
		first["databases"], first["roles"] = p.databases, p.roles()
	default:
		return nil, false
	}
	rows = append(rows, toJSON(first))
	for i, at := range starts {
		end := len(script)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		name := unquote(script[at[2]:at[3]])
		in, there := p.insides[name]
		if !there || !p.databases[name].AllowConn {
			rows = append(rows, "")
			continue
		}
		rows = append(rows, toJSON(p.seen(in, script[at[0]:end])))
	}
	return rows, true
}

// datesOf are the dates that a query wants understood, as seconds.
func datesOf(query string) map[string]string {
	all := map[string]string{}
	if m := dates.FindStringSubmatch(query); m != nil && m[1] != "" {
		for d := range strings.SplitSeq(m[1], ", ") {
			all[unquote(d)] = until(unquote(d))
		}
	}
	return all
}

// seen is the inside of a database as a query asks for it.
func (p *postgres) seen(in *pgsql.LiveInside, query string) pgsql.LiveInside {
	c := *in
	c.Missing = []string{"pg_start_backup(text, boolean, boolean)", "pg_stop_backup(boolean, boolean)"}
	c.Callable = nil
	for _, m := range callable.FindAllStringSubmatch(query, -1) {
		if slices.Contains(in.Callable, m[1]+" "+m[2]) {
			c.Callable = append(c.Callable, m[1]+" "+m[2])
		}
	}
	if _, ok := in.Bodies["monitor.pgbouncer_auth"]; !ok {
		c.Poolers = nil
	}
	return c
}

func toJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // a fault of the imitation
	}
	return string(text)
}

func (p *postgres) connectable() (names []string) {
	for n, d := range p.databases {
		if d.AllowConn {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	return names
}

func (p *postgres) roles() (names []string) {
	for n := range p.users {
		names = append(names, n)
	}
	return names
}

// extensions are those that packages bring, with their default versions.
var extensions = map[string]string{
	"pg_stat_statements": "1.11", "pgstattuple": "1.5", "pg_buffercache": "1.5", "pageinspect": "1.12", "pg_prewarm": "1.2", "pg_visibility": "1.2", "pg_freespacemap": "1.2",
	"postgres_fdw": "1.1", "file_fdw": "1.0", "btree_gist": "1.7", "btree_gin": "1.3", "pg_trgm": "1.6", "intagg": "1.1", "intarray": "1.5", "pg_repack": "1.5.2",
	"plpgsql": "1.0", "vector": "0.8.0", "hypopg": "1.4.1", "pgcrypto": "1.3", "hstore": "1.8", "citext": "1.6", "uuid-ossp": "1.1", "tablefunc": "1.0",
	"postgis": "3.5.2", "timescaledb": "2.19.3",
}
