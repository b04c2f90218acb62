package modules

import "pig/internal/module"

// Table are the modules of PostgreSQL, Patroni and pgBackRest.
func Table() []module.Module {
	return []module.Module{
		postgresPreflight(), postgresRoles(), postgresDatabases(), postgresInit(), postgresReady(), postgresSession(), postgresPlace(), postgresFiles(), postgresPassword(), postgresRecover(), postgresState(), postgresVersions(),
		patroniConfig(), patroniRestart(), patroniLeader(), patroniCluster(), patroniPause(), patroniProcess(), patroniSwitchover(), patroniReinit(),
		citusNodes(), citusGroup(), citusShards(), pgbackrestStanza(), pgbackrestPlace(), pgbackrestBackup(), pgbackrestTarget(), pgbackrestRestore(), pgbackrestState(),
	}
}
