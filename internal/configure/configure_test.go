package configure

import (
	"strings"
	"testing"
)

const sample = `# A sample on 10.10.10.10.
all:
  children:
    infra: { hosts: { 10.10.10.10: { infra_seq: 1 } } }
    pg-meta:
      hosts: { 10.10.10.100: { pg_seq: 1 } }
      vars:
        pg_users: [ { name: dbuser_meta, password: DBUser.Meta } ]
  vars:
    admin_ip: 10.10.10.10
    pg_version: 18 # of all clusters

    # the end
    node_tune: none
`

func TestRewrite(t *testing.T) {
	t.Parallel()
	got, err := Rewrite(sample, Options{
		Address: "192.0.2.7", Vars: []Var{{"pg_version", "17"}, {"pg_conf", "tiny.yml"}}, Replaced: map[string]string{"DBUser.Meta": "secret"},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := strings.NewReplacer("10.10.10.10:", "192.0.2.7:", "10.10.10.10.\n", "192.0.2.7.\n", "admin_ip: 10.10.10.10\n", "admin_ip: 192.0.2.7\n",
		"pg_version: 18", "pg_version: 17", "DBUser.Meta", "secret", "node_tune: none\n", "node_tune: none\n    pg_conf: tiny.yml\n").Replace(sample)
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestRewriteNeedsGlobalVariables(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"all:\n  children: {}\n", "all:\n  vars: { a: 1 }\n"} {
		if _, err := Rewrite(text, Options{Vars: []Var{{"a", "2"}}}); err == nil {
			t.Errorf("%q has no block of variables", text)
		}
	}
}
