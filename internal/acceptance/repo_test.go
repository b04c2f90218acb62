//go:build linux

package acceptance

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pig/internal/sandbox"
)

// What stands for the distribution's mirror in this test: the repository of a first environment.
const repoInventory = `
all:
  children:
    infra: { hosts: { 10.10.10.10: { infra_seq: 1 } } }
  vars: { admin_ip: 10.10.10.10, node_repo_modules: local, node_tune: none }
`

// A second environment, on a bare node, that builds its repository from there.
const builtInventory = `
all:
  children:
    infra: { hosts: { 10.10.10.11: { infra_seq: 1 } } }
  vars:
    admin_ip: 10.10.10.11
    node_repo_modules: local
    node_tune: none
    pg_version: 17
    repo_modules: upstream
    repo_upstream:
      - { name: upstream, description: a mirror, module: upstream, releases: [ 12, 13 ], arch: [ x86_64, aarch64 ], key: environment, baseurl: { default: 'http://10.10.10.10/pigsty ./' } }
    repo_extra_packages: [ no-such-package ]
    repo_url_packages: [ { name: postgresql-by-url.deb, url: 'http://10.10.10.10/pigsty/LARGE', checksum: 'sha256:SUM' } ]
`

// TestRepository builds a repository from upstream, takes it away as a bundle, and installs from that where there is no network.
func TestRepository(t *testing.T) {
	thorough(t)
	l := labOf(t, sandbox.Config{}, repoInventory, "10.10.10.10", "10.10.10.11", "10.10.10.12")
	l.must(0, "infra", "-t", "ca,repo")

	large := l.node("10.10.10.10", "sh", "-c", "cd /www/pigsty && ls postgresql-17_*")
	sum, _, _ := strings.Cut(l.node("10.10.10.10", "sh", "-c", "cd /www/pigsty && sha256sum postgresql-17_*"), " ")
	built := strings.NewReplacer("LARGE", strings.TrimSpace(large), "SUM", sum).Replace(builtInventory)
	l.file("pigsty.yml", built)
	l.sub(t, "built from upstream", func(t *testing.T) {
		out := l.must(0, "repo", "build")
		if !strings.Contains(out, "no-such-package") {
			t.Errorf("what nobody has is not told:\n%s", tail(out))
		}
		if out := l.must(0, "repo", "build"); strings.Contains(out, "download") {
			t.Errorf("it fetches again what it has:\n%s", tail(out))
		}
		l.node("10.10.10.11", "sh", "-c", "cmp /www/pigsty/"+strings.TrimSpace(large)+" /www/pigsty/postgresql-by-url.deb")
		l.must(0, "infra", "-t", "repo,node")
		l.node("10.10.10.11", "sh", "-c", "rm /etc/apt/sources.list.d/upstream.list; apt-get -qq update && apt-get -q -s install postgresql-17-pgvector patroni")
	})
	l.sub(t, "a bundle", func(t *testing.T) {
		if out := l.must(0, "repo", "bundle", "x.tgz"); !strings.Contains(out, "as listed in the index") {
			t.Error(tail(out))
		}
		whole, err := os.ReadFile(filepath.Join(l.dir, "x.tgz"))
		if err != nil {
			t.Fatal(err)
		}
		l.file("cut.tgz", string(whole[:len(whole)/2]))
		if code, out := l.bare("repo", "verify", "cut.tgz"); code != 1 || !strings.Contains(out, "cut.tgz") {
			t.Errorf("half of it, exit %d: %s", code, out)
		}
		if code, out := l.bare("repo", "verify", "x.tgz"); code != 0 {
			t.Errorf("exit %d: %s", code, out)
		}
	})
	l.sub(t, "an installation without a network", func(t *testing.T) {
		l.file("pigsty.yml", strings.NewReplacer("10.10.10.11", "10.10.10.12", "repo_modules: upstream", "repo_modules: none").Replace(built))
		l.must(0, "repo", "load", "x.tgz")
		l.must(0, "infra", "-t", "repo,node")
		l.node("10.10.10.12", "sh", "-c", "apt-get -qq update && apt-get -q -s install postgresql-17 etcd-server haproxy")
	})
}
