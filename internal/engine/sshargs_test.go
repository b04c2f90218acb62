package engine

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"pig/internal/fleet"
	"pig/internal/module"
)

// reachedAs notes how the host of a task is reached.
type reachedAs struct {
	here
	got *[]string
}

func (r reachedAs) Run(ctx context.Context, host fleet.Host, t fleet.Task) (module.Result, error) {
	if t.Module != "pending" {
		*r.got = append(*r.got, fmt.Sprintf("%s@%s:%d key=%s local=%t insecure=%t within=%s args=%s", host.User, host.Addr, host.Port, host.KeyFile, host.Local,
			host.Insecure, host.Timeout, host.SSHArgs))
	}
	return r.here.Run(ctx, host, t)
}

func TestVariablesOfConnectionsAreObeyedOrRefused(t *testing.T) {
	t.Parallel()
	for vars, want := range map[string]string{
		"ansible_ssh_common_args: -J b":                                  "args=-J b",
		"ansible_ssh_extra_args: -J b":                                   "args=-J b",
		"ansible_ssh_args: -C, ansible_ssh_common_args: -J b":            "args=-C -J b",
		"ansible_port: 5, ansible_ssh_args: -p 6":                        ":0 key", // the options have the port
		"ansible_port: 5, ansible_ssh_common_args: -p 6":                 ":5 key",
		"ansible_user: u, ansible_ssh_args: -o User=v":                   "@",
		"ansible_ssh_private_key_file: /k, ansible_ssh_args: -i /j":      "key= ",
		"ansible_ssh_timeout: 4":                                         "within=4s",
		"ansible_ssh_timeout: soon":                                      "!invalid ansible_ssh_timeout",
		"ansible_host_key_checking: false":                               "insecure=true",
		"ansible_ssh_host_key_checking: perhaps":                         "!invalid ansible_ssh_host_key_checking",
		"ansible_ssh_retries: 3":                                         "args=-o ConnectionAttempts=3",
		"ansible_ssh_executable: /usr/bin/ssh":                           "local=false",
		"ansible_ssh_executable: /opt/myssh":                             "!pig has its own SSH client",
		"ansible_sftp_extra_args: -l 3":                                  "!ansible_sftp_extra_args is not supported",
		"ansible_connection: docker":                                     `!connection "docker" is not supported`,
		"ansible_connection: ansible.builtin.local":                      "local=true",
		"ansible_connection: paramiko":                                   "local=false",
		"ansible_ssh_common_args: '-o ProxyCommand=\"nc -x p:1 %h %p\"'": "!is not supported",
		"ansible_ssh_common_args: '-o ProxyCommand=\"ssh -W %h:%p b\"'":  "ProxyCommand",
		"ansible_ssh_common_args: -A":                                    "!pig does not forward ports or agents",
		"ansible_port: 70000":                                            "!invalid ansible_port",
	} {
		l := newLab(t)
		var got []string
		l.nodes = reachedAs{l.nodes.(here), &got}
		l.inventory = "all: { hosts: { a: { ansible_host: 192.0.2.1, " + vars + " } } }\n"
		events, err := l.run("", "- hosts: all\n  tasks: [ { name: t, command: echo } ]\n")
		if err != nil {
			t.Fatal(err)
		}
		all := strings.Join(append(got, events...), "\n")
		mistake, bad := strings.CutPrefix(want, "!")
		if !strings.Contains(all, mistake) || bad == (len(got) > 0) {
			t.Errorf("%s: %s\nwant %s", vars, all, want)
		}
	}
	l := newLab(t)
	var got []string
	l.nodes = reachedAs{l.nodes.(here), &got}
	l.opt.SSHCommon, l.opt.SSHExtra = "-J b", "-4"
	if _, err := l.run("a", "- hosts: all\n  tasks: [ { name: t, command: echo } ]\n"); err != nil || !strings.Contains(strings.Join(got, ""), "args=-J b -4") {
		t.Errorf("options of the command line: %v, %v", got, err)
	}
}
