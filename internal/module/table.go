package module

// Table lists every module of this build by name.
func Table() map[string]Module {
	table := map[string]Module{}
	for _, m := range []Module{
		command(), shell(), raw(), stat(), find(), ping(), file(), copyModule(), piece(), configuration(), slurp(), lineinfile(), blockinfile(), replace(),
		packageModule(), aptModule(), service(), systemdModule(), systemdService(), userModule(), group(), authorizedKey(), hostname(),
		waitFor(), uri(), getURL(), setup(), lock(), pending(), caState(), x509Module(), x509Revoke(), x509List(),
		postgresPreflight(), postgresRoles(), postgresDatabases(), postgresInit(), postgresReady(), postgresFiles(), postgresPassword(),
		patroniConfig(), patroniRestart(), patroniLeader(), patroniCluster(), patroniPause(), patroniProcess(),
		minioGrows(), minioState(), minioHealth(), minioRestart(), minioBuckets(), minioUsers(), etcdHealth(), etcdMember(), etcdRestart(), etcdAuth(), etcdKeys(), prune(), diskSize(), pgbackrestStanza(), pgbackrestTarget(), pgbackrestRestore(), postgresRecover(), packageDownload(), packageIndex(), packageRelease(), repoSign(), publish(), packageCandidates(),
		redisConfig(), redisReady(), redisRestart(), redisFollow(), redisSentinel(), redisCluster(), redisRebalance(), redisLeave(), redisState(), haproxyChecks(),
		postgresState(), etcdState(), pgbackrestState(), handshake(),
	} {
		table[m.Name] = m
	}
	return table
}
