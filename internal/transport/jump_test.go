package transport

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestProxyJumpThatLeadsToItself(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		config string
		want   []string
	}{
		"a host by itself":   {"Host bastion\n  ProxyJump bastion\n", []string{"bastion:22 -> bastion:22", "loop"}},
		"by a pattern":       {"Host *\n  ProxyJump bastion\n", []string{"node:22 -> bastion:22 -> bastion:22", "loop"}},
		"by another":         {"Host node\n  ProxyJump a\nHost a\n  ProxyJump b\nHost b\n  ProxyJump a\n", []string{"node:22 -> a:22 -> b:22 -> a:22"}},
		"by its real name":   {"Host *\n  ProxyJump jump\nHost jump\n  HostName 192.0.2.1\n", []string{"192.0.2.1:22 -> 192.0.2.1:22"}},
		"with user and port": {"Host *\n  ProxyJump me@bastion:2222\n", []string{"bastion:2222 -> bastion:2222"}},
		"a long chain":       {"Host node\n  ProxyJump a,b,c,d,e,f,g,h,i\n", []string{"at most 7"}},
	} {
		file := filepath.Join(t.TempDir(), "config")
		if err := os.WriteFile(file, []byte(c.config), 0o600); err != nil {
			t.Fatal(err)
		}
		conf := Config{ConfigFiles: []string{file}, Dial: func(context.Context, string, string) (net.Conn, error) {
			return nil, errors.New("nobody is to be dialled")
		}}
		target := Target{Name: "node", Addr: "node", Insecure: true}
		if name == "a host by itself" {
			target.Addr = "bastion"
		}
		_, err := conf.SSH(t.Context(), target)
		for _, w := range append(c.want, "ProxyJump") {
			if err == nil || !strings.Contains(err.Error(), w) {
				t.Errorf("%s: %v, want %q", name, err, w)
			}
		}
	}
}
