package engine

import (
	"errors"
	"fmt"
	"strconv"

	"pig/internal/diag"
	"pig/internal/fleet"
	"pig/internal/playbook"
	"pig/internal/transport"
	"pig/internal/value"
)

// connection gathers how to reach a host: variables go before keywords, and those before the command line. A node has no say in any of
// it: it would choose another machine, an account there, or this machine.
func (c *call) connection(name string, s *scope) (fleet.Host, error) {
	v := &connectionVars{c: c, s: s}
	h := fleet.Host{Target: transport.Target{
		Name: name, Addr: v.get("ansible_host", "ansible_ssh_host"),
		User:    first(v.get("ansible_user", "ansible_ssh_user"), v.keyword("remote_user", func(k *playbook.Keywords) value.Value { return k.RemoteUser }), c.e.opt.User),
		Timeout: c.e.opt.Timeout,
	}}
	h.Password = first(v.get("ansible_password", "ansible_ssh_pass", "ansible_ssh_password"), c.e.opt.Password)
	h.BecomePassword = first(v.get("ansible_become_password", "ansible_become_pass", "ansible_sudo_pass"), c.e.opt.BecomePass)
	port := first(v.get("ansible_port", "ansible_ssh_port"), v.keyword("port", func(k *playbook.Keywords) value.Value { return k.Port }))
	kind := first(v.get("ansible_connection"), v.keyword("connection", func(k *playbook.Keywords) value.Value { return k.Connection }))
	h.KeyFile = first(v.get("ansible_ssh_private_key_file", "ansible_private_key_file"), c.e.opt.KeyFile)
	h.BecomeExe = first(v.get("ansible_become_exe"), v.keyword("become_exe", func(k *playbook.Keywords) value.Value { return k.BecomeExe }))
	if h.Addr == "" {
		h.Addr = name
	}
	if port != "" {
		n, err := strconv.Atoi(port)
		if err != nil || n < 1 || n > 65535 {
			return h, fmt.Errorf("invalid ansible_port %q of %s: want a number", port, name)
		}
		h.Port = n
	}
	v.sshArgs(&h)
	local, err := isLocal(kind)
	v.fail(err)
	if v.err != nil {
		return h, v.err
	}
	implicit := c.e.Inventory.Host(name)
	h.Local = local || kind == "" && name == "localhost" && (implicit == nil || implicit.Implicit)
	c.e.Redactor.Add(h.Password, h.BecomePassword)
	return h, nil
}

// errSteered is a value that a node had a say in, where none may have one.
var errSteered = errors.New("a value that a host sent cannot choose a connection")

// connectionVars reads variables and keywords of connections, and remembers the first error.
type connectionVars struct {
	c   *call
	s   *scope
	err error
}

func (v *connectionVars) note(name string, heard bool, err error) {
	if heard && err == nil {
		err = errSteered
	}
	if err != nil && v.err == nil {
		v.err = diag.At(v.c.task.Pos, fmt.Errorf("%s: %w", name, err))
	}
}

func (v *connectionVars) get(names ...string) string {
	for _, n := range names {
		var val value.Value
		var ok bool
		var err error
		heard := v.s.Heard(func() { val, ok, err = v.s.Lookup(n) })
		v.note(n, heard, err)
		if ok && err == nil && val != nil && !value.IsUnknown(val) {
			return value.Str(val)
		}
	}
	return ""
}

// keyword is what the task, or what is around it, says.
func (v *connectionVars) keyword(name string, get func(*playbook.Keywords) value.Value) string {
	raw := v.c.closest(v.c.task, get)
	if raw == nil {
		return ""
	}
	var val value.Value
	var err error
	heard := v.s.Heard(func() { val, err = v.s.Value(raw, v.c.task.Pos) })
	v.note(name, heard, err)
	if err != nil || value.IsUnknown(val) {
		return ""
	}
	return value.Str(val)
}

func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
