package law

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pig/internal/imitation"
)

// archive is a Debian package as far as pig looks into it by itself; fields are what dpkg-deb tells of it.
func archive(fields string) string {
	var b strings.Builder
	b.WriteString("!<arch>\n")
	for _, m := range [][2]string{{"debian-binary", "2.0\n"}, {"control.tar.xz", fields}, {"data.tar.xz", "data"}} {
		fmt.Fprintf(&b, "%-16s%-12d%-6d%-6d%-8s%-10d`\n%s", m[0], 0, 0, 0, "100644", len(m[1]), m[1])
		if len(m[1])%2 > 0 {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// withDpkg is Debian with the programs that read packages.
func withDpkg() *imitation.Universe {
	u := imitation.Debian()
	u.Commands["dpkg"] = func(c *imitation.Invocation) int { c.Say("amd64\n"); return 0 }
	u.Commands["dpkg-deb"] = func(c *imitation.Invocation) int {
		_, fields, ok := strings.Cut(string(c.Stdin), "Package: ")
		if !ok {
			return c.Fail("%s: not a Debian format archive", c.Argv[2])
		}
		fields, _, _ = strings.Cut(fields, "\n\n")
		c.Say("%s", "Package: "+fields+"\n")
		return 0
	}
	for _, name := range []string{"dpkg", "dpkg-deb"} {
		u.Base = append(u.Base, imitation.Laid{Path: "/usr/bin/" + name, Mode: 0o755})
	}
	return u
}

func TestPackagesOfOnesOwnComeIntoTheRepository(t *testing.T) {
	bubble(t, func(t *testing.T) {
		l := &lab{t: t, world: imitation.NewWorld(withDpkg()), dir: t.TempDir()}
		l.file = filepath.Join(l.dir, "pigsty.yml")
		l.write(oneInfra)
		m := l.world.Add("10.10.10.10")
		l.world.Add("10.10.10.11")
		m.Put(imitation.Laid{Path: "/www/pigsty/"})
		file := func(name, fields string) string {
			path := filepath.Join(l.dir, name)
			if err := os.WriteFile(path, []byte(archive(fields)), 0o600); err != nil {
				t.Fatal(err)
			}
			return path
		}
		citus := file("citus.deb", "Package: postgresql-17-citus\nVersion: 13.2.2-1\nArchitecture: amd64\n\n")
		other := file("other.deb", "Package: postgresql-17-citus\nVersion: 13.2.2-1\nArchitecture: amd64\nDescription: other\n\n")
		strange := file("strange.deb", "Package: tool\nVersion: 1\nArchitecture: s390x\n\n")
		tool := file("tool.deb", "Package: tool\nVersion: 1\nArchitecture: all\n\n")

		before := m.Deeds()
		if out := l.must("repo", "add", citus, "--check"); !strings.Contains(out, "create file /www/pigsty/postgresql-17-citus_13.2.2-1_amd64.deb") || m.Deeds() != before {
			t.Errorf("the plan did %d things:\n%s", m.Deeds()-before, out)
		}
		l.must("repo", "add", citus)
		if index := m.Content("/www/pigsty/Packages"); !strings.Contains(index, "Package: postgresql-17-citus\n") || !strings.Contains(index, "Filename: ./postgresql-17-citus_13.2.2-1_amd64.deb\n") {
			t.Errorf("the index is\n%s", index)
		}
		if signed := m.Content("/www/pigsty/InRelease"); !strings.HasPrefix(signed, "-----BEGIN PGP SIGNED MESSAGE-----") {
			t.Errorf("it is signed by\n%s", signed)
		}
		if key, list := m.Content("/etc/apt/keyrings/pigsty.asc"), m.Content("/etc/apt/sources.list.d/pigsty-local.list"); !strings.Contains(key, "PUBLIC KEY") || !strings.Contains(list, "signed-by=/etc/apt/keyrings/pigsty.asc") {
			t.Errorf("apt has the key %q and the list %q", key, list)
		}
		if out := l.must("repo", "add", citus); !strings.Contains(out, "changed=0") {
			t.Errorf("it comes in again:\n%s", out)
		}
		signed := m.Content("/www/pigsty/InRelease")
		for path, want := range map[string]string{other: "is in the repository with other contents", strange: "the package is for s390x, and this host is amd64"} {
			if out, code := l.pig("repo", "add", tool, path); code != 2 || !strings.Contains(out, want) || m.Content("/www/pigsty/InRelease") != signed || m.Content("/www/pigsty/tool_1_all.deb") != "" {
				t.Errorf("%s: exit status %d\n%s", path, code, out)
			}
		}
		if out := l.must("repo", "list"); !strings.Contains(out, "postgresql-17-citus") {
			t.Error(out)
		}
		m.Put(imitation.Laid{Path: "/www/pigsty/stray.deb", Content: "x"})
		if out, code := l.pig("repo", "list"); code != 2 || !strings.Contains(out, "stray.deb is not in the index") {
			t.Errorf("a file beside the index: exit status %d\n%s", code, out)
		}
		if out, _ := l.pig("plan"); !strings.Contains(out, "stray.deb is not in the index of /www/pigsty") {
			t.Errorf("the plan does not warn of a file beside the index:\n%s", out)
		}
	})
}

func TestARepositoryIsBuiltOfSomething(t *testing.T) {
	bubble(t, func(t *testing.T) {
		l := &lab{t: t, world: imitation.NewWorld(withDpkg()), dir: t.TempDir()}
		l.file = filepath.Join(l.dir, "pigsty.yml")
		l.write(oneInfra)
		m := l.world.Add("10.10.10.10")
		l.world.Add("10.10.10.11")
		if out, code := l.pig("repo", "build"); code != 2 || !strings.Contains(out, "no packages to build a repository of") || m.Content("/www/pigsty/Packages") != "" {
			t.Errorf("without any source: exit status %d\n%s", code, out)
		}
		m.Put(imitation.Laid{Path: "/www/pigsty/tool_1_all.deb", Content: "Package: tool\nVersion: 1\nArchitecture: all\n\n"})
		l.must("repo", "build")
		if index := m.Content("/www/pigsty/Packages"); !strings.Contains(index, "Package: tool\n") {
			t.Errorf("files that are there: %s", index)
		}
	})
}

func TestAFullDiskTakesNoPackages(t *testing.T) {
	bubble(t, func(t *testing.T) {
		u := withDpkg()
		u.Commands["df"] = func(c *imitation.Invocation) int {
			c.Say("Filesystem 1-blocks Used Available Capacity Mounted on\n/dev/vda1 1000000 999900 100 100%% /\n")
			return 0
		}
		l := &lab{t: t, world: imitation.NewWorld(u), dir: t.TempDir()}
		l.file = filepath.Join(l.dir, "pigsty.yml")
		l.write(oneInfra)
		m := l.world.Add("10.10.10.10")
		l.world.Add("10.10.10.11")
		deb := filepath.Join(l.dir, "tool.deb")
		if err := os.WriteFile(deb, []byte(archive("Package: tool\nVersion: 1\nArchitecture: all\n\n")), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, code := l.pig("repo", "add", deb); code != 2 || !strings.Contains(out, "/ has 0 MB free: adding these packages needs 1 MB") || m.Content("/www/pigsty/tool_1_all.deb") != "" {
			t.Errorf("exit status %d\n%s", code, out)
		}
	})
}
