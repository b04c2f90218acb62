package module

// PgTable are the modules of PostgreSQL, Patroni and pgBackRest.
func PgTable() []Module {
	return []Module{
		postgresPreflight(), postgresRoles(), postgresDatabases(), postgresInit(), postgresReady(), postgresFiles(), postgresPassword(), postgresRecover(), postgresState(),
		patroniConfig(), patroniRestart(), patroniLeader(), patroniCluster(), patroniPause(), patroniProcess(),
		pgbackrestStanza(), pgbackrestTarget(), pgbackrestRestore(), pgbackrestState(),
	}
}
