package modules

import "pig/internal/module"

// Table are the modules of etcd.
func Table() []module.Module {
	return []module.Module{etcdHealth(), etcdPlace(), etcdMember(), etcdRestart(), etcdAuth(), etcdKeys(), etcdState()}
}
