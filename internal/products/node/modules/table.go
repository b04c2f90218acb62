package modules

import "pig/internal/module"

// Table are the modules of a host: its load balancer and its trust store.
func Table() []module.Module { return []module.Module{haproxyChecks(), trustStore()} }
