package model

import (
	"slices"
	"strings"
	"testing"
)

func TestKernels(t *testing.T) {
	t.Parallel()
	for mode, want := range map[string]struct {
		home, packages, libs string
	}{
		"pgsql":  {"/usr/lib/postgresql/17", "pgsql-main pgsql-common", "pg_stat_statements"},
		"citus":  {"/usr/lib/postgresql/17", "pgsql-main pgsql-common", "pg_stat_statements"},
		"mssql":  {"/usr/babelfish-17", "babelfish pgsql-common", "babelfishpg_tds, pg_stat_statements"},
		"mysql":  {"/usr/halo-17", "openhalo pgsql-common", "pg_stat_statements"},
		"ivory":  {"/usr/ivory-17", "ivorysql pgsql-common", "liboracle_parser, ivorysql_ora, pg_stat_statements"},
		"pgtde":  {"/usr/pgtde-17", "pgtde pgsql-common", "pg_tde, pg_stat_statements"},
		"polar":  {"/usr/polar-17", "polardb pgsql-common", "pg_stat_statements"},
		"oriole": {"/usr/oriole-17", "orioledb pgsql-common", "orioledb, pg_stat_statements"},
		"pgedge": {"/usr/pgedge-17", "pgedge pgsql-common", "spock, pg_stat_statements"},
		"agens":  {"/usr/agens-17", "agensgraph pgsql-common", "pg_stat_statements"},
	} {
		k, err := KernelOf(mode)
		if err != nil {
			t.Errorf("%s: %v", mode, err)
			continue
		}
		libs, _ := k.Preload("pg_stat_statements")
		if home, packages := k.At(17), strings.Join(k.Packages([]string{"pgsql-main pgsql-common"}), " "); home != want.home || packages != want.packages || libs != want.libs {
			t.Errorf("%s: %s, %s, %s; want %v", mode, home, packages, libs, want)
		}
	}
}

func TestKernelsOfWhichNoneIsRun(t *testing.T) {
	t.Parallel()
	for mode, want := range map[string]string{"gpsql": "segments of Greenplum and", "oracle": "only for Red Hat 7", "postgres": "want pgsql, citus, mssql"} {
		if _, err := KernelOf(mode); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", mode, err, want)
		}
	}
}

func TestLibrariesOfAKernelComeFirst(t *testing.T) {
	t.Parallel()
	k, _ := KernelOf("ivory")
	all, missing := k.Preload("auto_explain, $libdir/ivorysql_ora")
	if all != "liboracle_parser, auto_explain, ivorysql_ora" || !slices.Equal(missing, []string{"liboracle_parser"}) {
		t.Errorf("%s, missing %v", all, missing)
	}
	if all, missing := k.Preload("liboracle_parser, $libdir/ivorysql_ora"); all != "liboracle_parser, $libdir/ivorysql_ora" || missing != nil {
		t.Errorf("%s, missing %v", all, missing)
	}
}
