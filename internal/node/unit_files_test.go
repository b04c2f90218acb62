package node

import (
	"os"
	"path/filepath"
	"testing"
)

func TestUnitsAreReadAgainWhereAnotherFileCounts(t *testing.T) {
	t.Parallel()
	top := t.TempDir()
	etc, lib := filepath.Join(top, "etc"), filepath.Join(top, "lib")
	for _, path := range []string{etc + "/both.service", lib + "/both.service", lib + "/package.service", lib + "/of@.service", etc + "/of@one.service"} {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for link, to := range map[string]string{etc + "/alias.service": lib + "/package.service", etc + "/masked.service": "/dev/null"} {
		if err := os.Symlink(to, link); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		unit, fragment string
		want           bool
	}{
		{"both.service", lib + "/both.service", true},
		{"both.service", etc + "/both.service", false},
		{"package.service", lib + "/package.service", false},
		{"package.service", etc + "/package.service", true}, // it was removed
		{"alias.service", lib + "/package.service", false},
		{"masked.service", "/dev/null", false},
		{"masked.service", etc + "/masked.service", false},
		{"masked.service", lib + "/masked.service", true},
		{"of@one.service", lib + "/of@.service", true},
		{"of@two.service", lib + "/of@.service", false},
		{"transient.service", "/run/made/transient.service", false},
		{"none.service", "", false},
	} {
		if got := outranked([]string{etc, lib}, c.unit, c.fragment); got != c.want {
			t.Errorf("%s from %s: %v", c.unit, c.fragment, got)
		}
	}
}
