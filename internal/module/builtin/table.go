// Package builtin holds the actions that are no product's: file, copy, package, service, command and their like, most of them named and
// argued as those of ansible.builtin.
package builtin

import "pig/internal/module"

// Table lists modules by name: those that are no product's, and more.
func Table(more ...[]module.Module) map[string]module.Module {
	table := map[string]module.Module{}
	for _, list := range append([][]module.Module{{
		command(), shell(), raw(), stat(), find(), ping(), piece(), configuration(), slurp(), lineinfile(), blockinfile(), replace(),
		packageModule(), aptModule(), service(), systemdModule(), systemdService(), userModule(), group(), authorizedKey(), hostname(),
		waitFor(), uri(), setup(), lock(), pending(), caState(), single(x509Module()), x509Revoke(), single(x509List()), prune(), retire(), retireState(), portClaims(), diskSize(), publish(),
		packageDownload(), packageAdd(), packageList(), packageOffers(), packageLists(), packageIndex(), packageRelease(), packageCandidates(), single(repoSign()), handshake(),
		packageFacts(), serviceFacts(), getent(), tempfile(), cron(), sysctlModule(), modprobe(), timezone(), mount(), aptRepository(), aptKey(),
		debconf(), dpkgSelections(), pamLimits(), alternatives(), localeGen(), gitModule(), iptables(), dnf(), yum(), pip(), filesystem(), lvg(), lvol(),
		file(), copyModule(), getURL(), assemble(), knownHosts(), iniFile(), deb822Repository(), unarchive(),
		yumRepository(), rpmKey(), sysvinit(), mountFacts(), seboolean(), sefcontext(), ufw(), firewalld(), acl(), at(), archive(), ansibleModule(),
	}, refusedModules()}, more...) {
		for _, m := range list {
			table[m.Name] = m
		}
	}
	return table
}
