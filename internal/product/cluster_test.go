package product_test

import (
	"strings"
	"testing"

	"pig/internal/product"
)

// Passwords of a cluster go with its last host. Shards of one horizontal cluster have the same passwords.
func TestPasswordsGoWithTheLastHost(t *testing.T) {
	t.Parallel()
	env := environment(t)
	for _, c := range []struct {
		host, hosts string
		whole       bool
	}{
		{"10.0.0.4", "10.0.0.4 10.0.0.5", true},
		{"10.0.0.4", "10.0.0.4", false},
		{"10.0.0.2", "10.0.0.2", false},
		{"10.0.0.2", "10.0.0.2 10.0.0.3", true},
		{"10.0.0.6", "10.0.0.6", true}, // of MinIO: no cluster has passwords of its own
	} {
		if got := env.GoesWhole(c.host, strings.Fields(c.hosts)); got != c.whole {
			t.Errorf("%s with %s: %v", c.host, c.hosts, got)
		}
	}
}

// A name below files/pki is one certificate, but for those that hosts share, and each is on a host of the inventory.
func TestCertificates(t *testing.T) {
	t.Parallel()
	env := environment(t)
	var names []string
	for _, c := range env.Certificates() {
		if env.Host(c.Host) == nil || c.Member == "" || c.Cert == "" && c.Key != "" || c.CA && c.Key != "" {
			t.Errorf("%+v", c)
		}
		if !strings.HasPrefix(c.Name, "node/") {
			names = append(names, c.Name)
		}
	}
	if got := strings.Join(names, " "); got != "infra/infra-1 nginx/pigsty etcd/ca etcd/etcd-1 etcd/etcd-1-admin minio/minio-1 pgsql/shard0-1 pgsql/shard1-1 pgsql/alone-1 pgsql/alone-2" {
		t.Error(got)
	}
}

// A verb stands once, in a group of help, with a text and an example for each.
func TestVerbs(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, p := range environment(t).Products() {
		c, ok := p.(product.Commander)
		if !ok {
			continue
		}
		for _, v := range c.Verbs() {
			if seen[v.Name()] || v.Group == "" || v.Short == "" || v.Long == "" || !strings.Contains(v.Example, "pig "+v.Name()) || v.Run == nil {
				t.Errorf("%s of %s: %+v", v.Name(), p.Name(), v)
			}
			if v.Confirm != "" && v.Loses {
				t.Errorf("%s: --confirm is one name and several", v.Name())
			}
			seen[v.Name()] = true
		}
	}
}
