package cli

import (
	"cmp"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"pig/internal/diag"
	"pig/internal/payload"
	"pig/internal/ui"
)

// ansibleConfig is the ansible.cfg that is in force, with the variables of the environment that go before it.
type ansibleConfig struct {
	file   string // "": there is none
	values map[string]string
	env    func(string) string
}

// readAnsibleConfig finds the file where Ansible does: ANSIBLE_CONFIG, this directory unless everybody can write there, the home
// directory, /etc/ansible.
func readAnsibleConfig(env func(string) string) (*ansibleConfig, error) {
	c := &ansibleConfig{values: map[string]string{}, env: env}
	places := []string{env("ANSIBLE_CONFIG"), "ansible.cfg", filepath.Join(env("HOME"), ".ansible.cfg"), "/etc/ansible/ansible.cfg"}
	if info, err := os.Stat("."); err == nil && info.Mode().Perm()&0o002 != 0 {
		places[1] = ""
	}
	for _, p := range places {
		if info, err := os.Stat(p); p == "" || err != nil || info.IsDir() {
			continue
		}
		text, err := os.ReadFile(p)
		if err != nil {
			return nil, diag.Errorf(diag.Pos{File: p}, "cannot read the file: %v", err)
		}
		if c.file, err = filepath.Abs(p); err != nil {
			return nil, err
		}
		c.parse(string(text))
		break
	}
	return c, nil
}

func (c *ansibleConfig) parse(text string) {
	section, last := "", ""
	for line := range strings.Lines(text) {
		trimmed := strings.TrimSpace(line)
		if i := strings.Index(trimmed, " ;"); i >= 0 {
			trimmed = strings.TrimSpace(trimmed[:i])
		}
		switch {
		case trimmed == "" || trimmed[0] == '#' || trimmed[0] == ';':
		case trimmed[0] == '[':
			section, last = strings.Trim(trimmed, "[]"), ""
		case (line[0] == ' ' || line[0] == '\t') && last != "": // a value that goes on
			c.values[last] += trimmed
		default:
			i := strings.IndexAny(trimmed, "=:")
			if i < 0 {
				continue
			}
			last = section + "." + strings.ToLower(strings.TrimSpace(trimmed[:i]))
			c.values[last] = strings.TrimSpace(trimmed[i+1:])
		}
	}
}

// get is a setting: from its variable of the environment, or from the file.
func (c *ansibleConfig) get(variable, section, key string) string {
	return cmp.Or(c.env(variable), c.values[section+"."+key])
}

// paths are the directories of a setting; those of the file are relative to it.
func (c *ansibleConfig) paths(variable, section, key string) []string {
	dir := "."
	text := c.env(variable)
	if text == "" {
		text, dir = c.values[section+"."+key], filepath.Dir(c.file)
	}
	return c.located(text, dir, ":")
}

func (c *ansibleConfig) located(text, dir, separator string) (all []string) {
	for p := range strings.SplitSeq(text, separator) {
		p = strings.TrimSpace(p)
		switch {
		case p == "":
			continue
		case p == "~" || strings.HasPrefix(p, "~/"):
			p = filepath.Join(c.env("HOME"), p[1:])
		case !filepath.IsAbs(p):
			p = filepath.Join(dir, p)
		}
		all = append(all, p)
	}
	return all
}

// truth reads a setting that is a boolean.
func (c *ansibleConfig) truth(variable, section, key string, absent bool) bool {
	switch strings.ToLower(c.get(variable, section, key)) {
	case "":
		return absent
	case "yes", "true", "on", "1", "y", "t":
		return true
	}
	return false
}

// pretty is whether results are told on several lines; nil is as they come.
func (c *ansibleConfig) pretty() *bool {
	if c.get("ANSIBLE_CALLBACK_FORMAT_PRETTY", "defaults", "callback_format_pretty") == "" {
		return nil
	}
	b := c.truth("ANSIBLE_CALLBACK_FORMAT_PRETTY", "defaults", "callback_format_pretty", false)
	return &b
}

// inventories are the sources that ansible.cfg names.
func (c *ansibleConfig) inventories() []string {
	if text := c.env("ANSIBLE_INVENTORY"); text != "" {
		return c.listed(text, ".")
	}
	return c.listed(c.values["defaults.inventory"], filepath.Dir(c.file))
}

// listed are sources with commas between them; a list of hosts ends with one.
func (c *ansibleConfig) listed(text, dir string) []string {
	if strings.HasSuffix(text, ",") {
		return []string{text}
	}
	return c.located(text, dir, ",")
}

// rolesPath and collectionsPath are where roles and collections are searched besides the playbook's own directory.
func (c *ansibleConfig) rolesPath() []string {
	if dirs := c.paths("ANSIBLE_ROLES_PATH", "defaults", "roles_path"); dirs != nil {
		return dirs
	}
	return c.located("~/.ansible/roles:/usr/share/ansible/roles:/etc/ansible/roles", ".", ":")
}

func (c *ansibleConfig) collectionsPath() []string {
	for _, key := range []string{"collections_path", "collections_paths"} {
		if dirs := c.paths("ANSIBLE_COLLECTIONS_PATH", "defaults", key); dirs != nil {
			return dirs
		}
	}
	return c.located("~/.ansible/collections:/usr/share/ansible/collections:"+packaged, ".", ":")
}

// packaged is where Debian's package of collections has them.
const packaged = "/usr/lib/python3/dist-packages"

