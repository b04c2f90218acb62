package engine

import (
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strings"

	"pig/internal/jinja"
	"pig/internal/value"
)

// shape is the type that a fact has to have.
type shape string

const (
	factText    shape = "text"
	factNumber  shape = "number"
	factList    shape = "list"
	factMapping shape = "mapping"
)

// knownFacts are all facts that a node may tell of itself, without the prefix ansible_. What else a node calls a fact is
// dropped: ansible_connection would be obeyed as if the inventory had it.
var knownFacts = map[string]shape{
	"distribution": factText, "distribution_version": factText, "distribution_major_version": factText, "distribution_release": factText,
	"os_family": factText, "pkg_mgr": factText, "service_mgr": factText, "system": factText, "kernel": factText, "kernel_version": factText,
	"machine": factText, "architecture": factText, "userspace_architecture": factText, "nodename": factText, "hostname": factText, "fqdn": factText,
	"domain": factText, "memtotal_mb": factNumber, "memfree_mb": factNumber, "swaptotal_mb": factNumber, "swapfree_mb": factNumber,
	"processor_vcpus": factNumber, "processor_count": factNumber, "processor_cores": factNumber, "processor_nproc": factNumber,
	"virtualization_type": factText, "virtualization_role": factText, "uptime_seconds": factNumber, "interfaces": factList,
	"all_ipv4_addresses": factList, "all_ipv6_addresses": factList, "default_ipv4": factMapping, "default_ipv6": factMapping,
	"user_id": factText, "user_uid": factNumber, "user_gid": factNumber, "user_dir": factText, "user_shell": factText, "env": factMapping,
	"python_version": factText, "date_time": factMapping, "local": factMapping,
}

func shapeOf(v value.Value) shape {
	switch v.(type) {
	case int64, *big.Int, float64:
		return factNumber
	case *value.List:
		return factList
	case *value.Dict:
		return factMapping
	}
	if _, ok := value.Plain(v); ok {
		return factText
	}
	return ""
}

// steering are names of variables that choose how a host is reached and as whom pig acts there, besides those with one of
// steeringPrefixes and the magic variables.
var steering = []string{
	"ansible_connection", "ansible_host", "ansible_port", "ansible_user", "ansible_password", "ansible_private_key_file", "ansible_become",
	"ansible_delegated_vars", "ansible_shell_type", "ansible_shell_executable", "ansible_executable", "ansible_remote_tmp",
	"ansible_timeout", "ansible_pipelining", "ansible_transport", "ansible_module_defaults", "ansible_python_interpreter",
}

var steeringPrefixes = []string{
	"ansible_become_", "ansible_ssh_", "ansible_sudo_", "ansible_su_", "ansible_paramiko_", "ansible_winrm_", "ansible_psrp_", "ansible_scp_", "ansible_sftp_",
}

// steers tells whether a variable of that name chooses a connection, an account or an interpreter, or is one that only pig sets.
func steers(name string) bool {
	return slices.Contains(steering, name) || slices.Contains(magicNames(), name) || strings.HasSuffix(name, "_interpreter") ||
		slices.ContainsFunc(steeringPrefixes, func(p string) bool { return strings.HasPrefix(name, p) })
}

// interfaceName is what setup makes of the name of a network interface.
var interfaceName = regexp.MustCompile(`^[A-Za-z0-9_]{1,15}$`)

// maxFacts bounds the interfaces, and with them the facts, of a node.
const maxFacts = 1000

// factsOf gives those of answered that are facts, without their prefix, and tells the names of the others.
func factsOf(answered *value.Dict) (facts *value.Dict, dropped []string) {
	facts = value.NewDict()
	interfaces := map[string]bool{}
	if l, ok := answered.At("ansible_interfaces").(*value.List); ok {
		for _, i := range l.Items[:min(len(l.Items), maxFacts)] {
			if name, ok := value.Plain(i); ok {
				interfaces[strings.NewReplacer("-", "_", ":", "_", ".", "_").Replace(name)] = true
			}
		}
	}
	for k, v := range answered.All() {
		full := value.KeyText(k)
		name, prefixed := strings.CutPrefix(full, "ansible_")
		want, known := knownFacts[name]
		if !known && interfaces[name] && interfaceName.MatchString(name) {
			want, known = factMapping, true
		}
		if !prefixed || !known || steers(full) || facts.Len() >= maxFacts || !value.IsUnknown(v) && shapeOf(v) != want {
			dropped = append(dropped, full)
			continue
		}
		facts.Set(name, v)
	}
	return facts, dropped
}

// shownNames is how many dropped names one warning shows.
const shownNames = 5

// dropped warns, once for each host and name, of variables that a node wanted to set.
func (e *Engine) dropped(host string, names []string) {
	e.mu.Lock()
	var fresh []string
	for _, n := range names[:min(len(names), maxFacts)] {
		if len(n) > 64 {
			n = n[:64] + "..."
		}
		key := host + "\x00" + n
		if e.warned[key] {
			continue
		}
		e.warned[key] = true
		fresh = append(fresh, n)
	}
	e.mu.Unlock()
	if len(fresh) == 0 {
		return
	}
	more := ""
	if len(fresh) > shownNames {
		fresh, more = fresh[:shownNames], fmt.Sprintf(" and more (%d in all)", len(names))
	}
	e.Sink.Warned(fmt.Sprintf("ignored variables that host %s sent as facts: %s%s: a node cannot set them", host, strings.Join(fresh, ", "), more))
}

// isTemplate tells whether a name was made by a template rather than written by the author of a playbook.
func isTemplate(v value.Value) bool {
	s, ok := value.Plain(v)
	return ok && jinja.IsTemplate(s)
}
