package module

// Table lists modules by name: those that are no product's, and more.
func Table(more ...[]Module) map[string]Module {
	table := map[string]Module{}
	for _, list := range append([][]Module{{
		command(), shell(), raw(), stat(), find(), ping(), file(), copyModule(), piece(), configuration(), slurp(), lineinfile(), blockinfile(), replace(),
		packageModule(), aptModule(), service(), systemdModule(), systemdService(), userModule(), group(), authorizedKey(), hostname(),
		waitFor(), uri(), getURL(), setup(), lock(), pending(), caState(), x509Module(), x509Revoke(), x509List(), prune(), diskSize(), publish(),
		packageDownload(), packageIndex(), packageRelease(), packageCandidates(), repoSign(), handshake(),
	}}, more...) {
		for _, m := range list {
			table[m.Name] = m
		}
	}
	return table
}