// libraryPath is where modules that belong to no collection are searched.
func (c *ansibleConfig) libraryPath() []string {
	if dirs := c.paths("ANSIBLE_LIBRARY", "defaults", "library"); dirs != nil {
		return append(dirs, c.paths("ANSIBLE_ACTION_PLUGINS", "defaults", "action_plugins")...)
	}
	return append(c.located("~/.ansible/plugins/modules:/usr/share/ansible/plugins/modules", ".", ":"), c.paths("ANSIBLE_ACTION_PLUGINS", "defaults", "action_plugins")...)
}

// moduleUtilsPath is where ansible.module_utils is searched: as configured, then in the ansible-core of this machine.
func (c *ansibleConfig) moduleUtilsPath() []string {
	dirs := c.paths("ANSIBLE_MODULE_UTILS", "defaults", "module_utils")
	if dirs == nil {
		dirs = c.located("~/.ansible/plugins/module_utils:/usr/share/ansible/plugins/module_utils", ".", ":")
	}
	return append(dirs, payload.Installed(c.env)...)
}

// configured fills in what the command line leaves to ansible.cfg.
func (o *runOptions) configured(c *ansibleConfig, given func(flag string) bool) {
	o.config = c
	text := func(flag string, to *string, variable, section, key string) {
		if v := c.get(variable, section, key); v != "" && !given(flag) {
			*to = v
		}
	}
	number := func(flag string, to *int, variable, section, key string) {
		if n, err := strconv.Atoi(c.get(variable, section, key)); err == nil && n > 0 && !given(flag) {
			*to = n
		}
	}
	truth := func(flag string, to *bool, variable, section, key string) {
		if !given(flag) {
			*to = c.truth(variable, section, key, *to)
		}
	}
	if o.output == "ansible" && !given("forks") {
		o.forks = 5
	}
	number("forks", &o.forks, "ANSIBLE_FORKS", "defaults", "forks")
	number("timeout", &o.timeout, "ANSIBLE_TIMEOUT", "defaults", "timeout")
	number("verbose", &o.verbosity, "ANSIBLE_VERBOSITY", "defaults", "verbosity")
	text("user", &o.user, "ANSIBLE_REMOTE_USER", "defaults", "remote_user")
	text("private-key", &o.key, "ANSIBLE_PRIVATE_KEY_FILE", "defaults", "private_key_file")
	text("become-user", &o.becomeUser, "ANSIBLE_BECOME_USER", "privilege_escalation", "become_user")
	text("ssh-common-args", &o.sshCommon, "ANSIBLE_SSH_COMMON_ARGS", "ssh_connection", "ssh_common_args")
	text("ssh-extra-args", &o.sshExtra, "ANSIBLE_SSH_EXTRA_ARGS", "ssh_connection", "ssh_extra_args")
	truth("become", &o.become, "ANSIBLE_BECOME", "privilege_escalation", "become")
	truth("ask-become-pass", &o.askBecome, "ANSIBLE_BECOME_ASK_PASS", "privilege_escalation", "become_ask_pass")
	truth("diff", &o.diff, "ANSIBLE_DIFF_ALWAYS", "diff", "always")
	truth("force-handlers", &o.flush, "ANSIBLE_FORCE_HANDLERS", "defaults", "force_handlers")
	o.passwords.configured(c, given)
	o.merge = c.get("ANSIBLE_HASH_BEHAVIOUR", "defaults", "hash_behaviour") == "merge"
	o.python = c.get("ANSIBLE_PYTHON_INTERPRETER", "defaults", "interpreter_python")
	o.format = ui.AnsibleFormat{
		HideSkipped: !c.truth("ANSIBLE_DISPLAY_SKIPPED_HOSTS", "defaults", "display_skipped_hosts", true),
		HideOK:      !c.truth("ANSIBLE_DISPLAY_OK_HOSTS", "defaults", "display_ok_hosts", true),
		YAML:        c.get("ANSIBLE_CALLBACK_RESULT_FORMAT", "defaults", "callback_result_format") == "yaml",
		Pretty:      c.pretty(),
	}
	if len(o.inventory) == 0 {
		o.inventory = c.inventories()
	}
}

// rolesPath and collectionsPath are where the playbooks of a verb find roles and collections.
func (o *runOptions) rolesPath() []string {
	if o.config == nil {
		return []string{"roles"}
	}
	return append([]string{"roles"}, o.config.rolesPath()...)
}

func (o *runOptions) collectionsPath() []string {
	if o.config == nil {
		return nil
	}
	return o.config.collectionsPath()
}

func (o *runOptions) libraryPath() []string {
	if o.config == nil {
		return nil
	}
	return o.config.libraryPath()
}

func (o *runOptions) moduleUtilsPath() []string {
	if o.config == nil {
		return payload.Installed(os.Getenv)
	}
	return o.config.moduleUtilsPath()
}

// unobeyed tells of settings that would change what a playbook does, and that pig does not obey.
func (c *ansibleConfig) unobeyed() (warnings []string) {
	for _, s := range []struct{ variable, key, plain string }{
		{"ANSIBLE_STDOUT_CALLBACK", "stdout_callback", "default"},
		{"ANSIBLE_STRATEGY", "strategy", "linear"},
	} {
		if v := c.get(s.variable, "defaults", s.key); v != "" && v != s.plain && strings.TrimPrefix(v, "ansible.builtin.") != s.plain {
			warnings = append(warnings, s.key+" = "+v+" of ansible.cfg has no effect")
		}
	}
	return warnings
}
