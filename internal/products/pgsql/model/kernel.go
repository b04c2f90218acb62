package model

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Kernel is a server that is built of PostgreSQL's source and speaks its protocol: what is different about it on a node. Facts of Pigsty 4.5
// (homes, packages) and of the makers' manuals (ports, libraries).
type Kernel struct {
	Mode    string // pg_mode
	Maker   string // what the server is called by those who make it
	Home    string // its directory; $v is the major version
	Package string // Pigsty's name for its packages, "" where pg_packages has PostgreSQL's own
	Server  string // the package of the server on Debian and Ubuntu
	Version int    // the major version of PostgreSQL that it is built of, where nobody writes another; 0 for PostgreSQL's own
	Libs    []string
	// Settings open the port of its own protocol.
	Settings map[string]string
	Protocol string // its other protocol, "" if there is none
	Port     int    // the port of that protocol
	// NoCSV: it has no logs of form csvlog that turn over by the day.
	NoCSV bool
	// ForeignWAL: pgBackRest does not know its control file and WAL by their headers, and is told the version.
	ForeignWAL bool
}

// postgresHome is where Debian and Ubuntu have PostgreSQL.
const postgresHome = "/usr/lib/postgresql/$v"

// kernels are those that pig runs, by pg_mode.
var kernels = []Kernel{
	{Mode: "pgsql", Maker: "PostgreSQL", Home: postgresHome, Server: "postgresql-$v"},
	{Mode: "citus", Maker: "PostgreSQL with Citus", Home: postgresHome, Server: "postgresql-$v"},
	{
		Mode: "mssql", Maker: "Babelfish", Home: "/usr/babelfish-$v", Package: "babelfish", Server: "babelfish-$v", Version: 17, Libs: []string{"babelfishpg_tds"},
		Settings: map[string]string{"babelfishpg_tds.port": "1433"}, Protocol: "TDS", Port: 1433,
	},
	{
		Mode: "mysql", Maker: "openHalo", Home: "/usr/halo-$v", Package: "openhalo", Server: "openhalodb-$v", Version: 14,
		Settings: map[string]string{"database_compat_mode": "mysql", "mysql.listener_on": "on", "mysql.port": "3306"}, Protocol: "MySQL", Port: 3306,
	},
	{
		Mode: "ivory", Maker: "IvorySQL", Home: "/usr/ivory-$v", Package: "ivorysql", Server: "ivorysql-$v", Version: 18, Libs: []string{"liboracle_parser", "ivorysql_ora"},
		Settings: map[string]string{"ivorysql.port": "1521"}, Protocol: "Oracle", Port: 1521, ForeignWAL: true,
	},
	{Mode: "pgtde", Maker: "Percona Server for PostgreSQL", Home: "/usr/pgtde-$v", Package: "pgtde", Server: "pgtde-$v", Version: 18, Libs: []string{"pg_tde"}},
	{Mode: "polar", Maker: "PolarDB", Home: "/usr/polar-$v", Package: "polardb", Server: "polardb-$v", Version: 17, NoCSV: true},
	{Mode: "oriole", Maker: "OrioleDB", Home: "/usr/oriole-$v", Package: "orioledb", Server: "orioledb-$v", Version: 17, Libs: []string{"orioledb"}},
	{Mode: "pgedge", Maker: "pgEdge", Home: "/usr/pgedge-$v", Package: "pgedge", Server: "pgedge-$v", Version: 18, Libs: []string{"spock"}},
	{Mode: "agens", Maker: "AgensGraph", Home: "/usr/agens-$v", Package: "agensgraph", Server: "agensgraph-$v", Version: 17},
}

// refusedKernels are modes of Pigsty's that pig does not run, with the reason.
var refusedKernels = map[string]string{
	"gpsql":  "Patroni does not run the coordinator and segments of Greenplum and Cloudberry",
	"oracle": "packages of this server exist only for Red Hat 7 (pg_mode ivory supports Oracle's syntax)",
}

// KernelOf is the kernel of a mode. The error tells why pig does not run it.
func KernelOf(mode string) (Kernel, error) {
	for _, k := range kernels {
		if k.Mode == mode {
			return k, nil
		}
	}
	if why, ok := refusedKernels[mode]; ok {
		return Kernel{}, fmt.Errorf("%s", why)
	}
	return Kernel{}, fmt.Errorf("want %s", strings.Join(KernelModes(), ", "))
}

// KernelModes are the modes that pig runs.
func KernelModes() (modes []string) {
	for _, k := range kernels {
		modes = append(modes, k.Mode)
	}
	return modes
}

// Own tells whether it comes in packages of its own, in place of PostgreSQL's.
func (k Kernel) Own() bool { return k.Package != "" }

// Packages puts the kernel's packages in place of PostgreSQL's own in names of packages.
func (k Kernel) Packages(names []string) []string {
	if !k.Own() {
		return names
	}
	out := make([]string, len(names))
	for i, entry := range names {
		words := strings.FieldsFunc(entry, func(r rune) bool { return r == ',' || r == ' ' })
		for j, w := range words {
			if w == "pgsql-main" || w == "pgsql-core" {
				words[j] = k.Package
			}
		}
		out[i] = strings.Join(words, " ")
	}
	return out
}

// At is the directory of a major version.
func (k Kernel) At(version int) string {
	return strings.ReplaceAll(k.Home, "$v", strconv.Itoa(version))
}

// Preload puts the kernel's libraries before others that are preloaded, which it wants to be first, and gives those that were missing.
func (k Kernel) Preload(libs string) (all string, missing []string) {
	have := Libraries(libs)
	for _, lib := range k.Libs {
		if !slices.Contains(have, lib) {
			missing = append(missing, lib)
		}
	}
	if len(missing) == 0 {
		return libs, nil
	}
	return strings.Join(slices.Concat(missing, have), ", "), missing
}
