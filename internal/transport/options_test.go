package transport

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// shownRoute is what a route decides, as one text.
func shownRoute(r route) string {
	return fmt.Sprintf("%s@%s:%d jump=%s known=%s as=%s net=%s tries=%d within=%s keys=%s certs=%s only=%t agent=%s methods=%s insecure=%t ciphers=%s",
		r.User, r.Addr, r.Port, r.proxyJump, strings.Join(r.known, ","), r.checkAs, r.network, r.attempts, r.Timeout, strings.Join(r.keys, ","),
		strings.Join(r.certs, ","), r.onlyKeys, r.agentSocket, strings.Join(r.methods, ","), r.insecure, strings.Join(r.algorithms.ciphers, ","))
}

func resolved(t *testing.T, config string, target Target) (string, error) {
	t.Helper()
	home := t.TempDir()
	file := filepath.Join(home, ".ssh", "config")
	for name, text := range map[string]string{file: config, filepath.Join(home, "other"): "Host *\n  User other\n", filepath.Join(home, ".ssh", "inc.conf"): "Port 7\n"} {
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := Config{Home: home, ConfigFiles: []string{file}, KnownHosts: []string{"/own", "/global"}, Identities: []string{"/default"}, AgentSocket: "/agent"}
	r, err := c.resolve(target)
	return strings.ReplaceAll(shownRoute(r), home, "HOME"), err
}

// Each option is given as -o, and in an ssh_config: both have the effect, or are refused by name.
func TestEveryOptionIsObeyedOrRefused(t *testing.T) {
	t.Parallel()
	rows := map[string]string{ // the option and its value -> what it makes of the route, or after ! the mistake
		"AddressFamily inet6":                    "net=tcp6",
		"AddressFamily ipx":                      "!invalid AddressFamily",
		"CertificateFile ~/c-cert.pub":           "certs=HOME/c-cert.pub",
		"Ciphers aes256-ctr":                     "ciphers=aes256-ctr",
		"Ciphers none-such":                      "!pig supports none of them",
		"ConnectionAttempts 3":                   "tries=3",
		"ConnectTimeout 9":                       "within=9s",
		"GlobalKnownHostsFile /g1 /g2":           "known=/own,/g1,/g2",
		"HostKeyAlgorithms -ssh-rsa":             "",
		"HostKeyAlias alias":                     "as=alias",
		"HostName real.%h":                       "@real.node:",
		"IdentitiesOnly yes":                     "only=true",
		"IdentityAgent none":                     "agent= ",
		"IdentityAgent ~/a.sock":                 "agent=HOME/a.sock",
		"IdentityFile ~/k_%h_%p_%r":              "keys=HOME/k_node_22_dba",
		"IdentityFile /k%Z":                      "!token %Z",
		"IdentityFile /k${NO_SUCH_VARIABLE_PIG}": "!NO_SUCH_VARIABLE_PIG",
		"KbdInteractiveAuthentication no":        "methods=publickey,password ",
		"ChallengeResponseAuthentication no":     "methods=publickey,password ",
		"KexAlgorithms curve25519-sha256":        "",
		"MACs hmac-sha2-256":                     "",
		"PasswordAuthentication no":              "methods=publickey,keyboard-interactive ",
		"Port 2222":                              ":2222",
		"Port x":                                 "!invalid SSH option port",
		"PreferredAuthentications password":      "methods=password ",
		"PreferredAuthentications gssapi-keyex":  "!no authentication method left",
		"ProxyJump a,b:2222":                     "jump=a,b:2222",
		"ProxyCommand ssh -W %h:%p -q -p 9 me@b": "jump=me@b:9",
		"ProxyCommand nc -X 5 -x proxy:1080 %h":  "!proxycommand nc -X 5 -x proxy:1080 %h is not supported",
		"ProxyCommand none":                      "jump=none ",
		"PubkeyAcceptedAlgorithms +ssh-rsa":      "",
		"PubkeyAcceptedKeyTypes ssh-ed25519":     "",
		"PubkeyAuthentication no":                "methods=keyboard-interactive,password ",
		"StrictHostKeyChecking no":               "insecure=true",
		"StrictHostKeyChecking yes":              "insecure=false",
		"StrictHostKeyChecking accept-new":       "!pig node trust db",
		"StrictHostKeyChecking maybe":            "!invalid StrictHostKeyChecking",
		"User sam":                               "dba@", // the inventory's user wins
		"UserKnownHostsFile ~/k1 ~/k2":           "known=HOME/k1,HOME/k2,/global",
		"UserKnownHostsFile none":                "known=/global ",
		"BindAddress 192.0.2.9":                  "!bindaddress 192.0.2.9 is not supported",
		"BindInterface eth1":                     "!bindinterface eth1 is not supported",
		"CanonicalizeHostname yes":               "!write the whole name as HostName",
		"CanonicalizeHostname no":                "",
		"CASignatureAlgorithms ssh-ed25519":      "!casignaturealgorithms",
		"KnownHostsCommand /bin/x":               "!knownhostscommand",
		"PKCS11Provider /lib/p.so":               "!pkcs11provider",
		"ProxyUseFdpass yes":                     "!proxyusefdpass",
		"RevokedHostKeys /r":                     "!revokedhostkeys",
		"SecurityKeyProvider /lib/x":             "!securitykeyprovider",
		"VerifyHostKeyDNS yes":                   "!verifyhostkeydns",
		"RemoteCommand ls":                       "!remotecommand",
		"NoHostAuthenticationForLocalhost yes":   "!nohostauthenticationforlocalhost",
		"Tunnel yes":                             "!tunnel",
		"RefuseConnection gone":                  "!the connection is refused: gone",
		"PortAl 3":                               `!unknown SSH option "portal"`,
		"ControlMaster auto":                     "",
		"ControlPersist 60s":                     "",
		"ServerAliveInterval 30":                 "",
		"LogLevel ERROR":                         "",
		"BatchMode yes":                          "",
		"IgnoreUnknown UseMagic":                 "",
	}
	seen := map[string]bool{}
	for option, want := range rows {
		key, _, _ := strings.Cut(option, " ")
		seen[strings.ToLower(key)] = true
		for way, try := range map[string]func(Target) (string, error){
			"-o": func(target Target) (string, error) {
				target.SSHArgs = "-o '" + strings.Replace(option, " ", "=", 1) + "'"
				return resolved(t, "", target)
			},
			"a file": func(target Target) (string, error) { return resolved(t, "Host no*\n  "+option+"\n", target) },
		} {
			got, err := try(Target{Name: "db", Addr: "node", User: "dba"})
			mistake, bad := strings.CutPrefix(want, "!")
			switch {
			case bad && (err == nil || !strings.Contains(err.Error(), mistake)):
				t.Errorf("%s by %s: %v, want the mistake %q", option, way, err, mistake)
			case !bad && (err != nil || !strings.Contains(got+" ", want)):
				t.Errorf("%s by %s: %s, %v; want %q", option, way, got, err, want)
			}
		}
	}
	for key, r := range keywords {
		if r != idle && !seen[key] {
			t.Errorf("no row shows what %s does", key)
		}
	}
}

func TestWhatOnlyASessionDoesIsRefusedWhereItIsAskedFor(t *testing.T) {
	t.Parallel()
	for _, args := range []string{"-A", "-L 1:a:2", "-R 1:a:2", "-D 1080", "-X", "-o ForwardAgent=yes", "-W a:1", "-N", "-w 0:0", "node", "-o", "-o Port", "'-o"} {
		if err := CheckArgs(args); err == nil {
			t.Errorf("%s is taken, and does nothing", args)
		}
	}
	for _, args := range []string{"", "-C -o ControlMaster=auto -o ControlPersist=60s", "-q -T -x -a", "-vv", "-o ForwardAgent=no", "-o 'LogLevel = ERROR'"} {
		if err := CheckArgs(args); err != nil {
			t.Errorf("%s: %v", args, err)
		}
	}
	if _, err := resolved(t, "Host *\n  ForwardAgent yes\n  LocalForward 1 a:2\n", Target{Addr: "node"}); err != nil {
		t.Errorf("forwarding in a file is for other sessions: %v", err)
	}
}

func TestWhoSaysSomethingFirstWins(t *testing.T) {
	t.Parallel()
	me := localUser()
	for name, c := range map[string]struct {
		config string
		target Target
		want   string
	}{
		"the inventory":             {"Port 5\nUser f\n", Target{Port: 3, User: "inv", SSHArgs: "-p 4 -l o"}, "inv@node:3 "},
		"an option before a file":   {"Port 5\nUser f\n", Target{SSHArgs: "-p 4 -l o"}, "o@node:4 "},
		"the first option":          {"", Target{SSHArgs: "-p 4 -o Port=5"}, ":4 "},
		"the first block":           {"Host node\n  Port 5\nHost *\n  Port 6\n", Target{}, ":5 "},
		"a block for others":        {"Host other !node\n  Port 5\nHost *\n  Port 6\n", Target{}, ":6 "},
		"a pattern that takes away": {"Host * !node\n  Port 5\n", Target{}, ":22 "},
		"keys add up":               {"Host *\n  IdentityFile /b\n", Target{KeyFile: "/a", SSHArgs: "-i /c"}, "keys=/a,/c,/b "},
		"-F is the only file":       {"Port 5\n", Target{SSHArgs: "-F ~/other"}, "other@node:22 "},
		"-F none":                   {"Port 5\n", Target{SSHArgs: "-F none"}, me + "@node:22 "},
		"Include":                   {"Include inc.conf\nPort 9\n", Target{}, ":7 "},
		"Include for others":        {"Host other\n  Include inc.conf\nHost *\n  Port 9\n", Target{}, ":9 "},
		"Match host":                {"HostName real\nMatch host real\n  Port 9\n", Target{}, ":9 "},
		"Match originalhost":        {"HostName real\nMatch originalhost node\n  Port 9\n", Target{}, ":9 "},
		"Match user":                {"Match user sam,eve\n  Port 9\n", Target{User: "sam"}, ":9 "},
		"Match of others":           {"Match user sam,eve !host n*\n  Port 9\n", Target{User: "sam"}, ":22 "},
		"Match final":               {"Match final all\n  Port 9\nHost *\n  Port 8\n", Target{}, ":8 "},
		"Match final alone":         {"Match final all\n  Port 9\n", Target{}, ":9 "},
		"Match all":                 {"Host x\nMatch all\n  Port 9\n", Target{}, ":9 "},
		"an equals sign, quotes":    {"Port = 9\nIdentityFile \"/a b\" # mine\n", Target{}, ":9 jump= known=/own,/global as= net=tcp tries=1 within=0s keys=/a b "},
		"a mistake for others":      {"Host other\n  ProxyCommand nc %h\n", Target{}, ":22 "},
		"a mistake that comes late": {"ProxyJump b\nProxyJump c\nPort 4\nPort x\n", Target{}, ":4 jump=b "},
		"a ProxyCommand first":      {"ProxyCommand ssh -W %h:%p b\nProxyJump c\n", Target{}, "jump=b "},
		"a ProxyJump first":         {"ProxyJump c\nProxyCommand nc %h\n", Target{}, "jump=c "},
		"no ProxyJump first":        {"ProxyCommand none\nProxyJump c\n", Target{}, "jump=none "},
		"the timeout of a run":      {"ConnectTimeout 9\n", Target{Timeout: 3 * time.Second}, "within=3s "},
	} {
		c.target.Name, c.target.Addr = "db", "node"
		got, err := resolved(t, c.config, c.target)
		if err != nil || !strings.Contains(got+" ", c.want) {
			t.Errorf("%s: %s, %v; want %q", name, got, err, c.want)
		}
	}
	for config, want := range map[string]string{
		"Match exec true\n  Port 9\n": "config:1: Match exec is not supported",
		"Host *\n  BindAddress ::1\n": "config:2: bindaddress ::1 is not supported",
		"Host *\n  NoSuchThing x\n":   `config:2: unknown SSH option "nosuchthing"`,
		"Port\n":                      "config:1: port has no value",
		"IdentityFile \"/a\n":         "config:1: a quote",
		"Include config\n":            "Include is nested too deeply",
	} {
		if _, err := resolved(t, config, Target{Addr: "node"}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", config, err, want)
		}
	}
}

func TestListsOfAlgorithms(t *testing.T) {
	t.Parallel()
	can, old := []string{"a1", "a2", "b1"}, []string{"o1"}
	for text, want := range map[string][]string{
		"a2,o1,x": {"a2", "o1"}, "+o1,x": {"a1", "a2", "b1", "o1"}, "-a*": {"b1"}, "^b1": {"b1", "a1", "a2"}, "x": nil,
	} {
		if got := among(text, can, old); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}
