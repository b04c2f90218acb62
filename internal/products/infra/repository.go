package infra

import "pig/internal/value"

// RepositoryPlaybooks are those of the repository on infra hosts.
func (Product) RepositoryPlaybooks() (build, bundle string) { return "infra-base", "repo-bundle" }

// FromSource is the store of logs, unless it is off: an environment works without it.
func (Product) FromSource(vars *value.Dict, inGroup bool) (needed, liked []string) {
	if inGroup && (!vars.Has("vlogs_enabled") || value.Truthy(vars.At("vlogs_enabled"))) {
		return nil, []string{"victoria-logs"}
	}
	return nil, nil
}
