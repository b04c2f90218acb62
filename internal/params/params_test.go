package params

import (
	"fmt"
	"strings"
	"testing"

	"pig/internal/diag"
	"pig/internal/inventory"
	"pig/internal/secret"
	"pig/internal/value"
)

func load(t testing.TB, file string) *inventory.Inventory {
	t.Helper()
	inv, _, err := inventory.Load([]string{file}, inventory.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return inv
}

func lines(l diag.List) string {
	var b strings.Builder
	for _, d := range l {
		fmt.Fprintf(&b, "%s: %s\n", d.Severity, d)
	}
	return b.String()
}

func TestCatalogIsWhole(t *testing.T) {
	t.Parallel()
	c := Load()
	documented := 0
	for _, p := range c.Params {
		if p.Doc == "" || p.Levels == "" || p.Module == "" {
			t.Errorf("%s lacks a fact: %+v", p.Name, p)
		}
		if p.Type.Kind == "enum" && len(p.Values) == 0 {
			t.Errorf("%s is an enum without values", p.Name)
		}
		documented++
	}
	if documented < 325 {
		t.Errorf("%d parameters", documented)
	}
}

// What the catalog says of itself must pass its own checks.
func TestDefaultsAreValid(t *testing.T) {
	t.Parallel()
	v := &Validator{catalog: Load(), seen: map[string]bool{}}
	for key, val := range Defaults().All() {
		p := Lookup(key.(string))
		v.value(p, p.Name, val, diag.Pos{})
	}
	if len(v.diags) > 0 {
		t.Error(lines(v.diags))
	}
}

func TestProtectSealsNestedSecrets(t *testing.T) {
	t.Parallel()
	inv := load(t, "../../testdata/seed/custom.yml")
	vars := inv.Vars(inv.Host("10.10.10.10")).Clone()
	defaults := Defaults()
	Generate(defaults, func(string) bool { return false }, func(name string) string { return "made for " + name })
	vars.Set("pgbackrest_repo", defaults.At("pgbackrest_repo"))
	vars.Set("my_api_token", "abcdef")
	vars.Set("pg_exporters", value.DictOf("20001", value.DictOf("pg_monitor_password", "hunter22")))
	vars.Set("patroni_password", "{{ lookup('env', 'X') }}")
	vars.Set("haproxy_admin_password", int64(12345))
	vars.Set("pgbouncer_sslmode", "require")
	before := value.Repr(vars)
	protected := Protect(vars)
	found := strings.Join(value.Secrets(protected), " ")
	for _, want := range []string{"DBUser.Meta", "DBUser.Wiki", "made for minio_user_pgbackrest", "made for pgbackrest_cipher_pass", "abcdef", "hunter22", "12345"} {
		if !strings.Contains(found, want) {
			t.Errorf("%s is not sealed; sealed are %s", want, found)
		}
	}
	if strings.Contains(found, "require") || protected.At("patroni_password") != "{{ lookup('env', 'X') }}" {
		t.Errorf("too much is sealed: %s", found)
	}
	if value.Repr(vars) != before || len(value.Secrets(vars)) != 0 {
		t.Error("the original changed")
	}
	if s, ok := ProtectValue("pg_admin_password", "x").(secret.Text); !ok || s.Plain() != "x" {
		t.Error("a value is not sealed")
	}
	if pos := protected.ValuePos("pg_users"); !pos.Known() {
		t.Error("the place is lost")
	}
}

func TestModernizeKeepsOldNamesWorking(t *testing.T) {
	t.Parallel()
	vars := value.DictOf("patroni_citus_db", "meta", "pg_databases", value.NewList(value.DictOf("name", "x", "pool_size_reserve", int64(3), "pool_max_db_conn", int64(9))))
	got := Modernize(vars)
	if got.At("pg_primary_db") != "meta" {
		t.Errorf("pg_primary_db is %v", got.At("pg_primary_db"))
	}
	db := got.At("pg_databases").(*value.List).Items[0].(*value.Dict)
	if db.At("pool_reserve") != int64(3) || db.At("pool_connlimit") != int64(9) {
		t.Errorf("database is %s", value.Repr(db))
	}
	if vars.Has("pg_primary_db") {
		t.Error("the original changed")
	}
}

func TestDefaultsAreNew(t *testing.T) {
	t.Parallel()
	Defaults("pgsql").At("pg_default_services").(*value.List).Append("x")
	if n := Defaults("PGSQL").At("pg_default_services").(*value.List).Len(); n != 4 {
		t.Errorf("%d default services", n)
	}
	if Defaults("redis").Has("pg_port") {
		t.Error("modules are not told apart")
	}
}

func TestSchema(t *testing.T) {
	t.Parallel()
	s := Schema()
	defs := s.At("definitions").(*value.Dict)
	var missing []string
	value.Walk(s, func(v value.Value) {
		if d, ok := v.(*value.Dict); ok && d.Len() == 1 {
			if r, ok := d.At("$ref").(string); ok && !defs.Has(strings.TrimPrefix(r, "#/definitions/")) {
				missing = append(missing, r)
			}
		}
	})
	if len(missing) > 0 || defs.At("vars").(*value.Dict).At("properties").(*value.Dict).Len() < 325 {
		t.Errorf("schema lacks %v", missing)
	}
	if text := string(value.JSON(s)); strings.Contains(text, "DBUser.DBA") {
		t.Error("the schema tells a default password")
	}
}
