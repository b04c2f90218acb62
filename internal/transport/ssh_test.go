package transport_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/skeema/knownhosts"
	"golang.org/x/crypto/ssh"

	"pig/internal/transport"
	"pig/internal/transport/sshd"
)

// lab is one host, node at port 22, its network, and an operator with a key that the host knows.
type lab struct {
	t       *testing.T
	network *sshd.Network
	host    *sshd.Server
	conf    transport.Config
	known   string // the file of known_hosts
}

func newLab(t *testing.T) *lab {
	t.Helper()
	path, public := sshd.KeyFile(t)
	l := &lab{t: t, network: sshd.NewNetwork(t), known: filepath.Join(t.TempDir(), "known_hosts")}
	l.host = &sshd.Server{HostKey: sshd.NewKey(t), Keys: []ssh.PublicKey{public}, Network: l.network}
	l.network.Add("node:22", l.host)
	l.conf = transport.Config{Dial: l.network.Dial, KnownHosts: []string{l.known}, Identities: []string{path}, Home: t.TempDir()}
	return l
}

func (l *lab) trust(addr string, key ssh.PublicKey) {
	l.t.Helper()
	f, err := os.OpenFile(l.known, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		l.t.Fatal(err)
	}
	defer f.Close()
	fmt.Fprintln(f, knownhosts.Line([]string{addr}, key))
}

func node() transport.Target {
	return transport.Target{Name: "db", Addr: "node", User: "dba", Timeout: 20 * time.Second}
}

// output runs a line on a host.
func output(t *testing.T, c transport.Conn, line string) (string, error) {
	t.Helper()
	p, err := c.Start(line)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(p.Stdout())
	if err != nil {
		t.Fatal(err)
	}
	return string(text), p.Wait()
}

func TestAHostProvesWhoItIs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		known   func(l *lab)
		changed bool
		in      bool
	}{
		"an unknown key":             {known: func(*lab) {}},
		"the known key":              {known: func(l *lab) { l.trust("node:22", l.host.HostKey.PublicKey()) }, in: true},
		"another key than the known": {known: func(l *lab) { l.trust("node:22", sshd.NewKey(l.t).PublicKey()) }, changed: true},
		"the key of another host":    {known: func(l *lab) { l.trust("other:22", l.host.HostKey.PublicKey()) }},
		"the key of another port":    {known: func(l *lab) { l.trust("node:2222", l.host.HostKey.PublicKey()) }},
		"the known key among unrelated": {known: func(l *lab) {
			l.trust("a:22", sshd.NewKey(l.t).PublicKey())
			l.trust("node:22", l.host.HostKey.PublicKey())
		}, in: true},
	} {
		l := newLab(t)
		c.known(l)
		conn, err := l.conf.SSH(t.Context(), node())
		var refused *transport.HostKeyError
		switch {
		case c.in && err != nil:
			t.Errorf("%s: %v", name, err)
		case !c.in && (!errors.As(err, &refused) || refused.Changed != c.changed):
			t.Errorf("%s: %v", name, err)
		case !c.in && len(l.host.Logins()) > 0:
			t.Errorf("%s: somebody logged in at a host that did not prove who it is", name)
		}
		if conn != nil {
			_ = conn.Close()
		}
	}
}

func TestTrustRecordsAKeyAndReplacesOneOnlyWhenAsked(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	key, err := l.conf.HostKey(t.Context(), node())
	if err != nil || string(key.Marshal()) != string(l.host.HostKey.PublicKey().Marshal()) {
		t.Fatalf("the key that the host shows: %v", err)
	}
	if len(l.host.Logins()) > 0 {
		t.Error("asking for the key logs in")
	}
	if known, err := l.conf.Trust(node(), key, false); known || err != nil {
		t.Fatalf("a new key: known %v, %v", known, err)
	}
	if known, err := l.conf.Trust(node(), key, false); !known || err != nil {
		t.Errorf("the same key again: known %v, %v", known, err)
	}
	if err := l.conf.Known(node(), key); err != nil {
		t.Errorf("a key on record: %v", err)
	}
	other := sshd.NewKey(t).PublicKey()
	var bad *transport.HostKeyError
	if err := l.conf.Known(node(), other); !errors.As(err, &bad) || !bad.Changed {
		t.Errorf("another key: %v", err)
	}
	if _, err := l.conf.Trust(node(), other, false); !errors.As(err, &bad) || !bad.Changed {
		t.Errorf("another key is recorded unasked: %v", err)
	}
	if _, err := l.conf.Trust(node(), other, true); err != nil {
		t.Errorf("another key, asked for: %v", err)
	}
	if err := l.conf.Known(node(), other); err != nil {
		t.Errorf("the key that took its place: %v", err)
	}
	if err := l.conf.Known(node(), key); err == nil {
		t.Error("the key of before is still trusted")
	}
}

