package lint

import (
	"path"
	"slices"
	"strings"

	"pig/internal/value"
)

func commandRules() []Rule {
	return []Rule{
		{ID: "command-instead-of-module", Says: "A command is run where a module does the same, tells whether it changed anything, and can be planned.", task: commandInsteadOfModule},
		{ID: "no-changed-when", Says: "A command counts as a change each time: say when it is one, or give it creates or removes.", task: noChangedWhen},
	}
}

// instead are programs and the modules that do the same; with a second word only if it is that one.
var instead = map[string]string{
	"systemctl": "systemd_service", "service": "service", "apt-get": "apt", "apt": "apt", "dnf": "dnf", "yum": "dnf", "rpm": "dnf", "mkdir": "file (state: directory)", "chmod": "file (mode)",
	"chown": "file (owner)", "chgrp": "file (group)", "ln": "file (state: link)", "rm": "file (state: absent)", "touch": "file (state: touch)", "useradd": "user", "usermod": "user", "userdel": "user",
	"groupadd": "group", "groupdel": "group", "sed -i": "lineinfile or replace", "curl": "get_url or uri", "wget": "get_url", "git clone": "git", "git pull": "git", "tar": "unarchive or archive",
	"unzip": "unarchive", "mount": "mount", "hostnamectl": "hostname", "sysctl": "sysctl", "crontab": "cron", "pip install": "pip", "pip3 install": "pip", "modprobe": "modprobe", "rsync": "synchronize",
	"timedatectl": "timezone", "ufw": "ufw", "iptables": "iptables", "parted": "parted", "mkfs": "filesystem", "lvcreate": "lvol", "vgcreate": "lvg", "cp": "copy (remote_src: true)",
}

// asking are second words with which a program changes nothing.
var asking = []string{"status", "show", "is-active", "is-enabled", "is-failed", "list-units", "list-unit-files", "list", "cat", "get-default", "set-default", "--version", "-q", "-qa", "-V", "-l", "-t", "-n", "-S", "-L", "kill"}

// command is the command of a task as words; nil if it runs none.
func (t *task) command() []string {
	if !t.is("command", "shell", "raw") {
		return nil
	}
	if l, ok := t.args.At("argv").(*value.List); ok {
		return l.Texts()
	}
	return strings.Fields(t.free)
}

func commandInsteadOfModule(_ *Linter, _ *File, t *task, say say) {
	words := t.command()
	if len(words) == 0 {
		return
	}
	name := path.Base(words[0])
	module, ok := instead[name]
	if len(words) > 1 {
		if slices.Contains(asking, words[1]) {
			return
		}
		if of, pair := instead[name+" "+words[1]]; pair {
			module, ok = of, true
		}
	}
	if ok {
		say(t.at(), "%s runs %s: a module does that", t.action, name).WithHint("use %s", module)
	}
}

func noChangedWhen(_ *Linter, _ *File, t *task, say say) {
	if t.handler || !t.is("command", "shell", "raw", "script") || t.Has("changed_when") || t.args.Has("creates") || t.args.Has("removes") {
		return
	}
	say(t.at(), "%s counts as a change each time it runs", t.action).WithHint("add changed_when, or creates or removes")
}
