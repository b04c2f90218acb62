//go:build linux

package node

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// tools is a directory of programs that write down how they are called, and what they read; answers is what some of them say.
type tools struct{ dir, log string }

func newTools(t *testing.T, answers map[string]string) tools {
	t.Helper()
	k := tools{dir: t.TempDir()}
	k.log = filepath.Join(k.dir, "log")
	for _, name := range []string{"systemctl", "apt-get", "apt-cache", "useradd", "usermod", "userdel", "groupadd", "groupmod", "groupdel", "chpasswd"} {
		script := "#!/bin/sh\nPATH=/usr/bin:/bin\nprintf '%s' " + name + " >>" + k.log + "\nprintf ' <%s>' \"$@\" >>" + k.log + "\n"
		if name == "chpasswd" {
			script += "printf ' from %s' \"$(cat)\" >>" + k.log + "\n"
		}
		script += "echo >>" + k.log + "\ncat <<'END'\n" + answers[name] + "\nEND\n" + answers[name+" then"] + "\n"
		if err := os.WriteFile(filepath.Join(k.dir, name), []byte(script), 0o755); err != nil { //nolint:gosec // a program
			t.Fatal(err)
		}
	}
	return k
}

// calls are the calls since the last look.
func (k tools) calls(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(k.log)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	if err := os.WriteFile(k.log, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(text))
}

