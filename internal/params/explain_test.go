package params

import (
	"strings"
	"testing"
)

func TestFindAndFacts(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"pg_conf":              "type text; default oltp.yml; set in the vars of a group; section PG_BOOTSTRAP of PGSQL",
		"pg_users":             "type a list of which each item is a mapping with fields;",
		"pg_users.roles.state": "type one of its values; values grant, revoke, absent; default grant",
		"pg_users.connlimit":   "type a whole number; range -1 to 2147483647",
		"pg_admin_password":    "default a password that pig generates, one for the environment",
		"pg_confg":             `error unknown parameter "pg_confg"`,
		"pg_users.role":        `error unknown field "role" of pg_users`,
		"pg_conf.x":            "error pg_conf has no fields: its type is text",
	} {
		p, err := Find(path)
		got := ""
		if err != nil {
			got = "error " + err.Error()
		} else {
			var all []string
			for _, f := range p.Facts() {
				all = append(all, f.Name+" "+f.Text)
			}
			got = strings.Join(all, "; ")
		}
		if !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

// What is secret is not shown, whatever the catalog has of it.
func TestFactsOfEveryParameter(t *testing.T) {
	t.Parallel()
	for _, p := range Load().Params {
		if p.Doc == "" || p.Type.words() == "" {
			t.Errorf("%s: description %q, type %q", p.Name, p.Doc, p.Type.words())
		}
		for _, f := range p.Facts() {
			if p.Known != "" && strings.Contains(f.Text, p.Known) {
				t.Errorf("%s: %s %s", p.Name, f.Name, f.Text)
			}
		}
	}
}
