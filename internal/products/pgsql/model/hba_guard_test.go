package model

import (
	"slices"
	"strings"
	"testing"
	"testing/quick"
)

// lets tells what becomes of a TCP connection: the method of the first record that fits, as PostgreSQL looks for it.
func lets(lines []string, tls bool, db, user, addr string, groups ...string) string {
	for _, line := range lines {
		t := hbaTokens(line)
		if !remote(t) || t[0] == "hostssl" && !tls || t[0] == "hostnossl" && tls {
			continue
		}
		dbs, users := strings.Split(t[1], ","), strings.Split(t[2], ",")
		fits := slices.Contains(dbs, db) || slices.Contains(dbs, "all") && db != "replication"
		named := slices.ContainsFunc(users, func(u string) bool {
			return u == "all" || u == user || strings.HasPrefix(u, "+") && slices.Contains(groups, u[1:])
		})
		if fits && named && (strings.HasSuffix(t[3], "/0") || strings.HasPrefix(addr, strings.TrimSuffix(t[3], ".0.0.0/8")+".") || addr+"/32" == t[3]) {
			return t[len(t)-1]
		}
	}
	return "none"
}

func TestAccountsOfTheEnvironmentComeByTLS(t *testing.T) {
	t.Parallel()
	const neighbour, home = "10.1.2.3", "127.0.0.1"
	rules := []HBARule{
		{User: "${repl}", DB: "replication", Addr: "intra", Auth: "ssl"},
		{User: "+dbrole_readonly", Addr: "localhost", Auth: "pwd"},
		{User: "+dbrole_readonly", Addr: "intra", Auth: "pwd"},
		{User: "all", DB: "all,replication", Addr: "intra", Auth: "pwd"},
		{User: "old_admin", Addr: "10.9.9.9", Auth: "pwd"},
	}
	h := &HBA{DBSU: "postgres", Replicator: "replicator", Intranet: []string{"10.0.0.0/8"}, Privileged: []string{"replicator", "dbuser_dba", "old_admin"}}
	pool := *h
	pool.Pooler = true
	citus := *h
	citus.Remote = true
	for _, c := range []struct {
		what, user, db, addr string
		tls                  bool
		server, pool, citus  string
	}{
		{"the superuser", "postgres", "app", neighbour, true, "reject", "reject", "scram-sha-256"},
		{"the superuser without TLS", "postgres", "app", neighbour, false, "reject", "reject", "reject"},
		{"the superuser who replicates", "postgres", "replication", neighbour, false, "reject", "scram-sha-256", "reject"},
		{"the superuser at home", "postgres", "app", home, true, "reject", "reject", "none"},
		{"replication", "replicator", "replication", neighbour, true, "scram-sha-256", "", "scram-sha-256"},
		{"replication without TLS", "replicator", "replication", neighbour, false, "reject", "", "reject"},
		{"the admin without TLS, a member of a group", "dbuser_dba", "app", neighbour, false, "reject", "reject", "reject"},
		{"the admin", "dbuser_dba", "app", neighbour, true, "scram-sha-256", "scram-sha-256", "scram-sha-256"},
		{"the admin at home", "dbuser_dba", "app", home, false, "scram-sha-256", "scram-sha-256", "scram-sha-256"},
		{"whom a rule names", "old_admin", "app", "10.9.9.9", false, "scram-sha-256", "scram-sha-256", "scram-sha-256"},
		{"whom a rule names, elsewhere", "old_admin", "app", neighbour, false, "reject", "reject", "reject"},
		{"a business user", "app", "app", neighbour, false, "scram-sha-256", "scram-sha-256", "scram-sha-256"},
	} {
		for h, want := range map[*HBA]string{h: c.server, &pool: c.pool, &citus: c.citus} {
			given := rules
			if h.Pooler { // which knows no replication and no roles
				if c.db == "replication" {
					continue
				}
				given = []HBARule{{User: "all", Addr: "localhost", Auth: "pwd"}, {User: "all", Addr: "intra", Auth: "pwd"}, rules[4]}
			}
			lines, err := h.Render(given)
			if err != nil {
				t.Fatal(err)
			}
			var groups []string
			if c.user != "postgres" { // a superuser counts as a member of no group
				groups = []string{"dbrole_readonly"}
			}
			if got := lets(lines, c.tls, c.db, c.user, c.addr, groups...); got != want {
				t.Errorf("%s (pool %v, citus %v): %s, want %s\n%s", c.what, h.Pooler, h.Remote, got, want, strings.Join(lines, "\n"))
			}
		}
	}
}

func TestANameCannotLeaveItsField(t *testing.T) {
	t.Parallel()
	h := &HBA{DBSU: "postgres"}
	for _, user := range []string{"all all 0.0.0.0/0 trust #", `a" b`, "a#b", "with blank", "@file", "sp\tace"} {
		lines, err := h.Render([]HBARule{{Title: "x\nhost all all all trust", User: user, DB: user, Addr: "10.0.0.1", Auth: "pwd"}})
		if err != nil {
			t.Fatal(err)
		}
		var records [][]string
		for _, l := range lines {
			if tokens := hbaTokens(l); len(tokens) > 0 && !strings.Contains(l, "reject") {
				records = append(records, tokens)
			}
		}
		if len(records) != 1 || records[0][1] != user || records[0][2] != user || records[0][4] != "scram-sha-256" {
			t.Errorf("%q is read as %q", user, records)
		}
	}
	for _, user := range []string{"a\nb", "a\rb", "+", "a,,b"} {
		if _, err := h.Render([]HBARule{{User: user, Addr: "10.0.0.1"}}); err == nil {
			t.Errorf("%q is taken", user)
		}
	}
}

