package builtin

import (
	"path/filepath"
	"sync"
	"testing"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

func TestAnAuthorityIsMadeOnceByUnitsSideBySide(t *testing.T) {
	t.Parallel()
	table := Table()
	for range 50 { // two that begin at once do not always meet
		begin, dir := make(chan struct{}), t.TempDir()
		var units sync.WaitGroup
		certs := make([]string, 16)
		for i := range certs {
			units.Go(func() {
				<-begin
				args := value.DictOf("key", filepath.Join(dir, "ca.key"), "cert", filepath.Join(dir, "ca.crt"), "cn", "ca", "authority", true)
				r := module.Run(t.Context(), node.NewLive(), table, module.Task{Module: "x509", Args: args})
				if r.Failed != "" {
					t.Errorf("unit %d: %s", i, r.Failed)
					return
				}
				certs[i] = value.Str(r.Values.At("cert"))
			})
		}
		close(begin)
		units.Wait()
		for i, cert := range certs {
			if cert != certs[0] {
				t.Fatalf("unit %d has another authority than the first", i)
			}
		}
	}
}
