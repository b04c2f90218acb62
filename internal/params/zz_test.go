package params

import "pig/internal/pgsql"

func allChecks() []Check {
	kinds := map[string]func(string) error{
		"jmespath": func(s string) error { _, err := pgsql.CompileSelector(s); return err }, "hba_addr": pgsql.CheckAddr, "hba_auth": pgsql.CheckAuth,
	}
	return []Check{{Rules: validateInfra}, {Rules: validateNode}, {Rules: validateEtcd}, {Rules: validateMinio}, {Rules: validatePg, Kinds: kinds}, {Rules: validateRedis}}
}
