//go:build linux

package sandbox

import (
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestStateRoundTrip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "state.json")
	want := state{Version: stateVersion, Name: "pig", AdminUser: "dba",
		Control: []netip.Prefix{netip.MustParsePrefix("10.10.10.1/24")},
		Nodes:   []nodeState{{Name: "meta", Addr: netip.MustParseAddr("10.10.10.10"), Machine: "ip-10-10-10-10", Image: image{ID: "i", Lower: []string{"/l"}}}}}
	if err := want.save(path); err != nil {
		t.Fatal(err)
	}
	got, err := loadState(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"meta", "10.10.10.10", "ip-10-10-10-10"} {
		if n, ok := got.find(name); !ok || n.Name != "meta" {
			t.Errorf("find(%q) = %v, %v", name, n, ok)
		}
	}
	if _, ok := got.find("other"); ok {
		t.Error("found a node that is not there")
	}
	if _, err := parseState([]byte(`{"version": 99}`)); err == nil || !strings.Contains(err.Error(), "version 99") {
		t.Errorf("a newer state: %v", err)
	}
	if _, err := parseState([]byte(`{"vers`)); err == nil {
		t.Error("a torn state: want an error")
	}
}

func TestParseProcess(t *testing.T) {
	p, err := parseProcess("4711 12345 0a1b-2c\n")
	if err != nil || p != (process{4711, 12345, "0a1b-2c"}) {
		t.Errorf("got %v, %v", p, err)
	}
	for _, s := range []string{"", "4711", "4711 1", "x 1 b", "1 1 b", "-5 1 b", "7 y b"} {
		if _, err := parseProcess(s); err == nil {
			t.Errorf("%q: want an error", s)
		}
	}
}

func TestParseStat(t *testing.T) {
	st, err := parseStat("42 (a) R b) (c) S 1 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654 1 2 3")
	if err != nil || st.state != "S" || st.start != 987654 {
		t.Errorf("got %v, %v", st, err)
	}
	if _, err := parseStat("garbage"); err == nil {
		t.Error("want an error")
	}
}

func TestThisProcessIsAlive(t *testing.T) {
	st, err := readStat(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	me := process{PID: os.Getpid(), Start: st.start, Boot: bootID()}
	if !me.alive() {
		t.Error("this process is taken for dead")
	}
	reused := me
	reused.Start++
	if reused.alive() {
		t.Error("another process with the same pid is taken for this one")
	}
	rebooted := me
	rebooted.Boot = "earlier"
	if rebooted.alive() {
		t.Error("a process of an earlier boot is taken for this one")
	}
}

func TestIsInit(t *testing.T) {
	if !isInit("Name:\tsystemd\nNSpid:\t4711\t1\n") || isInit("NSpid:\t4711\n") || isInit("NSpid:\t4711\t17\n") || isInit("") {
		t.Error("NSpid is read wrongly")
	}
}

func TestParseCgroupMounts(t *testing.T) {
	v1 := `tmpfs /sys/fs/cgroup tmpfs rw 0 0
cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,cpu,cpuacct 0 0
cgroup /sys/fs/cgroup/cpuset cgroup rw,cpuset 0 0
cgroup /sys/fs/cgroup/systemd cgroup rw,name=systemd 0 0
cgroup2 /sys/fs/cgroup/unified cgroup2 rw,nsdelegate 0 0
`
	want := []string{"/sys/fs/cgroup/cpu,cpuacct", "/sys/fs/cgroup/systemd", "/sys/fs/cgroup/unified"}
	if got := parseCgroupMounts(v1); !slices.Equal(got, want) {
		t.Errorf("v1: %v", got)
	}
	if got := parseCgroupMounts("cgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n"); !slices.Equal(got, []string{"/sys/fs/cgroup"}) {
		t.Errorf("v2: %v", got)
	}
}

func TestMemberOf(t *testing.T) {
	table := "8:pids:/pig-sandbox/a/ip-1\n0::/pig-sandbox/a/ip-1/payload/x\n"
	for path, want := range map[string]bool{
		"/pig-sandbox/a": true, "/pig-sandbox/a/ip-1": true, "/pig-sandbox/a/ip": false, "/pig-sandbox/b": false,
	} {
		if got := memberOf(table, path); got != want {
			t.Errorf("memberOf(%q) = %v", path, got)
		}
	}
}

func TestStackHasEverySection(t *testing.T) {
	for _, system := range Systems() {
		for _, kind := range []string{"base", "prepared", "repo"} {
			names, err := packages(system, kind)
			if err != nil || len(names) < 4 {
				t.Errorf("%s %s: %v, %v", system, kind, names, err)
			}
			for _, n := range names {
				if n == "tuned" || n == "polkitd" || n == "libpam-systemd" || strings.HasPrefix(n, "#") {
					t.Errorf("%s %s has %s", system, kind, n)
				}
			}
		}
	}
	if _, err := parseStack("stray\n"); err == nil {
		t.Error("a name before any section: want an error")
	}
}

func TestSources(t *testing.T) {
	all, err := parseSources(sourceText)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"minio", "victoria-logs"} {
		if len(all[name]) < 4 || !strings.HasPrefix(all[name][2], "v") {
			t.Errorf("%s: %q", name, all[name])
		}
	}
	if _, err := parseSources("minio github.com/minio/minio"); err == nil {
		t.Error("a line without a version was accepted")
	}
	if _, err := newImages(t.TempDir(), "debian13", nil).stocked(t.Context(), "repo", []string{"grafana"}); err == nil || !strings.Contains(err.Error(), "grafana") {
		t.Errorf("an unknown package: %v", err)
	}
}

