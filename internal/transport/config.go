package transport

import (
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/kevinburke/ssh_config"
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

// settings are the answers of the ssh_config files for one host alias.
type settings struct {
	files []*ssh_config.Config
	alias string
}

func (c Config) settings(alias string) (settings, error) {
	s := settings{alias: alias}
	for _, path := range c.ConfigFiles {
		file, err := os.Open(path)
		if err != nil {
			continue
		}
		parsed, err := ssh_config.Decode(file)
		_ = file.Close()
		if err != nil {
			return s, fmt.Errorf("reading %s: %w", path, err)
		}
		s.files = append(s.files, parsed)
	}
	return s, nil
}

func (s settings) get(key string) string {
	for _, f := range s.files {
		if v, err := f.Get(s.alias, key); err == nil && v != "" {
			return v
		}
	}
	return ""
}

func (s settings) all(key string) []string {
	for _, f := range s.files {
		if v, err := f.GetAll(s.alias, key); err == nil && len(v) > 0 {
			return v
		}
	}
	return nil
}

// resolve fills t from ssh_config: what the inventory says wins.
func (c Config) resolve(t Target) (Target, []string, error) {
	s, err := c.settings(t.Addr)
	if err != nil {
		return t, nil, err
	}
	if t.User == "" {
		t.User = s.get("User")
	}
	if t.User == "" {
		if u, err := user.Current(); err == nil {
			t.User = u.Username
		}
	}
	if t.Port == 0 {
		t.Port, _ = strconv.Atoi(s.get("Port"))
	}
	if t.Port == 0 {
		t.Port = 22
	}
	if t.ProxyJump == "" {
		t.ProxyJump = s.get("ProxyJump")
	}
	if name := s.get("HostName"); name != "" {
		t.Addr = strings.ReplaceAll(name, "%h", t.Addr)
	}
	if f := s.get("UserKnownHostsFile"); f != "" && t.KnownHosts == "" {
		t.KnownHosts = c.expand(strings.Fields(f)[0])
	}
	var keys []string
	if t.KeyFile != "" {
		keys = []string{c.expand(t.KeyFile)}
	}
	for _, k := range s.all("IdentityFile") {
		keys = append(keys, c.expand(k))
	}
	if len(keys) == 0 {
		keys = c.Identities
	}
	return t, keys, nil
}

func (c Config) expand(path string) string { return Expand(path, c.Home) }

// Expand is the path that ~/ stands for in a home; another one, or without a home, stays as it is.
func Expand(path, home string) string {
	if rest, ok := strings.CutPrefix(path, "~/"); ok && home != "" {
		return filepath.Join(home, rest)
	}
	return path
}
