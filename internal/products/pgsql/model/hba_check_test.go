package model

import (
	"strings"
	"testing"

	"pig/internal/diag"
)

func TestLinesOfRulesAreChecked(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		"", "# a comment", "local all all peer", "local all all peer map=admins", "host all all all scram-sha-256", "host  all  +readers, app 10.0.0.0/8 md5",
		`hostssl "a db" "b c" ::1/128 cert clientcert=verify-full`, "host all all 10.0.0.1 255.255.255.255 trust", "hostnossl all all .example.com reject",
		"host replication replicator samenet scram-sha-256", "include_if_exists more.conf", "host all all 0.0.0.0/0 ldap ldapserver=a ldapprefix=\"cn=\"",
		"host all all 0.0.0.0/0 ldap ldapurl=\"ldap://a/dc=b?uid?sub\"", "hostssl all all all scram-sha-256 clientcert=verify-ca", "host all all all pam pamservice=pg", "hostssl all all all cert map=cn",
	} {
		if err := checkRecord(line); err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
	for line, want := range map[string]string{
		"hots all all 10.0.0.0/8 md5":               "must begin with one of",
		"host all all md5":                          "want database, user, address and method",
		"local all peer":                            "want database, user and method",
		"host all all 10.0.0.1 md5":                 "the address 10.0.0.1 needs a mask",
		"host all all 10.0.0.1/33 md5":              "10.0.0.1/33",
		"host all all 10.0.0.0/8 scram":             "unknown method scram",
		"host all all 10.0.0.0/8 peer":              "peer is for local connections only",
		"host all all 10.0.0.0/8 cert":              "cert is for hostssl only",
		"host all all 10.0.0.0/8 md5 verify":        "want NAME=VALUE after the method, not verify",
		"host all all 10.0.0.0/8 ldap":              "ldap needs ldapurl or ldapbasedn or ldapprefix or ldapsuffix",
		"host all all all radius radiusservers=a":   "radius needs radiussecrets",
		"host all all 10.0.0.0/8 md5 map=x":         "the option map is for ident, peer, gss, cert, oauth, not for md5",
		"host all all all md5 ldapserver=a":         "the option ldapserver is for ldap, not for md5",
		"host all all all md5 verify=full":          "unknown option verify",
		"host all all all md5 clientcert=verify-ca": "the option clientcert is for hostssl only",
		"hostssl all all all md5 clientcert=1":      "clientcert must be verify-ca or verify-full, not 1",
		"local all all gss":                         "gss is not for local connections",
		"host all all all sspi":                     "PostgreSQL has no method sspi on Linux",
		"host all all 10.0.0.1 255.0.0.0":           "want database, user",
		"bogus":                                     "must begin with one of",
		"host all app readers 10.0.0.0/8 md5":       "unknown method 10.0.0.0/8",
	} {
		if err := checkRecord(line); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, not %q", line, err, want)
		}
	}
}

// Lines that aliases stand for are as wrong as raw ones.
func TestRulesOfAliasesAreChecked(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		rule HBARule
		pool bool
		want string // "" is sound
	}{
		{HBARule{Addr: "intra", Auth: "peer"}, false, "peer is for local connections only"},
		{HBARule{Addr: "localhost", Auth: "peer"}, false, "peer is for local connections only"},
		{HBARule{Addr: "local", Auth: "peer"}, false, ""},
		{HBARule{Addr: "intra", Auth: "ident"}, false, ""},
		{HBARule{Addr: "local", Auth: "cert"}, false, "cert is for hostssl only"},
		{HBARule{Addr: "localhost", Auth: "cert"}, false, "cert is for hostssl only"},
		{HBARule{Addr: "127.0.0.1", Auth: "cert"}, false, ""},
		{HBARule{User: "/[", Addr: "intra"}, false, "invalid regular expression"},
		{HBARule{DB: "/(", Addr: "intra"}, false, "invalid regular expression"},
		{HBARule{User: "/^a.*(x|y)$", DB: `/a(?=b)\m[[:<:]]`, Addr: "intra"}, false, ""},
		{HBARule{Raw: []string{`host all "/^[a,b]" 10.0.0.0/8 md5`}}, false, ""},
		{HBARule{Raw: []string{`host all "/^[a,b" 10.0.0.0/8 md5`}}, false, "invalid regular expression"},
		{HBARule{Addr: "intra", Auth: "os"}, true, "peer is for local connections only"},
		{HBARule{Addr: "local", Auth: "os"}, true, ""},
		{HBARule{User: "app,+readers", Addr: "world", Auth: "deny"}, true, "does not know the members of role readers"},
		{HBARule{Raw: []string{"host all +readers 0.0.0.0/0 reject"}}, true, "does not know the members of role readers"},
		{HBARule{User: "/^app", Addr: "world", Auth: "deny"}, true, "pgbouncer does not support regular expressions"},
		{HBARule{DB: "samerole", Addr: "world", Auth: "deny"}, true, "it does not support samerole"},
		{HBARule{Raw: []string{"hostssl all all 0.0.0.0/0 scram-sha-256 clientcert=verify-ca"}}, true, "it does not support option clientcert"},
		{HBARule{Raw: []string{"local all all peer map=admins"}}, true, ""},
		{HBARule{DB: "sameuser", Addr: "world"}, true, ""},
	} {
		_, err := (&HBA{Pooler: c.pool, Intranet: []string{"10.0.0.0/8"}}).Render([]HBARule{c.rule})
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %q", c.rule, err, c.want)
		}
	}
}

// The place of a raw rule that is wrong is its own, not that of the list.
func TestAWrongLineIsTheOneThatIsPointedTo(t *testing.T) {
	t.Parallel()
	at := func(line int) diag.Pos { return diag.Pos{File: "i.yml", Line: line, Col: 1} }
	rule := HBARule{Pos: at(1), Raw: []string{"local all all peer", "host all \\", "all 10.0.0.0/8 peer"}, RawPos: []diag.Pos{at(2), at(3), at(4)}}
	if _, err := (&HBA{}).Render([]HBARule{rule}); err == nil || !strings.HasPrefix(err.Error(), "i.yml:3:1: ") {
		t.Errorf("the place is %v", err)
	}
}
