package transport

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Config is what pig itself knows about SSH, apart from any one host.
type Config struct {
	Dial        DialFunc
	Home        string   // of the operator, for ~/.ssh
	ConfigFiles []string // ssh_config files, the first that has an answer wins
	KnownHosts  []string // known_hosts files; the first one is where pig node trust writes
	Identities  []string // key files to try where nothing else says which
	AgentSocket string   // of ssh-agent, "" for none
}

// UserConfig is the operator's own configuration, as ssh would find it.
func UserConfig(dial DialFunc) Config {
	home, err := os.UserHomeDir()
	if err != nil {
		home = "/"
	}
	dir := filepath.Join(home, ".ssh")
	c := Config{
		Dial: dial, Home: home, AgentSocket: os.Getenv("SSH_AUTH_SOCK"),
		ConfigFiles: []string{filepath.Join(dir, "config"), "/etc/ssh/ssh_config"},
		KnownHosts:  []string{filepath.Join(dir, "known_hosts"), "/etc/ssh/ssh_known_hosts"},
	}
	for _, name := range []string{"id_ed25519", "id_ecdsa", "id_rsa"} {
		c.Identities = append(c.Identities, filepath.Join(dir, name))
	}
	return c
}

// route is a target with everything that decides how it is reached, as whom, and whom pig believes.
type route struct {
	Target
	keys        []string
	certs       []string
	onlyKeys    bool // IdentitiesOnly
	agentSocket string
	known       []string // known_hosts files
	checkAs     string   // HostKeyAlias
	proxyJump   string
	configFiles []string
	network     string   // tcp, tcp4 or tcp6
	attempts    int      // ConnectionAttempts
	methods     []string // PreferredAuthentications, without those that are switched off
	insecure    bool     // StrictHostKeyChecking no
	algorithms  algorithms
}

// answers gives the settings for a host: options of the command line first, then the ssh_config files.
func (c Config) answers(t Target) (*answers, []string, error) {
	given, err := parseArgs(t.SSHArgs)
	if err != nil {
		return nil, nil, err
	}
	files := c.ConfigFiles
	switch {
	case given.config == "none":
		files = nil
	case given.config != "":
		files = []string{Expand(given.config, c.Home)}
		if _, err := os.Stat(files[0]); err != nil {
			return nil, nil, fmt.Errorf("SSH option -F: %w", err)
		}
	case t.configFile != "":
		files = strings.Split(t.configFile, "\n")
	}
	a := newAnswers(c.Home, t.Addr, t.User)
	for _, s := range given.settings {
		a.give(s)
	}
	for range 2 {
		for _, f := range files {
			if err := a.read(f, 0); err != nil {
				return nil, nil, err
			}
		}
		if !a.wanted || a.final {
			break
		}
		a.final = true
	}
	return a, files, nil
}

// resolve fills t from its SSH options and ssh_config: what the inventory says wins.
func (c Config) resolve(t Target) (route, error) {
	a, files, err := c.answers(t)
	if err != nil {
		return route{}, err
	}
	r := route{Target: t, configFiles: files, network: "tcp", attempts: 1}
	asked := t.Addr
	if r.User == "" {
		r.User = first(a.get("user"), localUser())
	}
	if r.Port == 0 {
		if r.Port, err = number(a, "port", 22, 65535); err != nil {
			return r, err
		}
	}
	if name := a.get("hostname"); name != "" {
		r.Addr = strings.NewReplacer("%h", asked, "%n", asked, "%%", "%").Replace(name)
	}
	x := &tokens{host: r.Addr, asked: asked, port: strconv.Itoa(r.Port), user: r.User, home: c.Home}
	r.proxyJump = first(t.ProxyJump, a.get("proxyjump"))
	r.proxyJump = x.expand(r.proxyJump)
	r.known = c.knownFiles(a, x)
	r.checkAs = x.expand(a.get("hostkeyalias"))
	if err := r.trust(a); err != nil {
		return r, err
	}
	if err := r.reach(a); err != nil {
		return r, err
	}
	if r.methods, err = authentications(a); err != nil {
		return r, err
	}
	if r.algorithms, err = chooseAlgorithms(a); err != nil {
		return r, err
	}
	c.identities(&r, a, x)
	return r, x.err
}

