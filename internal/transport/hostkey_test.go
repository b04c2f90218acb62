package transport

import (
	"os"
	"path/filepath"
	"testing"
)

func TestDroppingAHostLeavesTheOthers(t *testing.T) {
	t.Parallel()
	const before = "# comment, with a comma\n\n10.0.0.1,node-1 ssh-ed25519 AAAA\n10.0.0.2 ssh-ed25519 BBBB\n|1|x|y ssh-ed25519 CCCC\n10.0.0.21 ssh-ed25519 DDDD\n"
	for _, c := range []struct{ host, want string }{
		{"10.0.0.1", "# comment, with a comma\n\nnode-1 ssh-ed25519 AAAA\n10.0.0.2 ssh-ed25519 BBBB\n|1|x|y ssh-ed25519 CCCC\n10.0.0.21 ssh-ed25519 DDDD\n"},
		{"10.0.0.2", "# comment, with a comma\n\n10.0.0.1,node-1 ssh-ed25519 AAAA\n|1|x|y ssh-ed25519 CCCC\n10.0.0.21 ssh-ed25519 DDDD\n"},
		{"10.0.0.9", before},
	} {
		file := filepath.Join(t.TempDir(), "known_hosts")
		if err := os.WriteFile(file, []byte(before), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := dropHost(file, c.host); err != nil {
			t.Fatal(err)
		}
		if got, _ := os.ReadFile(file); string(got) != c.want {
			t.Errorf("without %s: %q", c.host, got)
		}
	}
}
