package params

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"pig/internal/diag"
	"pig/internal/inventory"
	"pig/internal/secret"
	"pig/internal/value"
)

var update = flag.Bool("update", false, "write the golden files")

func load(t testing.TB, file string) *inventory.Inventory {
	t.Helper()
	inv, _, err := inventory.Load([]string{file}, inventory.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return inv
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs:\n%s", file, got)
	}
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
	v := &validator{catalog: Load(), seen: map[string]bool{}}
	for key, val := range Defaults().All() {
		p := Lookup(key.(string))
		v.value(p, p.Name, val, diag.Pos{})
	}
	if len(v.diags) > 0 {
		t.Error(lines(v.diags))
	}
}

func TestSeedExamplesAreValid(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"modules", "custom", "secure", "citus", "redis", "storage"} {
		diags := Validate(load(t, "../inventory/testdata/seed/"+name+".yml"), allChecks()...)
		if err := diags.Err(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		golden(t, "testdata/"+name+".golden", lines(diags))
	}
}

func TestMistakesAreToldInOneGo(t *testing.T) {
	t.Parallel()
	golden(t, "testdata/mistakes.golden", lines(Validate(load(t, "testdata/mistakes.yml"), allChecks()...)))
}

func TestExtraVariablesAreChecked(t *testing.T) {
	t.Parallel()
	got := lines(ValidateExtra(value.DictOf("pg_rol", "x", "pg_port", "5433", "pg_conf_x", "1", "redis_mode", "clustr", "mine", "1"), allChecks()...))
	want := "error: unknown parameter pg_rol (did you mean pg_role?)\n" +
		"warning: unknown parameter pg_conf_x (did you mean pg_conf? Otherwise only a role of your own reads the parameter)\n" +
		"error: redis_mode must be one of standalone, cluster, sentinel, not 'clustr' (did you mean cluster?)\n"
	if got != want {
		t.Errorf("got %s", got)
	}
}

func TestClustersThatShare(t *testing.T) {
	t.Parallel()
	inv, _, err := inventory.LoadText("i.yml", []byte(`
pg-a: { hosts: { 10.0.0.1: { pg_seq: 1, pg_role: primary } }, vars: { pg_cluster: pg-a, pg_vip_enabled: true, pg_vip_address: 10.0.0.9/24 } }
pg-b: { hosts: { 10.0.0.1: , 10.0.0.2: { pg_seq: 2, pg_role: replica } }, vars: { pg_cluster: pg-b, pg_vip_enabled: true, pg_vip_address: 10.0.0.9/24 } }
pg-c: { hosts: { 10.0.0.3: { pg_seq: 1, pg_role: primary } }, vars: { pg_cluster: pg-c, pg_vip_enabled: true, pg_vip_address: 10.0.0.9/24 } }
`), inventory.Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = Validate(inv, allChecks()...).Err()
	for _, want := range []string{
		"i.yml:3:95: host 10.0.0.1 is in two clusters: pg_cluster pg-a and pg-b",
		"i.yml:4:111: pg_vip_address 10.0.0.9 of pg_cluster pg-c is the pg_vip_address of pg_cluster pg-b too, at i.yml:3:123",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v\nlacks %s", err, want)
		}
	}
}

func TestProtectSealsNestedSecrets(t *testing.T) {
	t.Parallel()
	inv := load(t, "../inventory/testdata/seed/custom.yml")
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
	defs := s.At("$defs").(*value.Dict)
	var missing []string
	value.Walk(s, func(v value.Value) {
		if d, ok := v.(*value.Dict); ok && d.Len() == 1 {
			if r, ok := d.At("$ref").(string); ok && !defs.Has(strings.TrimPrefix(r, "#/$defs/")) {
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
