package model

import (
	"fmt"
	"slices"
	"strings"

	"pig/internal/diag"
)

// known is what there is to know about an extension before it is on a node.
type known struct {
	pack    string // Debian's package, with %d for the version of PostgreSQL; "" comes with the server
	preload string // the library that has to be preloaded before it can be made; "" is none
}

func contributed() known { return known{} }

// packaged is an extension in a package of its own, postgresql-<version>-<name>.
func packaged(name string) known { return known{pack: "postgresql-%d-" + name} }

func preloaded(name, library string) known {
	return known{pack: "postgresql-%d-" + name, preload: library}
}

// extensions are those that Debian and the PGDG pack, by the name that CREATE EXTENSION takes.
func extensions() map[string]known {
	all := map[string]known{
		"age": packaged("age"), "citus": preloaded("citus", "citus"), "credcheck": preloaded("credcheck", "credcheck"), "extra_window_functions": packaged("extra-window-functions"),
		"first_last_agg": packaged("first-last-agg"), "h3": packaged("h3"), "hll": packaged("hll"), "http": packaged("http"), "hypopg": packaged("hypopg"), "icu_ext": packaged("icu-ext"),
		"ip4r": packaged("ip4r"), "jsquery": packaged("jsquery"), "mobilitydb": packaged("mobilitydb"), "mysql_fdw": packaged("mysql-fdw"), "numeral": packaged("numeral"),
		"ogr_fdw": packaged("ogr-fdw"), "oracle_fdw": packaged("oracle-fdw"), "orafce": packaged("orafce"), "periods": packaged("periods"),
		"pg_cron": preloaded("cron", "pg_cron"), "pg_dirtyread": packaged("dirtyread"), "pg_hint_plan": packaged("pg-hint-plan"), "pg_partman": packaged("partman"),
		"pg_qualstats": preloaded("pg-qualstats", "pg_qualstats"), "pg_repack": packaged("repack"), "pg_similarity": packaged("similarity"),
		"pg_squeeze": preloaded("squeeze", "pg_squeeze"), "pg_stat_kcache": preloaded("pg-stat-kcache", "pg_stat_kcache"),
		"pg_wait_sampling": preloaded("pg-wait-sampling", "pg_wait_sampling"), "pgaudit": preloaded("pgaudit", "pgaudit"), "pgfincore": packaged("pgfincore"),
		"pglogical": preloaded("pglogical", "pglogical"), "pgmp": packaged("pgmp"), "pgnodemx": packaged("pgnodemx"), "pgpcre": packaged("pgpcre"), "pgq": packaged("pgq3"),
		"pgrouting": packaged("pgrouting"), "pg_sphere": packaged("pgsphere"), "pgtap": packaged("pgtap"), "pldbgapi": packaged("pldebugger"), "plpgsql_check": packaged("plpgsql-check"),
		"plproxy": packaged("plproxy"), "plr": packaged("plr"), "plv8": packaged("plv8"), "pointcloud": packaged("pointcloud"), "powa": packaged("powa"), "prefix": packaged("prefix"),
		"q3c": packaged("q3c"), "rational": packaged("rational"), "roaringbitmap": packaged("roaringbitmap"), "rum": packaged("rum"), "semver": packaged("semver"),
		"set_user": preloaded("set-user", "set_user"), "pg_show_plans": preloaded("show-plans", "pg_show_plans"), "pg_statviz": packaged("statviz"), "tdigest": packaged("tdigest"),
		"tds_fdw": packaged("tds-fdw"), "timescaledb": preloaded("timescaledb", "timescaledb"), "unit": packaged("unit"), "vector": packaged("pgvector"),
		"plperl": {pack: "postgresql-plperl-%d"}, "plperlu": {pack: "postgresql-plperl-%d"}, "plpython3u": {pack: "postgresql-plpython3-%d"}, "pltcl": {pack: "postgresql-pltcl-%d"},
	}
	for _, name := range []string{"postgis", "postgis_raster", "postgis_sfcgal", "postgis_tiger_geocoder", "postgis_topology", "address_standardizer", "address_standardizer_data_us"} {
		all[name] = packaged("postgis-3")
	}
	for name := range strings.FieldsSeq(`amcheck autoinc bloom btree_gin btree_gist citext cube dblink dict_int dict_xsyn earthdistance file_fdw fuzzystrmatch hstore
 insert_username intagg intarray isn lo ltree moddatetime old_snapshot pageinspect pg_buffercache pg_freespacemap pg_prewarm pg_stat_statements pg_surgery pg_trgm
 pg_visibility pg_walinspect pg_logicalinspect pgcrypto pgrowlocks pgstattuple plpgsql postgres_fdw refint seg sslinfo tablefunc tcn tsm_system_rows tsm_system_time unaccent
 uuid-ossp xml2`) {
		all[name] = contributed()
	}
	return all
}

