package law

import (
	"fmt"
	"strings"
	"testing"

	"pig/internal/imitation"
)

// unfilled is an environment that nobody has brought packages to.
const unfilled = `
all:
  children:
    infra: { hosts: { 10.10.10.10: { infra_seq: 1 } } }
    etcd: { hosts: { 10.10.10.10: { etcd_seq: 1 } }, vars: { etcd_cluster: etcd } }
    pg-meta: { hosts: { 10.10.10.10: { pg_seq: 1, pg_role: primary } }, vars: { pg_cluster: pg-meta } }
  vars:
    admin_ip: 10.10.10.10
    pg_version: 17
    pg_conf: tiny.yml
    node_tune: none
`

const upstream = "    repo_upstream: [ { name: debian, module: node, baseurl: { default: 'http://mirror.example.org/debian ${distro_codename} main' } } ]\n"

// An environment without any source of packages is refused before a host gives up the repositories that it has, and told what to write. A plan without a
// connection goes on.
func TestAnEnvironmentWithoutPackagesIsRefused(t *testing.T) {
	const says = "no packages for the hosts: /www/pigsty has none, and repo_upstream has no repository of the modules infra, node, pgsql (repo_modules). " +
		"Write where packages come from, such as repo_upstream: [ { name: debian, module: infra, "
	bubble(t, func(t *testing.T) {
		l := newLab(t, unfilled, "10.10.10.10")
		if out, code := l.pig("plan"); code != 2 || !strings.Contains(out, says) {
			t.Errorf("plan ends with %d\n%s", code, out)
		}
		refused(t, l, says)
		if out, code := l.pig("repo", "build"); code != 2 || !strings.Contains(out, "no packages to build a repository of: /www/pigsty has none, and repo_upstream") {
			t.Errorf("repo build ends with %d\n%s", code, out)
		}
		if out, code := l.pig("plan", "--offline"); code != 0 {
			t.Errorf("plan --offline ends with %d\n%s", code, out)
		}
		l.write(unfilled + "    node_repo_modules: ''\n    node_repo_remove: false\n")
		holds(t, l)
	})
}

// withMirror is Debian whose hosts can fetch packages as files from a mirror.
func withMirror() *imitation.Universe {
	u := withDpkg()
	u.Commands["apt-cache"] = func(c *imitation.Invocation) int {
		for _, name := range c.Argv[2:] {
			if p, ok := u.Packages[name]; ok && c.Argv[1] == "madison" {
				c.Say("%s | %s | http://mirror.example.org/debian trixie/main amd64 Packages\n", name, p.Version)
			} else if ok {
				c.Say("%s\n", name)
			}
		}
		return 0
	}
	u.Commands["apt-get"] = func(c *imitation.Invocation) int {
		_, names, _ := strings.Cut(strings.Join(c.Argv, " "), " download ")
		for _, name := range strings.Fields(names) {
			fields := fmt.Sprintf("Package: %s\nVersion: %s\nArchitecture: amd64\n\n", name, u.Packages[name].Version)
			c.Machine.Put(imitation.Laid{Path: "/www/pigsty/" + name + "_" + strings.ReplaceAll(u.Packages[name].Version, ":", "%3a") + "_amd64.deb", Content: archive(fields)})
		}
		return 0
	}
	for _, name := range []string{"apt-cache", "apt-get"} {
		u.Base = append(u.Base, imitation.Laid{Path: "/usr/bin/" + name, Mode: 0o755})
	}
	return u
}

// With one entry of repo_upstream the first plan of an environment is without a mistake, with and without a connection, and the first apply installs it.
func TestOneEntryOfUpstreamIsEnough(t *testing.T) {
	bubble(t, func(t *testing.T) {
		l := newLab(t, unfilled+upstream)
		l.world.AddOf("10.10.10.10", withMirror())
		for _, args := range [][]string{{"plan", "--offline"}, {"plan"}} {
			if out, code := l.pig(args...); code != 0 {
				t.Errorf("pig %s ends with %d\n%s", strings.Join(args, " "), code, out)
			}
		}
		holds(t, l)
		if index := l.world.Machine("10.10.10.10").Content("/www/pigsty/Packages"); !strings.Contains(index, "Package: patroni\n") {
			t.Errorf("the repository has\n%s", index)
		}
	})
}