func TestLogins(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(l *lab, to *transport.Target)
		says   []string // of the refusal; none if the login works
	}{
		"by key":                 {func(*lab, *transport.Target) {}, nil},
		"by the inventory's key": {func(l *lab, to *transport.Target) { to.KeyFile, l.conf.Identities = l.conf.Identities[0], nil }, nil},
		"by password": {func(l *lab, to *transport.Target) {
			l.host.Password, to.Password, l.conf.Identities = "s3cret", "s3cret", nil
		}, nil},
		"by the wrong password": {func(l *lab, to *transport.Target) {
			l.host.Password, to.Password, l.conf.Identities = "s3cret", "guess", nil
		},
			[]string{"cannot log in as dba", "refused all of: password"}},
		"by a key that is not there":     {func(l *lab, to *transport.Target) { l.conf.Identities = []string{"/nowhere/id"} }, []string{"key file /nowhere/id not found"}},
		"by a key that it does not know": {func(l *lab, to *transport.Target) { l.host.Keys = nil }, []string{"the node refused all of: key ", "SHA256:"}},
		"with nothing":                   {func(l *lab, to *transport.Target) { l.conf.Identities = nil }, []string{"no key and no password to offer"}},
	} {
		l := newLab(t)
		l.trust("node:22", l.host.HostKey.PublicKey())
		to := node()
		c.change(l, &to)
		conn, err := l.conf.SSH(t.Context(), to)
		if len(c.says) == 0 && err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if len(c.says) > 0 && err == nil {
			t.Errorf("%s: it is let in", name)
		}
		for _, w := range c.says {
			if err != nil && !strings.Contains(err.Error(), w) {
				t.Errorf("%s: %v, want %q", name, err, w)
			}
		}
		if err != nil && strings.Contains(err.Error(), "guess") {
			t.Errorf("%s: the password is in %v", name, err)
		}
		if conn != nil {
			_ = conn.Close()
		}
	}
}

func TestCommandsOfAHost(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.trust("node:22", l.host.HostKey.PublicKey())
	conn, err := l.conf.SSH(t.Context(), node())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if conn.User() != "dba" {
		t.Errorf("the account is %s", conn.User())
	}
	if got, err := output(t, conn, "echo one; echo two >&2"); got != "one\n" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	var exit *transport.ExitError
	if _, err := output(t, conn, "exit 7"); !errors.As(err, &exit) || exit.Status != 7 {
		t.Errorf("exit 7: %v", err)
	}
	p, err := conn.Start("cat")
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(p.Stdin(), "there and back")
	_ = p.Stdin().Close()
	if text, _ := io.ReadAll(p.Stdout()); string(text) != "there and back" {
		t.Errorf("%q", text)
	}
	_ = conn.Close()
	select {
	case <-conn.Done():
	case <-time.After(20 * time.Second):
		t.Error("a closed connection is not done")
	}
}

func TestProxyJumpGoesThroughTheHostsInOrder(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	bastion := &sshd.Server{HostKey: sshd.NewKey(t), Keys: l.host.Keys, Network: l.network}
	outer := sshd.NewNetwork(t) // from here only the bastion is reached
	outer.Add("bastion:2222", bastion)
	l.conf.Dial = outer.Dial
	to := node()
	to.ProxyJump = "jumper@bastion:2222"
	if _, err := l.conf.SSH(t.Context(), to); err == nil || !strings.Contains(err.Error(), "bastion") {
		t.Errorf("a bastion with an unknown key: %v", err)
	}
	l.trust("[bastion]:2222", bastion.HostKey.PublicKey())
	var refused *transport.HostKeyError
	if _, err := l.conf.SSH(t.Context(), to); !errors.As(err, &refused) {
		t.Errorf("a node with an unknown key behind a bastion: %v", err)
	}
	l.trust("node:22", l.host.HostKey.PublicKey())
	conn, err := l.conf.SSH(t.Context(), to)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if got, _ := output(t, conn, "echo here"); got != "here\n" {
		t.Errorf("%q", got)
	}
	if u := bastion.Logins(); len(u) == 0 || u[len(u)-1] != "jumper" {
		t.Errorf("at the bastion log in %v", u)
	}
	if u := l.host.Logins(); len(u) != 1 || u[0] != "dba" {
		t.Errorf("at the node log in %v", u)
	}
}