func TestRecipeID(t *testing.T) {
	a := recipeID("script", "x", "y")
	if len(a) != 12 || a == recipeID("script", "xy") || a == recipeID("script2", "x", "y") {
		t.Error("different recipes, same id")
	}
}

func TestImageKind(t *testing.T) {
	if got := (image{ID: "debian13/base-0123"}).kind(); got != "debian13/base" {
		t.Error(got)
	}
}

func TestPackagesIndex(t *testing.T) {
	in := `Package: redis-server
Version: 5:8.0.2-1
Architecture: amd64
Description-en: store
 more
Description-md5: 0123
Filename: pool/main/r/redis/redis-server_8.0.2-1_amd64.deb
SHA256: abc

Package: acl
Version: 2.3
Architecture: all
Filename: pool/main/a/acl/acl_2.3_all.deb
SHA256: def
`
	index, names, err := packagesIndex(in)
	if err != nil {
		t.Fatal(err)
	}
	if len(names) != 2 || names["redis-server_5%3a8.0.2-1_amd64.deb"] != "redis-server_8.0.2-1_amd64.deb" || names["acl_2.3_all.deb"] != "acl_2.3_all.deb" {
		t.Errorf("names: %v", names)
	}
	for _, want := range []string{"Filename: ./redis-server_8.0.2-1_amd64.deb\nSHA256: abc\n\n", "Description: store\n more\nFilename"} {
		if !strings.Contains(index, want) {
			t.Errorf("no %q in:\n%s", want, index)
		}
	}
	if _, _, err := packagesIndex("Package: x\nVersion: 1\n"); err == nil {
		t.Error("a stanza without a file: want an error")
	}
}

func TestMirrors(t *testing.T) {
	deb822 := `# comment
Types: deb
URIs: http://security.example/debian-security
Suites: bookworm-security
Components: main

Enabled: no
Types: deb
URIs: http://off.example/debian
Suites: bookworm
Components: main

Types: deb deb-src
# URIs: http://comment.example
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main contrib
`
	if got := mirrorOfDeb822(deb822); got != "http://mirror.example/debian" {
		t.Errorf("deb822: %q", got)
	}
	list := `#deb http://comment.example/debian bookworm main
deb cdrom:[Debian]/ bookworm main
deb http://security.example/debian-security bookworm-security main
deb [arch=amd64 signed-by=/k.gpg] https://mirror.example/debian bookworm main
`
	if got := mirrorOfList(list); got != "https://mirror.example/debian" {
		t.Errorf("list: %q", got)
	}
}

func TestAccounts(t *testing.T) {
	files := adminAccount("dba").addTo(map[string]string{"etc/passwd": "root:x:0:0::/root:/bin/sh", "etc/group": "root:x:0:\n"})
	if got := files["etc/passwd"]; got != "root:x:0:0::/root:/bin/sh\ndba:x:88:88::/home/dba:/bin/bash\n" {
		t.Errorf("passwd: %q", got)
	}
	if got := files["etc/group"]; got != "root:x:0:\nadmin:x:88:\n" {
		t.Errorf("group: %q", got)
	}
	if got := appendEntry("dba:x:1:\n", "dba:x:88:"); got != "dba:x:1:\n" {
		t.Errorf("an account that is there: %q", got)
	}
	if got := adminAccount("vagrant").addTo(nil)["etc/passwd"]; got != "vagrant:x:1000:1000::/home/vagrant:/bin/bash\n" {
		t.Errorf("another admin: %q", got)
	}
}

func TestKeyPairIsKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ssh", "key")
	one, err := keyPair(path, "comment")
	if err != nil {
		t.Fatal(err)
	}
	two, err := keyPair(path, "comment")
	if err != nil || one != two || !strings.HasPrefix(one, "ssh-ed25519 ") {
		t.Errorf("%q, then %q, %v", one, two, err)
	}
	if fi, err := os.Stat(path); err != nil || fi.Mode().Perm() != 0o600 {
		t.Errorf("the private key's mode: %v, %v", fi.Mode(), err)
	}
}

func TestPrintable(t *testing.T) {
	in := "\x1b[0;32m  OK  \x1b[0m] Started \x1b]8;;link\x07x\x1b]8;;\x07\r\n\x1b"
	if got := printable(in); got != "  OK  ] Started x\n" {
		t.Errorf("%q", got)
	}
}

func TestSeederKeepsTheImagesModes(t *testing.T) {
	lower, upper := t.TempDir(), t.TempDir()
	for _, d := range []string{"etc", "root"} {
		if err := os.Mkdir(filepath.Join(lower, d), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(lower, "etc/shadow"), []byte("x"), 0o640); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() != 0 {
		t.Skip("changing owners needs root")
	}
	sd := seeder{upper: upper, lower: []string{lower}}
	if err := sd.put("etc/shadow", "y", 0, 0); err != nil {
		t.Fatal(err)
	}
	if err := sd.put("etc/ssh/key", "k", 0o600, 0); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]os.FileMode{"etc": 0o700, "etc/shadow": 0o640, "etc/ssh": 0o755, "etc/ssh/key": 0o600} {
		fi, err := os.Stat(filepath.Join(upper, path))
		if err != nil || fi.Mode().Perm() != want {
			t.Errorf("%s: %v, %v; want %v", path, fi.Mode(), err, want)
		}
	}
}

func TestLease(t *testing.T) {
	img, node := t.TempDir(), filepath.Join(t.TempDir(), "node")
	if inUse(img) {
		t.Error("a new image is in use")
	}
	if err := os.Mkdir(node, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := lease(img, node); err != nil {
		t.Fatal(err)
	}
	if !inUse(img) {
		t.Error("the node's image is not in use")
	}
	if err := os.Remove(node); err != nil {
		t.Fatal(err)
	}
	if inUse(img) {
		t.Error("the image is in use by a node that is gone")
	}
}
