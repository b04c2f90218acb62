package modules

import "pig/internal/module"

// Table are the modules of the load balancer of a host.
func Table() []module.Module { return []module.Module{haproxyChecks()} }
