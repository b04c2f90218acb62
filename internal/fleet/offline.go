package fleet

import (
	"context"
	"sync"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// Offline answers for hosts that are not asked: each is taken for a fresh machine of an assumed size. It serves plans only.
type Offline struct {
	modules map[string]module.Module
	here    *Fleet // for what a plan looks up on this machine, such as the keys that it has
	start   func(node.Machine) *node.Shadow

	mu      sync.Mutex
	shadows map[string]*node.Shadow
}

// NewOffline plans with the modules of a table; here is for tasks on this machine. Of a partial plan other tasks come first on the hosts.
func NewOffline(here *Fleet, modules map[string]module.Module, partial bool) *Offline {
	start := node.NewShadow
	if partial {
		start = node.NewPartial
	}
	return &Offline{modules: modules, here: here, start: start, shadows: map[string]*node.Shadow{}}
}

// Run plans t on a host that nobody asks.
func (o *Offline) Run(ctx context.Context, h Host, t Task) (module.Result, error) {
	if h.Local {
		return o.here.Run(ctx, h, t)
	}
	switch t.Module {
	case "setup":
		return module.Result{Values: value.DictOf("ansible_facts", assumedFacts(h)), Changed: false}, nil
	case "disk_size":
		return module.Result{Values: value.DictOf("bytes", int64(100)<<30, "mount", "/"), Changed: false}, nil
	}
	o.mu.Lock()
	s, ok := o.shadows[h.Name]
	if !ok {
		s = o.start(node.Bare{})
		o.shadows[h.Name] = s
	}
	o.mu.Unlock()
	return module.Run(ctx, s, o.modules, t.Task), nil
}

// Reset does nothing: there is no connection.
func (*Offline) Reset(Host) {}

// assumedFacts describe the machine that is taken for granted: Debian 13, 4 processors, 16 GiB.
func assumedFacts(h Host) *value.Dict {
	return value.DictOf(
		"ansible_distribution", "Debian", "ansible_distribution_version", "13", "ansible_distribution_major_version", "13",
		"ansible_distribution_release", "trixie", "ansible_os_family", "Debian", "ansible_pkg_mgr", "apt", "ansible_service_mgr", "systemd",
		"ansible_architecture", "x86_64", "ansible_hostname", h.Name, "ansible_nodename", h.Name, "ansible_processor_vcpus", int64(4),
		"ansible_memtotal_mb", int64(16000), "ansible_virtualization_type", "NA", "ansible_user_id", "root",
		"ansible_interfaces", value.Unknown{Why: "the network interfaces of " + h.Name},
		"ansible_default_ipv4", value.DictOf("address", h.Addr, "interface", "eth0"))
}
