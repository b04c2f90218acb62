package pgsql

import (
	"fmt"
	"maps"

	"pig/internal/jinja"
	"pig/internal/products/pgsql/model"
	"pig/internal/products/pgsql/packages"
	"pig/internal/value"
)

// debianGroups are names of Pigsty's that mean less on Debian and Ubuntu than Pigsty's own repository has behind them: what the
// distribution and the PGDG pack is enough.
func debianGroups() map[string][]string {
	return map[string][]string{
		"pgsql-main":   {"postgresql-$v", "postgresql-client-$v", "postgresql-$v-repack", "postgresql-$v-wal2json"},
		"pgsql-common": {"patroni", "python3-etcd", "python3-psycopg2", "pgbouncer", "pgbackrest"},
		"patroni":      {"patroni", "python3-etcd", "python3-psycopg2"},
	}
}

// packageList is NAMES | pg_package_list(VERSION, FACTS): the packages behind Pigsty's names on a host. FACTS has distribution, release and
// arch, as Ansible calls them.
func packageList(_ *jinja.Scope, in value.Value, args []value.Value, _ *value.Dict) (value.Value, error) {
	list, ok := in.(*value.List)
	if !ok || len(args) != 2 {
		return nil, fmt.Errorf("pg_package_list requires a list of names, a version and facts")
	}
	facts, ok := args[1].(*value.Dict)
	if !ok {
		return nil, fmt.Errorf("pg_package_list requires a mapping of facts, not %s", value.TypeName(args[1]))
	}
	version := 0
	if _, err := fmt.Sscan(value.Str(args[0]), &version); err != nil {
		return nil, fmt.Errorf("pg_package_list requires a version of PostgreSQL, not %s", value.Str(args[0]))
	}
	on := packages.System{Distribution: value.Str(facts.At("distribution")), Release: value.Str(facts.At("release")), Arch: value.Str(facts.At("arch"))}
	own := map[string][]string{}
	if on.Debian() {
		for name, pack := range model.PackageMap(version) {
			own[name] = []string{pack}
		}
		maps.Copy(own, debianGroups())
	}
	return value.Strings(on.Expand(list.Texts(), version, own)), nil
}
