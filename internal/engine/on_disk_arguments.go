package engine

import (
	"path"
	"strings"

	"pig/internal/diag"
	"pig/internal/module"
	"pig/internal/payload"
	"pig/internal/playbook"
	"pig/internal/value"
)

// params are the arguments of a task with those that Ansible adds for the module itself.
func (c *call) params(check bool) (*value.Dict, error) {
	noLog, err := c.noLog(c.task, c.scope)
	if err != nil {
		return nil, err
	}
	diff, err := c.scope.flag(c.closest(c.task, func(k *playbook.Keywords) value.Value { return k.Diff }), c.task.Pos, c.e.opt.Diff)
	if err != nil {
		return nil, err
	}
	params := c.args.Clone()
	params.Update(value.DictOf(
		"_ansible_check_mode", check, "_ansible_no_log", noLog, "_ansible_debug", false, "_ansible_diff", diff, "_ansible_verbosity", int64(c.e.opt.Verbosity),
		"_ansible_version", ansibleVersion, "_ansible_module_name", c.task.Called, "_ansible_syslog_facility", "LOG_USER",
		"_ansible_selinux_special_fs", value.Strings([]string{"fuse", "nfs", "vboxsf", "ramfs", "9p", "vfat"}), "_ansible_socket", nil,
		"_ansible_shell_executable", "/bin/sh", "_ansible_keep_remote_files", false, "_ansible_tmpdir", nil, "_ansible_remote_tmp", "~/.ansible/tmp",
		"_ansible_ignore_unknown_opts", false, "_ansible_target_log_info", nil, "_ansible_tracebacks_for", value.NewList(),
	))
	return params, nil
}

// interpreter is what starts a module on the host that it goes to: as the variables of that host say, or as its first line does. The Python of
// a node is found there.
func (c *call) interpreter(p payload.Payload) ([]string, error) {
	words, err := module.SplitWords(p.Interpreter)
	if err != nil || p.Style == payload.Binary {
		return nil, err
	}
	if len(words) == 0 {
		if p.Style != payload.Python {
			return nil, diag.Errorf(c.task.Pos, "module (%s) is missing interpreter line", c.task.Called)
		}
		words = []string{"/usr/bin/python"}
	}
	program := path.Base(words[0])
	if p.Style == payload.Python {
		program, words = "python", words[:1]
	}
	name, _, err := c.target()
	if err != nil {
		return nil, err
	}
	vars := &connectionVars{c: c, s: c.scopeOf(name)}
	own := vars.get("ansible_" + program + "_interpreter")
	if vars.err != nil {
		return nil, vars.err
	}
	if program == "python" {
		own = first(own, c.e.opt.Python)
		if own == "" || strings.HasPrefix(own, "auto") {
			return append([]string{"python"}, words[1:]...), nil
		}
	}
	if own == "" {
		return words, nil
	}
	chosen, err := module.SplitWords(own)
	return append(chosen, words[1:]...), err
}
