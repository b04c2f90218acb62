package infra

import (
	"path"

	"pig/internal/params"
	"pig/internal/product"
	"pig/internal/value"
)

// RepositoryPlaybooks are those of the repository on infra hosts.
func (Product) RepositoryPlaybooks() product.RepositoryPlaybooks {
	return product.RepositoryPlaybooks{Build: "infra-base", Bundle: "repo-bundle", Add: "repo-add"}
}

// RepositoryPath is where infra hosts keep the repository.
func (Product) RepositoryPath(vars *value.Dict) string {
	return path.Join(value.Str(vars.At("repo_home")), value.Str(vars.At("repo_name")))
}

// FromSource is the store of logs, unless it is off: an environment works without it.
func (Product) FromSource(vars *value.Dict, inGroup bool) (needed, liked []string) {
	if inGroup && (!vars.Has("vlogs_enabled") || params.ToBool(vars.At("vlogs_enabled"))) {
		return nil, []string{"victoria-logs"}
	}
	return nil, nil
}