// knownFiles are the known_hosts files that are asked, the operator's own first.
func (c Config) knownFiles(a *answers, x *tokens) []string {
	own, global := c.KnownHosts[:min(1, len(c.KnownHosts))], c.KnownHosts[min(1, len(c.KnownHosts)):]
	list := func(text string) (files []string) {
		for f := range strings.FieldsSeq(text) {
			if f != "none" {
				files = append(files, x.expand(f))
			}
		}
		return files
	}
	if text := a.get("userknownhostsfile"); text != "" {
		own = list(text)
	}
	if text := a.get("globalknownhostsfile"); text != "" {
		global = list(text)
	}
	return slices.Concat(own, global)
}

// trust reads StrictHostKeyChecking. pig asks nobody while it runs, and records keys only with pig node trust.
func (r *route) trust(a *answers) error {
	switch v := strings.ToLower(a.get("stricthostkeychecking")); v {
	case "", "yes", "true", "ask":
	case "no", "false", "off":
		r.insecure = true
	case "accept-new":
		return fmt.Errorf("StrictHostKeyChecking accept-new is not supported: record the keys with pig node trust %s", r.Name)
	default:
		return fmt.Errorf("invalid StrictHostKeyChecking %q", v)
	}
	r.insecure = r.insecure || r.Insecure
	return nil
}

// reach reads how the network is used.
func (r *route) reach(a *answers) (err error) {
	switch v := strings.ToLower(a.get("addressfamily")); v {
	case "", "any":
	case "inet":
		r.network = "tcp4"
	case "inet6":
		r.network = "tcp6"
	default:
		return fmt.Errorf("invalid AddressFamily %q", v)
	}
	if r.attempts, err = number(a, "connectionattempts", 1, 1000); err != nil {
		return err
	}
	if r.Timeout == 0 && a.get("connecttimeout") != "none" { // a timeout of the command line or the inventory wins
		n, err := number(a, "connecttimeout", 0, 86400)
		if err != nil {
			return err
		}
		r.Timeout = time.Duration(n) * time.Second
	}
	return nil
}

// identities reads which keys are offered.
func (c Config) identities(r *route, a *answers, x *tokens) {
	if r.KeyFile != "" {
		r.keys = []string{c.expand(r.KeyFile)}
	}
	for _, k := range a.values["identityfile"] {
		if k != "none" {
			r.keys = append(r.keys, x.expand(k))
		}
	}
	if r.KeyFile == "" && len(a.values["identityfile"]) == 0 {
		r.keys = c.Identities
	}
	for _, f := range a.values["certificatefile"] {
		r.certs = append(r.certs, x.expand(f))
	}
	r.onlyKeys = yes(a.get("identitiesonly"), false)
	r.agentSocket = c.AgentSocket
	switch s := a.get("identityagent"); {
	case s == "none":
		r.agentSocket = ""
	case s == "" || s == "SSH_AUTH_SOCK":
	case strings.HasPrefix(s, "$") && !strings.HasPrefix(s, "${"):
		r.agentSocket = os.Getenv(s[1:])
	default:
		r.agentSocket = x.expand(s)
	}
}

// authentications are the ways to log in, in the order in which they are tried.
func authentications(a *answers) ([]string, error) {
	all := []string{"publickey", "keyboard-interactive", "password"}
	if text := a.get("preferredauthentications"); text != "" {
		all = strings.Split(text, ",")
	}
	kbd := first(a.get("kbdinteractiveauthentication"), a.get("challengeresponseauthentication"))
	on := map[string]bool{
		"publickey": yes(a.get("pubkeyauthentication"), true), "password": yes(a.get("passwordauthentication"), true), "keyboard-interactive": yes(kbd, true),
	}
	all = slices.DeleteFunc(slices.Clone(all), func(m string) bool { return !on[m] })
	if len(all) == 0 {
		return nil, fmt.Errorf("no authentication method left: pig supports publickey, password and keyboard-interactive")
	}
	return all, nil
}

func yes(text string, absent bool) bool {
	switch strings.ToLower(text) {
	case "":
		return absent
	case "no", "false":
		return false
	}
	return true
}

func number(a *answers, key string, absent, most int) (int, error) {
	text := a.get(key)
	if text == "" {
		return absent, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > most {
		return 0, fmt.Errorf("invalid SSH option %s %q: want a number up to %d", key, text, most)
	}
	return n, nil
}

func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

func (c Config) expand(path string) string { return Expand(path, c.Home) }

// Expand is the path that ~/ stands for in a home; another one, or without a home, stays as it is.
func Expand(path, home string) string {
	if rest, ok := strings.CutPrefix(path, "~/"); ok && home != "" {
		return filepath.Join(home, rest)
	}
	return path
}