// aliases are names of packages in Pigsty's lists that are no names of extensions.
var packageAliases = map[string]string{
	"pgvector": "postgresql-%d-pgvector", "wal2json": "postgresql-%d-wal2json", "pg_failover_slots": "postgresql-%d-pg-failover-slots", "pgdecoderbufs": "postgresql-%d-decoderbufs",
	"pgsphere": "postgresql-%d-pgsphere",
}

// PackageMap tells which Debian package stands behind the name of an extension, for a version of PostgreSQL.
func PackageMap(version int) map[string]string {
	m := map[string]string{}
	for name, k := range extensions() {
		if k.pack != "" {
			m[name] = fmt.Sprintf(k.pack, version)
		}
	}
	for name, pack := range packageAliases {
		m[name] = fmt.Sprintf(pack, version)
	}
	return m
}

// ExtensionPackages are the packages that bring extensions, sorted. Those that come with the server, or of which nothing is
// known, need none.
func ExtensionPackages(names []string, version int) []string {
	all := extensions()
	var packs []string
	for _, n := range names {
		if k := all[n]; k.pack != "" {
			packs = append(packs, fmt.Sprintf(k.pack, version))
		}
	}
	return union(packs)
}

// Preload is libs with what the extensions want to be preloaded put before it; missing tells which that is. Citus comes
// first, as it must.
func Preload(libs string, names []string) (all string, missing []string) {
	have := Libraries(libs)
	catalog := extensions()
	for _, n := range names {
		lib := catalog[n].preload
		switch {
		case lib == "" || slices.Contains(have, lib) || slices.Contains(missing, lib):
		case lib == "citus":
			missing = append([]string{lib}, missing...)
		default:
			missing = append(missing, lib)
		}
	}
	all = strings.Join(missing, ", ")
	if all != "" && libs != "" {
		all += ", "
	}
	return all + libs, missing
}

// Libraries are the libraries of shared_preload_libraries, without the directory.
func Libraries(libs string) []string {
	var list []string
	for _, l := range splitNames(libs) {
		l = l[strings.LastIndexByte(l, '/')+1:]
		list = append(list, strings.TrimSuffix(l, ".so"))
	}
	return list
}

// LibraryPaths are libraries as files below the directory of libraries, without .so; those with a path of their own keep it.
func LibraryPaths(libs string) []string {
	var list []string
	for _, l := range splitNames(libs) {
		list = append(list, strings.TrimSuffix(strings.TrimPrefix(l, "$libdir/"), ".so"))
	}
	return list
}

// UnknownExtension tells what may be meant by the name of an extension that is in no catalog; "" if it is in one.
func UnknownExtension(name string) (unknown bool, meant string) {
	all := extensions()
	if _, ok := all[name]; ok {
		return false, ""
	}
	names := make([]string, 0, len(all))
	for n := range all {
		names = append(names, n)
	}
	slices.Sort(names)
	return true, diag.DidYouMean(name, names)
}
