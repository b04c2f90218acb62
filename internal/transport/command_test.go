package transport

import (
	"slices"
	"testing"
)

func TestCommandOfSSH(t *testing.T) {
	for _, c := range []struct {
		name   string
		target Target
		tty    bool
		argv   []string
		want   []string
	}{
		{"an address alone", Target{Addr: "10.10.10.11"}, false, nil, []string{"ssh", "--", "10.10.10.11"}},
		{"all that the inventory says", Target{Addr: "h", Port: 2222, User: "dba", KeyFile: "/k e y", ProxyJump: "gate", SSHArgs: `-o "User KnownHostsFile=a b" -A`}, true, []string{"psql", "-c", "select 'x'"},
			[]string{"ssh", "-p", "2222", "-l", "dba", "-i", "/k e y", "-J", "gate", "-o", "User KnownHostsFile=a b", "-A", "-t", "--", "h", `'psql' '-c' 'select '\''x'\'''`}},
		{"host keys that are not checked", Target{Addr: "h", Insecure: true}, false, []string{"id"}, []string{"ssh", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "--", "h", "'id'"}},
		{"an address that looks like an option", Target{Addr: "-oProxyCommand=x"}, false, nil, []string{"ssh", "--", "-oProxyCommand=x"}},
	} {
		got, err := Command(c.target, c.tty, c.argv)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, %v; want %q", c.name, got, err, c.want)
		}
	}
	if _, err := Command(Target{Addr: "h", SSHArgs: `-o "open`}, false, nil); err == nil {
		t.Error("options with an open quote give no error")
	}
}
