package engine

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"pig/internal/fleet"
	"pig/internal/transport"
)

// sshArgs gathers the options of ssh in Ansible's order. What ansible_ssh_args sets goes before the inventory's port, user and key;
// the others go after them.
func (v *connectionVars) sshArgs(h *fleet.Host) {
	before := v.get("ansible_ssh_args")
	common := first(v.get("ansible_ssh_common_args"), v.c.e.opt.SSHCommon)
	extra := first(v.get("ansible_ssh_extra_args"), v.c.e.opt.SSHExtra)
	h.SSHArgs = strings.Join(slices.DeleteFunc([]string{before, common, extra}, func(s string) bool { return s == "" }), " ")
	for key, clear := range map[string]func(){"port": func() { h.Port = 0 }, "user": func() { h.Target.User = "" }, "identityfile": func() { h.KeyFile = "" }} {
		if transport.SetsInArgs(before, key) {
			clear()
		}
	}
	v.fail(transport.CheckArgs(h.SSHArgs))
	v.sshTimeout(h)
	for _, name := range []string{"ansible_ssh_host_key_checking", "ansible_host_key_checking"} {
		if text := v.get(name); text != "" {
			on, ok := boolean(text)
			if !ok {
				v.fail(fmt.Errorf("invalid %s %q: want true or false", name, text))
			}
			h.Insecure = h.Insecure || ok && !on
		}
	}
	if n := v.get("ansible_ssh_retries"); n != "" && n != "0" {
		if _, err := strconv.Atoi(n); err != nil {
			v.fail(fmt.Errorf("invalid ansible_ssh_retries %q: want a number", n))
		}
		h.SSHArgs = strings.TrimSpace(h.SSHArgs + " -o ConnectionAttempts=" + n)
	}
	v.foreign()
}

func (v *connectionVars) sshTimeout(h *fleet.Host) {
	text := v.get("ansible_ssh_timeout", "ansible_timeout")
	if text == "" {
		return
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		v.fail(fmt.Errorf("invalid ansible_ssh_timeout %q: want a number of seconds", text))
		return
	}
	h.Timeout = time.Duration(n) * time.Second
}

// foreign refuses variables that are for programs which pig does not run.
func (v *connectionVars) foreign() {
	if exe := v.get("ansible_ssh_executable"); exe != "" && path.Base(exe) != "ssh" {
		v.fail(fmt.Errorf("ansible_ssh_executable %q is not supported: pig has its own SSH client", exe))
	}
	for _, name := range []string{"ansible_sftp_extra_args", "ansible_scp_extra_args", "ansible_ssh_private_key", "ansible_ssh_pkcs11_provider", "ansible_paramiko_proxy_command"} {
		if v.get(name) != "" {
			v.fail(fmt.Errorf("%s is not supported", name))
		}
	}
}

func (v *connectionVars) fail(err error) {
	if err != nil {
		v.note("connection", false, err)
	}
}

// isLocal tells whether a host is this machine by the kind of its connection; kinds that pig does not have are refused.
func isLocal(kind string) (local bool, err error) {
	switch strings.TrimPrefix(kind, "ansible.builtin.") {
	case "local":
		return true, nil
	case "", "ssh", "smart", "paramiko", "paramiko_ssh", "ansible.netcommon.libssh":
		return false, nil
	}
	return false, fmt.Errorf("connection %q is not supported: want ssh or local", kind)
}
