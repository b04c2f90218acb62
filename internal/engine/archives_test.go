package engine

import (
	"archive/tar"
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pig/internal/fleet"
	"pig/internal/module"
	"pig/internal/value"
)

func TestArchivesAndFragmentsOfThePlaybookTravel(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	var text bytes.Buffer
	w := tar.NewWriter(&text)
	for _, name := range []string{"top/a", "top/b"} {
		if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: 2}); err != nil {
			t.Fatal(err)
		}
		_, _ = w.Write([]byte(filepath.Base(name) + "\n"))
	}
	_ = w.Close()
	l.write("files/x.tar", text.String())
	l.write("files/parts/1", "one")
	l.write("files/parts/2", "two\n")
	l.write("files/parts/.h", "hidden")
	to := t.TempDir()
	l.tells("- { name: u, unarchive: { src: x.tar, dest: "+to+" } }\n"+
		"- { name: again, unarchive: { src: x.tar, dest: "+to+" } }\n"+
		"- { name: there, unarchive: { src: "+l.dir+"/files/x.tar, dest: "+to+", remote_src: true } }\n"+
		"- { name: s, assemble: { src: parts, dest: "+to+"/whole, remote_src: false, ignore_hidden: true, delimiter: '--' } }\n"+
		"- { name: file, assemble: { src: x.tar, dest: "+to+"/no, remote_src: false }, ignore_errors: true }\n"+
		"- { name: none, unarchive: { src: y.tar, dest: "+to+" } }",
		"a u: changed", "a again: ok", "a there: ok", "a s: changed", "a file: ignored", "a none: failed", `file "y.tar" not found`)
	for path, want := range map[string]string{"top/a": "a\n", "top/b": "b\n", "whole": "one\n--\ntwo\n"} {
		if got, err := os.ReadFile(filepath.Join(to, path)); string(got) != want {
			t.Errorf("%s is %q, want %q: %v", path, got, want, err)
		}
	}
}

// teller answers each module with the values that a node might send.
type teller struct {
	here
	values map[string]*value.Dict
	boots  []string // of the machine, one for each time that it is asked
	asked  int
	resets int
}

func (n *teller) Run(ctx context.Context, h fleet.Host, task fleet.Task) (module.Result, error) {
	if v, ok := n.values[task.Module]; ok {
		return module.Result{Values: v, Changed: false}, nil
	}
	argv, _ := task.Args.At("argv").(*value.List)
	if n.boots == nil || argv == nil {
		return n.here.Run(ctx, h, task)
	}
	switch value.Str(argv.Items[0]) {
	case "cat":
		n.asked++
		if boot := n.boots[min(n.asked, len(n.boots))-1]; boot != "" {
			return module.Result{Values: value.DictOf("stdout", boot), Changed: false}, nil
		}
		return module.Result{}, &fleet.Unreachable{Err: context.DeadlineExceeded}
	case "shutdown":
		return module.Result{}, &fleet.Unreachable{Err: context.DeadlineExceeded}
	}
	return module.Result{Values: value.DictOf("stdout", "root"), Changed: false}, nil
}

func (n *teller) Reset(fleet.Host) { n.resets++ }

func TestFactsOfOtherModulesAreKept(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.nodes = &teller{here: l.nodes.(here), values: map[string]*value.Dict{ //nolint:forcetypeassert // newLab gives one
		"package_facts": value.DictOf("ansible_facts", value.DictOf("packages", value.DictOf("jq", value.NewList()), "ansible_host", "evil")),
		"service_facts": value.DictOf("ansible_facts", value.DictOf("services", value.DictOf("cron.service", value.NewDict()))),
		"getent":        value.DictOf("ansible_facts", value.DictOf("getent_passwd", value.DictOf("root", value.NewList("x")), "packages", value.NewDict())),
	}}
	l.tells("- package_facts:\n- service_facts:\n- getent: { database: passwd }\n"+
		"- { name: s, debug: { msg: \"{{ ansible_facts.packages.keys() | list }} {{ packages.keys() | list }} {{ 'cron.service' in services }} {{ getent_passwd.root }} {{ ansible_facts.getent_passwd.root }} {{ ansible_host == inventory_hostname }}\" } }",
		"a s: ['jq'] ['jq'] True ['x'] ['x'] True")
	if got := strings.Join(l.warnings, "\n"); !strings.Contains(got, "ansible_host") {
		t.Errorf("the warnings are %q", got)
	}
}

func TestARebootWaitsForAnotherStart(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		args  string
		boots []string
		want  []string
	}{
		"comes back":      {"{}", []string{"one", "one", "", "two"}, []string{"a r: changed", "a s: True"}},
		"stays away":      {"{ reboot_timeout: 0 }", []string{"one", ""}, []string{"a r: failed: Timed out waiting for last boot time check"}},
		"wrong argument":  {"{ connect_timeout: 5 }", []string{"one"}, []string{`reboot has no argument "connect_timeout"`}},
		"unclosed quotes": {"{ test_command: \"'\" }", []string{"one"}, []string{"invalid test_command"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t)
			n := &teller{here: l.nodes.(here), boots: c.boots} //nolint:forcetypeassert // newLab gives one
			l.nodes = n
			l.tells("- { name: r, reboot: "+c.args+", register: r }\n- { name: s, debug: { msg: \"{{ r.rebooted }}\" } }", c.want...)
			if name == "comes back" && n.resets == 0 {
				t.Error("the old connection was kept")
			}
		})
	}
	l := newLab(t)
	l.inventory = "all: { hosts: { a: { ansible_connection: local } } }\n"
	l.tells("- { name: r, reboot: }", "a r: failed: Running reboot with local connection would reboot the control node.")
}

func TestStatisticsOfARun(t *testing.T) {
	t.Parallel()
	for task, want := range map[string]string{
		"set_stats: { data: { n: 3 }, per_host: true }": "a s: {'n': 3} True True",
		"set_stats: { data: { n-1: 3 } }":               "The variable name 'n-1' is not valid.",
		"set_stats: { data: x }":                        "The 'data' option needs to be a dictionary/hash",
		"set_stats: { data: {}, what: 1 }":              `set_stats has no argument "what"`,
	} {
		newLab(t).tells("- { "+task+", register: r }\n- { name: s, debug: { msg: \"{{ r.ansible_stats.data }} {{ r.ansible_stats.per_host }} {{ r.ansible_stats.aggregate }}\" } }", want)
	}
}
