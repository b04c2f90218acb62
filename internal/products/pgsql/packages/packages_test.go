package packages

import (
	"slices"
	"strings"
	"testing"
)

func TestLookup(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		on         System
		name, want string
	}{
		{System{"Debian", "13", "x86_64"}, "age", "postgresql-$v-age"},
		{System{"Debian", "13", "x86_64"}, "aggs_for_vecs", "postgresql-$v-aggs-for-vecs"},
		{System{}, "postgis", "postgresql-$v-postgis-3"},
		{System{"Debian", "12", "aarch64"}, "java-runtime", "openjdk-17-jdk"},
		{System{"Debian", "13", "aarch64"}, "java-runtime", "openjdk-21-jdk"},
		{System{"Ubuntu", "24", "x86_64"}, "node-bootstrap", "ansible python3 python3-requests python3-jmespath sow sshpass ftp linux-tools-generic"},
		{System{"Debian", "13", "x86_64"}, "pg17-main", "postgresql-17 postgresql-client-17 postgresql-plpython3-17 postgresql-plperl-17 postgresql-pltcl-17 postgresql-17-repack postgresql-17-wal2json postgresql-17-pgvector"},
		{System{"Debian", "13", "x86_64"}, "pg16", "postgresql-16 postgresql-client-16 postgresql-plpython3-16 postgresql-plperl-16 postgresql-pltcl-16"},
		{System{"Rocky", "9.5", "x86_64"}, "age", "age_$v"},
		{System{"AlmaLinux", "9", "x86_64"}, "patroni", "patroni patroni-etcd"},
		{System{"Rocky", "8", "x86_64"}, "greenplum", "not known"},
		{System{"Debian", "13", "x86_64"}, "jq", "not known"},
	} {
		got, ok := c.on.Lookup(c.name)
		text := strings.Join(got, " ")
		if !ok {
			text = "not known"
		}
		if text != c.want {
			t.Errorf("%s on %v: %s, not %s", c.name, c.on, text, c.want)
		}
	}
}

func TestExpand(t *testing.T) {
	t.Parallel()
	own := map[string][]string{"timescaledb": {"postgresql-17-timescaledb"}}
	got := System{"Debian", "13", "x86_64"}.Expand([]string{"jq,curl postgis", "timescaledb", "postgresql-$v-cron postgresql-client-${pg_version}", "jq"}, 17, own)
	want := []string{"jq", "curl", "postgresql-17-postgis-3", "postgresql-17-timescaledb", "postgresql-17-cron", "postgresql-client-17"}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// Every distribution that Pigsty has packages for has its differences, and every line of the data can be read.
func TestEveryDistributionIsThere(t *testing.T) {
	t.Parallel()
	for _, head := range []string{
		"deb d12 x86_64", "deb d12 aarch64", "deb d13 x86_64", "deb d13 aarch64", "deb u22 x86_64", "deb u22 aarch64", "deb u24 x86_64", "deb u24 aarch64",
		"el el8 x86_64", "el el8 aarch64", "el el9 x86_64", "el el9 aarch64", "el el10 x86_64", "el el10 aarch64",
	} {
		if len(tables()[head]) == 0 {
			t.Errorf("nothing of [%s]", head)
		}
	}
	for head, section := range tables() {
		for name, p := range section {
			if strings.ContainsAny(name, " =[]") || p != nil && strings.ContainsAny(*p, "=,[]") {
				t.Errorf("[%s] %s: %v", head, name, p)
			}
		}
	}
	if n := len(System{}.Names()); n < 500 {
		t.Errorf("%d names", n)
	}
}