func TestNamesComeBack(t *testing.T) {
	t.Parallel()
	if err := quick.Check(func(s string) bool {
		s = strings.NewReplacer(",", "", "\n", "", "\r", "", "\x00", "", "+", "").Replace(strings.TrimSpace(s))
		if s == "" {
			return true
		}
		text, err := hbaNames(s)
		got := hbaTokens("host all " + text + " 1.2.3.4/32 reject")
		return err == nil && len(got) == 5 && got[2] == s
	}, &quick.Config{MaxCount: 2000}); err != nil {
		t.Error(err)
	}
}

func TestRefusalsComeBeforeWhatIsLetIn(t *testing.T) {
	t.Parallel()
	h := &HBA{DBSU: "postgres", Intranet: []string{"10.0.0.0/8"}, Privileged: []string{"dbuser_dba"}}
	lines, err := h.Render([]HBARule{
		{User: "all", Addr: "intra", Auth: "pwd"},
		{User: "all", Addr: "203.0.113.7", Auth: "deny"},
		{User: "dbuser_dba", Addr: "world", Auth: "ssl"},
	})
	if err != nil {
		t.Fatal(err)
	}
	for addr, want := range map[string]string{"203.0.113.7": "reject", "203.0.113.8": "scram-sha-256", "10.1.2.3": "scram-sha-256"} {
		if got := lets(lines, true, "app", "dbuser_dba", addr); got != want {
			t.Errorf("the admin from %s: %s, want %s\n%s", addr, got, want, strings.Join(lines, "\n"))
		}
	}
}

// However a rule says that everybody may come, what refuses the accounts of the environment stands before it.
func TestEverybodyInOtherWords(t *testing.T) {
	t.Parallel()
	for _, rule := range []HBARule{
		{User: "all", Addr: "127.0.0.1/0", Auth: "pwd"},
		{User: "all", Addr: "::1/0", Auth: "pwd"},
		{Raw: []string{"host all all 127.0.0.1 0.0.0.0 trust"}},
		{Raw: []string{"host all bob, all 0.0.0.0/0 trust"}},
		{Raw: []string{"host all @anybody 0.0.0.0/0 trust"}},
		{Raw: []string{`host all \`, "all 0.0.0.0/0 trust"}},
		{Raw: []string{"include everybody.conf"}},
		{Raw: []string{"host all bob 10.0.0.1/32 md5\nhost all all 0.0.0.0/0 trust"}},
	} {
		h := &HBA{DBSU: "postgres", Privileged: []string{"dbuser_dba"}}
		lines, err := h.Render([]HBARule{rule})
		if err != nil {
			t.Fatal(err)
		}
		if len(lines) == 0 || !strings.HasPrefix(lines[0], "# the database superuser") || !strings.HasPrefix(lines[4], "# accounts of the environment") {
			t.Errorf("%+v:\n%s", rule, strings.Join(lines, "\n"))
		}
		for _, line := range lines {
			if strings.Contains(line, "\n") {
				t.Errorf("%q is more than one record", line)
			}
		}
	}
	if err := CheckAddr("fe80::1%x 0.0.0.0/0 trust #"); err == nil {
		t.Error("a zone of an address leaves its field")
	}
}

// A refusal of a group keeps its effect for the members of the group whose own rule is moved to the front.
func TestRefusalsOfGroupsComeAlong(t *testing.T) {
	t.Parallel()
	h := &HBA{
		DBSU: "postgres", Privileged: []string{"boss", "guest", "stranger"},
		Groups: map[string][]string{"boss": {"staff"}, "guest": {}, "staff": {}, "banned": {}, "stranger": {"banned", "staff"}},
	}
	for refused, want := range map[string]map[string]string{
		"+staff":   {"boss": "reject", "guest": "scram-sha-256", "stranger": "reject"},
		"+banned":  {"boss": "scram-sha-256", "guest": "scram-sha-256", "stranger": "reject"},
		"+unknown": {"boss": "reject", "guest": "reject", "stranger": "reject"}, // nobody declares who is in it
		"/^gu":     {"boss": "scram-sha-256", "guest": "reject", "stranger": "scram-sha-256"},
		"all":      {"boss": "reject", "guest": "reject", "stranger": "reject"},
		"other":    {"boss": "scram-sha-256", "guest": "scram-sha-256", "stranger": "scram-sha-256"},
	} {
		lines, err := h.Render([]HBARule{
			{User: "all", DB: "web", Addr: "world", Auth: "pwd"},
			{Raw: []string{"host all " + refused + " 203.0.113.7/32 reject"}},
			{User: "boss,guest,stranger", Addr: "world", Auth: "ssl"},
		})
		if err != nil {
			t.Fatal(err)
		}
		for user, method := range want {
			if got := lets(lines, true, "app", user, "203.0.113.7"); got != method {
				t.Errorf("%s refused, %s: %s, want %s\n%s", refused, user, got, method, strings.Join(lines, "\n"))
			}
			if got := lets(lines, true, "app", user, "203.0.113.8"); got != "scram-sha-256" {
				t.Errorf("%s refused, %s from elsewhere: %s", refused, user, got)
			}
		}
	}
}