func TestAJumpHostIsNotTrustedForTheSakeOfTheHostBehind(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	bastion := &sshd.Server{HostKey: sshd.NewKey(t), Keys: l.host.Keys, Network: l.network}
	outer := sshd.NewNetwork(t)
	outer.Add("bastion:22", bastion)
	l.conf.Dial = outer.Dial
	to := node()
	to.SSHArgs = "-o StrictHostKeyChecking=no -o ProxyCommand='ssh -W %h:%p -q jumper@bastion'"
	var refused *transport.HostKeyError
	if _, err := l.conf.SSH(t.Context(), to); !errors.As(err, &refused) || len(bastion.Logins()) > 0 {
		t.Errorf("a bastion with an unknown key: %v", err)
	}
	l.trust("bastion:22", bastion.HostKey.PublicKey())
	conn, err := l.conf.SSH(t.Context(), to)
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.Close()
	if u := bastion.Logins(); len(u) == 0 || u[len(u)-1] != "jumper" {
		t.Errorf("at the bastion log in %v", u)
	}
}

func TestAHostIsCheckedUnderItsAliasInTheFileThatIsNamed(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.trust("node:22", sshd.NewKey(t).PublicKey()) // the operator's own file knows another host of that name
	file := filepath.Join(t.TempDir(), "known")
	if err := os.WriteFile(file, []byte(knownhosts.Line([]string{"alias"}, l.host.HostKey.PublicKey())+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	to := node()
	for args, in := range map[string]bool{
		"-o HostKeyAlias=alias -o UserKnownHostsFile=" + file: true, "-o UserKnownHostsFile=" + file: false, "-o HostKeyAlias=alias": false, "": false,
	} {
		to.SSHArgs = args
		conn, err := l.conf.SSH(t.Context(), to)
		if (err == nil) != in {
			t.Errorf("%q: %v", args, err)
		}
		if conn != nil {
			_ = conn.Close()
		}
	}
	to.SSHArgs = "-o HostKeyAlias=second -o UserKnownHostsFile=" + file
	if _, err := l.conf.Trust(to, l.host.HostKey.PublicKey(), false); err != nil {
		t.Fatal(err)
	}
	if text, _ := os.ReadFile(file); !strings.Contains(string(text), "second ssh-") {
		t.Errorf("the key is not recorded under its alias, in the file that is named: %s", text)
	}
}

func TestOnlyTheWaysToLogInThatAreLeftAreTried(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.trust("node:22", l.host.HostKey.PublicKey())
	l.host.Password = "right"
	to := node()
	to.Password = "right"
	for args, in := range map[string]bool{
		"": true, "-o PubkeyAuthentication=no": true, "-o PubkeyAuthentication=no -o PasswordAuthentication=no -o KbdInteractiveAuthentication=no": false,
		"-o PreferredAuthentications=publickey -i /nowhere": false, "-i /nowhere -o IdentitiesOnly=yes": true,
	} {
		to.SSHArgs = args
		conn, err := l.conf.SSH(t.Context(), to)
		if (err == nil) != in {
			t.Errorf("%q: %v", args, err)
		}
		if conn != nil {
			_ = conn.Close()
		}
	}
}

func TestSSHConfigSaysWhatTheInventoryDoesNot(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.network.Add("10.0.0.7:2200", l.host)
	l.trust("[10.0.0.7]:2200", l.host.HostKey.PublicKey())
	file := filepath.Join(t.TempDir(), "config")
	text := "Host alias\n  HostName 10.0.0.7\n  Port 2200\n  User fromconfig\n  IdentityFile " + l.conf.Identities[0] + "\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	l.conf.ConfigFiles, l.conf.Identities = []string{"/nowhere/config", file}, nil
	conn, err := l.conf.SSH(t.Context(), transport.Target{Name: "a", Addr: "alias"})
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.Close()
	if u := l.host.Logins(); len(u) != 1 || u[0] != "fromconfig" {
		t.Errorf("logged in as %v", u)
	}
	conn, err = l.conf.SSH(t.Context(), transport.Target{Name: "a", Addr: "alias", User: "inventory"})
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.Close()
	if u := l.host.Logins(); u[len(u)-1] != "inventory" {
		t.Errorf("the inventory's user does not win: %v", u)
	}
}

func TestAHostThatDoesNotAnswerIsGivenUp(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.network.AddSilent("silent:22")
	to := node()
	to.Addr, to.Timeout = "silent", 300*time.Millisecond
	if _, err := l.conf.SSH(t.Context(), to); err == nil || !strings.Contains(err.Error(), "no answer within 300ms") {
		t.Errorf("a silent host: %v", err)
	}
	to.Addr = "nowhere"
	if _, err := l.conf.SSH(t.Context(), to); err == nil || !strings.Contains(err.Error(), "no route to host") {
		t.Errorf("a host that is not there: %v", err)
	}
}