func (k tools) system(t *testing.T, changes *[]Change) System {
	t.Helper()
	l := NewLive()
	l.units.socket = filepath.Join(k.dir, "nobody") // or systemd of this machine would answer
	s, err := l.For(Task{Env: map[string]string{"PATH": k.dir}, Record: func(c Change) { *changes = append(*changes, c) }})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSystemctl(t *testing.T) {
	t.Parallel()
	k := newTools(t, map[string]string{"systemctl": "LoadState=loaded\nActiveState=active\nSubState=running\nUnitFileState=enabled\nResult=success\nMainPID=42\nInvocationID=abc\nNeedDaemonReload=yes"})
	var changes []Change
	v := k.system(t, &changes).Services()
	u, err := v.Unit(t.Context(), "-odd.service")
	if want := (Unit{Name: "-odd.service", Exists: true, Active: "active", Sub: "running", Enabled: "enabled", Result: "success", PID: 42, InvocationID: "abc", NeedReload: true}); err != nil || u != want {
		t.Errorf("%+v, %v", u, err)
	}
	if got := k.calls(t); !strings.HasSuffix(got, " <--> <-odd.service>") {
		t.Error(got)
	}
	for _, c := range []struct {
		do           func() error
		call, change string
	}{
		{func() error { return v.Start(t.Context(), "a", UnitOptions{}) }, "systemctl <start> <--> <a>", "start none"},
		{func() error { return v.Start(t.Context(), "a", UnitOptions{NoBlock: true}) }, "systemctl <start> <--no-block> <--> <a>", "start none"},
		{func() error { return v.Stop(t.Context(), "a", UnitOptions{}) }, "systemctl <stop> <--> <a>", "stop restart"},
		{func() error { return v.Restart(t.Context(), "a", UnitOptions{Impact: ImpactGap}) }, "systemctl <restart> <--> <a>", "restart gap"},
		{func() error { return v.Reload(t.Context(), "a", UnitOptions{}) }, "systemctl <reload> <--> <a>", "reload reload"},
		{func() error { return v.Enable(t.Context(), "a", true) }, "systemctl <enable> <--> <a>", "enable none"},
		{func() error { return v.Enable(t.Context(), "a", false) }, "systemctl <disable> <--> <a>", "disable none"},
		{func() error { return v.Mask(t.Context(), "a", true) }, "systemctl <mask> <--> <a>", "mask none"},
		{func() error { return v.Mask(t.Context(), "a", false) }, "systemctl <unmask> <--> <a>", "unmask none"},
		{func() error { return v.DaemonReload(t.Context()) }, "systemctl <daemon-reload>", ""},
	} {
		changes = nil
		if err := c.do(); err != nil {
			t.Fatal(err)
		}
		if got := k.calls(t); got != c.call {
			t.Errorf("%s, want %s", got, c.call)
		}
		if c.change == "" && len(changes) > 0 || c.change != "" && (len(changes) != 1 || changes[0].Action+" "+changes[0].Impact.String() != c.change) {
			t.Errorf("%s: %+v", c.call, changes)
		}
	}
}

func TestAFailedToolChangesNothing(t *testing.T) {
	t.Parallel()
	k := newTools(t, map[string]string{"systemctl then": "echo 'Job failed' >&2; exit 1", "useradd then": "echo full >&2; exit 10"})
	var changes []Change
	s := k.system(t, &changes)
	if err := s.Services().Restart(t.Context(), "a", UnitOptions{}); err == nil || !strings.Contains(err.Error(), "systemctl: exit status 1: Job failed") {
		t.Error(err)
	}
	if _, err := s.Services().Unit(t.Context(), "a"); err == nil {
		t.Error("a unit of which systemctl says nothing is known")
	}
	if err := s.Accounts().AddUser(t.Context(), "pig-test-x", AccountChange{}); err == nil || !strings.Contains(err.Error(), "useradd: exit status 10: full") {
		t.Error(err)
	}
	if len(changes) > 0 {
		t.Errorf("%+v", changes)
	}
}

func TestAccountTools(t *testing.T) {
	t.Parallel()
	k := newTools(t, nil)
	var changes []Change
	a := k.system(t, &changes).Accounts()
	text, number := func(s string) *string { return &s }, func(n int) *int { return &n }
	groups := []string{"adm", "sudo"}
	for _, c := range []struct {
		do         func() error
		call, kind string
	}{
		{func() error {
			return a.AddUser(t.Context(), "pig-test-x", AccountChange{UID: number(88), Group: text("admin"), Groups: &groups, Home: text("/home/x"), Shell: text("/bin/sh"), Comment: text("a b"), System: true, CreateHome: true})
		}, "useradd <-r> <-m> <-u> <88> <-g> <admin> <-G> <adm,sudo> <-d> </home/x> <-s> </bin/sh> <-c> <a b> <pig-test-x>", "user create"},
		{func() error { return a.AddUser(t.Context(), "daemon", AccountChange{UID: number(1), NonUnique: true}) }, "useradd <-M> <-N> <-g> <daemon> <-u> <1> <-o> <daemon>", "user create"},
		{func() error {
			return a.ModifyUser(t.Context(), "root", AccountChange{Shell: text("/bin/zsh"), Home: text("/r"), MoveHome: true})
		}, "usermod <-d> </r> <-s> </bin/zsh> <-m> <root>", "user update"},
		{func() error { return a.ModifyUser(t.Context(), "root", AccountChange{Password: text("$6$x")}) }, "chpasswd <-e> from root:$6$x", "user update"},
		{func() error { return a.RemoveUser(t.Context(), "pig-test-x", true) }, "userdel <-r> <pig-test-x>", "user delete"},
		{func() error { return a.AddGroup(t.Context(), "pig-test-g", number(77), true) }, "groupadd <-r> <-g> <77> <pig-test-g>", "group create"},
		{func() error { return a.ModifyGroup(t.Context(), "daemon", 78) }, "groupmod <-g> <78> <daemon>", "group update"},
		{func() error { return a.RemoveGroup(t.Context(), "pig-test-g") }, "groupdel <pig-test-g>", "group delete"},
	} {
		changes = nil
		if err := c.do(); err != nil {
			t.Fatal(err)
		}
		if got := k.calls(t); got != c.call {
			t.Errorf("%s, want %s", got, c.call)
		}
		if len(changes) != 1 || changes[0].Kind+" "+changes[0].Action != c.kind {
			t.Errorf("%s: %+v", c.call, changes)
		}
		for _, attr := range changes[0].Attrs {
			if strings.Contains(attr.After, "$6$") {
				t.Errorf("%s: a password is shown", c.call)
			}
		}
	}
	if err := a.ModifyUser(t.Context(), "pig-test-nobody", AccountChange{}); err == nil || !strings.Contains(err.Error(), `user "pig-test-nobody" not found`) {
		t.Error(err)
	}
}

func TestAptTools(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat(dpkgDatabase); err != nil {
		t.Skip("not a Debian machine")
	}
	k := newTools(t, map[string]string{"apt-cache": "bash:\n  Installed: 5.2\n  Candidate: 5.3\n  Version table:\nnothing:\n  Installed: (none)\n  Candidate: (none)"})
	var changes []Change
	p := k.system(t, &changes).Packages()
	if found, err := p.Candidates(t.Context(), []string{"bash", "nothing"}); err != nil || len(found) != 1 || found["bash"] != "5.3" {
		t.Error(found, err)
	}
	if got := k.calls(t); got != "apt-cache <policy> <bash> <nothing>" {
		t.Error(got)
	}
	no := false
	if err := p.Install(t.Context(), []string{"pig-test-x=1.0", "pig-test-y"}, InstallOptions{Recommends: &no, AllowDowngrade: true, AllowUnsigned: true, Force: true, OnlyUpgrade: true, Release: "trixie-backports"}); err != nil {
		t.Fatal(err)
	}
	if got := k.calls(t); !strings.Contains(got, "<install> <--no-install-recommends> <--allow-downgrades> <--allow-unauthenticated> <--allow-change-held-packages> <--only-upgrade> <-t> <trixie-backports> <pig-test-x=1.0> <pig-test-y>") {
		t.Error(got)
	}
	if err := p.Remove(t.Context(), []string{"pig-test-x"}, true, true); err != nil {
		t.Fatal(err)
	}
	if got := k.calls(t); !strings.Contains(got, "<purge> <--auto-remove> <pig-test-x>") {
		t.Error(got)
	}
	if err := p.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := k.calls(t); !strings.Contains(got, "<update>") {
		t.Error(got)
	}
	if len(changes) > 0 { // dpkg's database says that nothing came or went
		t.Errorf("%+v", changes)
	}
}

func TestWhatDpkgSays(t *testing.T) {
	t.Parallel()
	installed, provides := parseStatus([]byte("Package: mawk\nStatus: install ok installed\nVersion: 1.3\nProvides: awk, old-awk (= 1)\n\nPackage: gone\nStatus: deinstall ok config-files\nVersion: 2\n\nPackage: half\nStatus: install ok half-configured\nVersion: 3\n"))
	if len(installed) != 1 || installed["mawk"] != "1.3" || provides["awk"] != "mawk" || provides["old-awk"] != "mawk" {
		t.Error(installed, provides)
	}
	if got := BareNames([]string{"curl=8.1-1", "curl:amd64", "curl/trixie", "/tmp/curl_8.1_amd64.deb", "curl"}); strings.Join(got, " ") != "curl curl curl curl curl" {
		t.Error(got)
	}
}
