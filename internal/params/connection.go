package params

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"pig/internal/diag"
	"pig/internal/transport"
	"pig/internal/value"
)

// connection checks a variable that says how to reach a host, which would fail host by host when the first is dialled.
func (v *Validator) connection(name string, val value.Value, pos diag.Pos) {
	if val == nil || IsTemplate(val) {
		return
	}
	if wrong := wrongConnection(name, val); wrong != "" {
		v.Add(diag.Errorf(pos, "%s %s", name, wrong).WithRule("invalid-connection"))
	}
}

// wrongConnection tells what is wrong with a variable of connections, "" if nothing is.
func wrongConnection(name string, val value.Value) string {
	text := value.Str(val)
	n, number := ToInt(val)
	if text == "" {
		return ""
	}
	switch name {
	case "ansible_port", "ansible_ssh_port":
		if !number || n < 1 || n > 65535 {
			return fmt.Sprintf("must be %s, not %s", kinds["port"], value.Repr(val))
		}
	case "ansible_timeout", "ansible_ssh_timeout":
		if !number || n < 0 {
			return fmt.Sprintf("must be a number of seconds, not %s", value.Repr(val))
		}
	case "ansible_ssh_retries":
		if !number || n < 0 {
			return fmt.Sprintf("must be a whole number, 0 or more, not %s", value.Repr(val))
		}
	case "ansible_connection":
		kinds := []string{"ssh", "local", "smart", "paramiko", "paramiko_ssh", "ansible.netcommon.libssh"}
		if !slices.Contains(kinds, strings.TrimPrefix(text, "ansible.builtin.")) {
			return fmt.Sprintf("must be ssh or local, not %s", value.Repr(val))
		}
	case "ansible_become_method":
		if strings.TrimPrefix(text, "ansible.builtin.") != "sudo" {
			return fmt.Sprintf("must be sudo, not %s", value.Repr(val))
		}
	case "ansible_become_flags":
		known := []string{"-H", "-S", "-n", "--set-home", "--stdin", "--non-interactive"}
		for flag := range strings.FieldsSeq(text) {
			if !slices.Contains(known, flag) {
				return fmt.Sprintf("must be of %s, not %s", strings.Join(known, ", "), value.Repr(val))
			}
		}
	case "ansible_become", "ansible_host_key_checking", "ansible_ssh_host_key_checking":
		if !isBool(val) {
			return fmt.Sprintf("must be %s, not %s", kinds["bool"], value.Repr(val))
		}
	case "ansible_ssh_args", "ansible_ssh_common_args", "ansible_ssh_extra_args":
		if err := transport.CheckArgs(text); err != nil {
			return "is not supported: " + err.Error()
		}
	case "ansible_ssh_executable":
		if path.Base(text) != "ssh" {
			return "is not supported: pig has its own SSH client"
		}
	case "ansible_sftp_extra_args", "ansible_scp_extra_args", "ansible_ssh_private_key", "ansible_ssh_pkcs11_provider", "ansible_paramiko_proxy_command":
		return "is not supported"
	}
	return ""
}
