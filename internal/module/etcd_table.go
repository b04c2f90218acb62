package module

// EtcdTable are the modules of etcd.
func EtcdTable() []Module {
	return []Module{etcdHealth(), etcdMember(), etcdRestart(), etcdAuth(), etcdKeys(), etcdState()}
}
