package builtin_test

import (
	"net/http"
	"strings"
	"testing"

	"pig/internal/imitation"
	"pig/internal/module"
	"pig/internal/module/builtin"
	"pig/internal/node"
	"pig/internal/value"
)

func TestPackagesAreAsTheyAreAskedFor(t *testing.T) {
	t.Parallel()
	m := newMachine(nil)
	on(t, m,
		deed{module: "apt", args: args("name", list("jq, curl", "jq")), makes: "package jq install; package curl install"},
		deed{module: "package", args: args("name", "jq=1.0*")},
		deed{module: "apt", args: args("name", "jq=1.0-1", "install_recommends", false, "policy_rc_d", 101)},
		deed{module: "apt", args: args("name", list("jq", "pv"), "state", "latest"), makes: "package pv install"},
		deed{module: "package", args: args("name", "git", "state", "installed"), makes: "package git install"},
		deed{module: "apt", args: args("name", "jq=0.9-1", "state", "absent")}, // another version is there
		deed{module: "apt", args: args("name", "jq=1.0-1", "state", "absent"), makes: "package jq remove"},
		deed{module: "package", args: args("name", list("pv,git", "nosuch"), "state", "removed"), makes: "package pv remove; package git remove"},
		deed{module: "apt", args: args("name", "curl", "state", "absent", "purge", true, "autoremove", true), makes: "package curl remove"},
		deed{module: "apt", args: args("name", list())},
		deed{module: "apt", args: args("autoremove", true), failed: "autoremove and purge need the names of packages"},
		deed{module: "apt", args: args("name", "jq=1.0-1", "state", "latest"), failed: `cannot upgrade "jq=1.0-1" to the latest version: the name has a version`},
		deed{module: "apt", args: args("name", "jq:i386", "state", "absent"), failed: `cannot remove "jq:i386": want the name of a package, or name=version`},
		deed{module: "apt", args: args("name", "jq/sid", "state", "absent"), failed: `cannot remove "jq/sid"`},
		deed{module: "package", args: args("name", "jq", "use", "dnf"), failed: "only auto can be used"},
		deed{module: "package", args: args(), failed: "module package needs the argument name"},
	)
}

func TestPackageListsAreFetchedWhenTheyAreOld(t *testing.T) {
	t.Parallel()
	m := newMachine(nil)
	for _, c := range []struct {
		args *value.Dict
		want value.Value
	}{
		{args("update_cache", true, "cache_valid_time", 3600), true}, // never fetched
		{args("update_cache", true, "cache_valid_time", 3600), false},
		{args("update_cache", true), true},
		{args("cache_valid_time", 3600), false},
		{args("cache_valid_time", 0), nil}, // as without it
		{args("name", "jq"), nil},
	} {
		r := module.Run(t.Context(), m, builtin.Table(), module.Task{Module: "apt", Args: c.args})
		if got := r.Values.At("cache_updated"); got != c.want || r.Failed != "" {
			t.Errorf("%s: fetched %v, want %v, %q", value.Display(c.args), got, c.want, r.Failed)
		}
	}
}

// debs is a machine with the commands that read archives; a file that begins with Package is one.
func debs(u *imitation.Universe) {
	u.Packages["tool"] = imitation.Package{Version: "2.0"}
	u.Commands["dpkg-deb"] = func(c *imitation.Invocation) int {
		file := c.Argv[2]
		if c.Argv[1] == "-f" {
			file = c.Argv[2]
		}
		text, err := c.Files.Read(file)
		if file == "-" {
			text, err = c.Stdin, nil
		}
		if err != nil || !strings.HasPrefix(string(text), "Package: ") {
			return c.Fail("%s: not a Debian format archive", file)
		}
		c.Stdout.Write(text)
		return 0
	}
	u.Base = append(u.Base, imitation.Laid{Path: "/usr/bin/dpkg-deb", Mode: 0o755})
}

func TestPackageOfAFile(t *testing.T) {
	t.Parallel()
	m := newMachine(debs)
	m.Put(imitation.Laid{Path: "/tmp/tool_2.0_all.deb", Content: "Package: tool\nVersion: 2.0\n"})
	m.Put(imitation.Laid{Path: "/tmp/page.deb", Content: "<html>"})
	on(t, m,
		deed{module: "apt", args: args("deb", "/tmp/page.deb"), failed: "cannot read /tmp/page.deb: /tmp/page.deb: not a Debian format archive"},
		deed{module: "apt", args: args("deb", "/tmp/tool_2.0_all.deb", "state", "absent"), failed: "deb is for state present, not absent: give the package's name"},
		deed{module: "apt", args: args("deb", "/tmp/tool_2.0_all.deb"), makes: "package tool install"},
	)
}

func TestRepositoryOfPackages(t *testing.T) {
	t.Parallel()
	m := newMachine(func(u *imitation.Universe) {
		debs(u)
		u.Base = append(u.Base, imitation.Laid{Path: "/usr/bin/apt-cache", Mode: 0o755}, imitation.Laid{Path: "/usr/bin/apt-get", Mode: 0o755}, imitation.Laid{Path: "/srv/repo/"})
		u.Commands["apt-cache"] = func(c *imitation.Invocation) int {
			if c.Argv[1] == "depends" {
				c.Say("tool\n  Depends: lib\n  Depends: <mail>\nlib\n<mail>\nlib:i386\n")
				return 0
			}
			c.Say("      tool |        2.0 | http://repo stable/main amd64 Packages\n      tool |        1.0 | http://repo stable/main amd64 Packages\n")
			c.Say("       lib |      1:3.1 | http://repo stable/main amd64 Packages\n     other |        1.0 | http://repo stable/main Sources\n")
			return 0
		}
		u.Commands["apt-get"] = func(c *imitation.Invocation) int {
			for name, version := range map[string]string{"tool": "2.0", "lib": "1%3a3.1"} {
				c.Machine.Put(imitation.Laid{Path: "/srv/repo/" + name + "_" + version + "_amd64.deb", Content: "Package: " + name + "\nVersion: " + strings.ReplaceAll(version, "%3a", ":") + "\nArchitecture: amd64\n"})
			}
			return 0
		}
	})
	// A plan that fetches packages does not know the index of them: else it would have it that the repository is empty.
	shadow := node.NewShadow(m)
	for _, task := range []module.Task{{Module: "package_download", Args: args("names", list("tool"), "path", "/srv/repo")}, {Module: "package_index", Args: args("path", "/srv/repo/")}} {
		r := module.Run(t.Context(), shadow, builtin.Table(), task)
		if _, unknown := r.Changed.(value.Unknown); r.Failed != "" || unknown != (task.Module == "package_index") {
			t.Errorf("a plan of %s: %+v", task.Module, r)
		}
	}
	on(t, m,
		deed{module: "package_download", args: args("names", list("tool,other", "nosuch"), "path", "/srv/repo"), makes: "packages repo download", says: "'packages': 2, 'missing': ['nosuch', 'other']"},
		deed{module: "package_index", args: args("path", "/srv/repo"), makes: "file /srv/repo/Packages create; file /srv/repo/Packages.gz create", says: "'packages': 2"},
		deed{module: "package_release", args: args("path", "/srv/repo", "label", "pig"), makes: "file /srv/repo/Release create", says: "Label: pig"},
		deed{module: "package_release", args: args("path", "/srv/repo", "label", "other"), makes: "file /srv/repo/Release update", says: "Label: other"},
	)
	if index := m.Content("/srv/repo/Packages"); !strings.Contains(index, "Filename: ./tool_2.0_amd64.deb\n") && !strings.Contains(index, "Filename: tool_2.0_amd64.deb\n") {
		t.Errorf("the index is %s", index)
	}
	m.Put(imitation.Laid{Path: "/srv/repo/half_1_all.deb", Content: "!<arch"})
	on(t, m, deed{module: "package_index", args: args("path", "/srv/repo"), failed: "half_1_all.deb: not a Debian archive"})
	for command, want := range map[string]string{"apt-cache": "apt-cache madison: the cache is broken", "apt-get": "apt-get download: no route to the repository"} {
		_, why, _ := strings.Cut(want, ": ")
		ill := newMachine(func(u *imitation.Universe) {
			u.Base = append(u.Base, imitation.Laid{Path: "/usr/bin/apt-cache", Mode: 0o755}, imitation.Laid{Path: "/usr/bin/apt-get", Mode: 0o755}, imitation.Laid{Path: "/srv/repo/"})
			u.Commands["apt-cache"] = func(c *imitation.Invocation) int {
				c.Say("%s", map[bool]string{true: "tool\n", false: "tool | 2.0 | http://repo Packages\n"}[c.Argv[1] == "depends"])
				return 0
			}
			u.Commands[command] = func(c *imitation.Invocation) int { return c.Fail("%s", why) }
		})
		r := module.Run(t.Context(), ill, builtin.Table(), module.Task{Module: "package_download", Args: args("names", list("tool"), "path", "/srv/repo")})
		if r.Failed != want {
			t.Errorf("%s fails: %q", command, r.Failed)
		}
	}
}

func TestRepositoryIsSignedByAKeyOfItsOwn(t *testing.T) {
	t.Parallel()
	m := newMachine(nil)
	const release = "Label: pig\nDate: Mon, 01 Jan 2024 00:00:00 UTC\n"
	sign := func(more ...value.Value) *value.Dict {
		return args(append([]value.Value{"key", "/etc/repo.key", "user", "repo"}, more...)...)
	}
	on(t, m,
		deed{module: "repo_sign", args: sign("create", false), failed: `key "/etc/repo.key" not found, and create is not allowed`},
		deed{module: "repo_sign", args: sign(), makes: "file /etc/repo.key create", says: "BEGIN PGP PUBLIC KEY BLOCK", onlyLive: true},
		deed{module: "repo_sign", args: sign("release", release), says: "BEGIN PGP SIGNED MESSAGE"},
		deed{module: "repo_sign", args: sign("release", "Label: pig\n"), failed: "invalid Release: want a field Date"},
	)
	first := module.Run(t.Context(), m, builtin.Table(), module.Task{Module: "repo_sign", Args: sign("release", release)})
	second := module.Run(t.Context(), m, builtin.Table(), module.Task{Module: "repo_sign", Args: sign("release", release)})
	if !value.Equal(first.Values, second.Values) {
		t.Error("one Release has two signatures")
	}
	r := module.Run(t.Context(), m, builtin.Table(), module.Task{Module: "repo_sign", Args: sign("release", value.Unknown{Why: "the index"})})
	if !value.IsUnknown(r.Values.At("signed")) || value.IsUnknown(r.Values.At("public")) {
		t.Errorf("a Release that is only planned: %s", value.Display(r.Values))
	}
	r = module.Run(t.Context(), node.NewShadow(newMachine(nil)), builtin.Table(), module.Task{Module: "repo_sign", Args: sign("release", release)})
	if !value.IsUnknown(r.Values.At("public")) || len(r.Changes) != 1 {
		t.Errorf("a key that is only planned: %s", value.Display(r.Values))
	}
	m.Put(imitation.Laid{Path: "/etc/bad.key", Content: "no key"})
	r = module.Run(t.Context(), m, builtin.Table(), module.Task{Module: "repo_sign", Args: args("key", "/etc/bad.key", "user", "repo")})
	if !strings.Contains(r.Failed, "/etc/bad.key: ") {
		t.Errorf("what is no key: %q", r.Failed)
	}
}

// withRepository is a machine with a repository of one package, and files that wait to come into it.
func withRepository(t *testing.T) *imitation.Machine {
	t.Helper()
	m := newMachine(func(u *imitation.Universe) {
		debs(u)
		u.Commands["dpkg"] = func(c *imitation.Invocation) int { c.Say("amd64\n"); return 0 }
		u.Base = append(u.Base, imitation.Laid{Path: "/usr/bin/dpkg", Mode: 0o755}, imitation.Laid{Path: "/srv/repo/"}, imitation.Laid{Path: "/srv/in/"})
	})
	m.Put(imitation.Laid{Path: "/srv/repo/lib_3.1_all.deb", Content: "Package: lib\nVersion: 1:3.1\nArchitecture: all\n"})
	if r := module.Run(t.Context(), m, builtin.Table(), module.Task{Module: "package_index", Args: args("path", "/srv/repo")}); r.Failed != "" {
		t.Fatal(r.Failed)
	}
	for name, content := range map[string]string{
		"tool":    "Package: tool\nVersion: 2.0\nArchitecture: amd64\n",
		"lib":     "Package: lib\nVersion: 1:3.1\nArchitecture: all\n",
		"other":   "Package: lib\nVersion: 1:3.1\nArchitecture: all\nDescription: other\n",
		"newer":   "Package: lib\nVersion: 1:3.2\nArchitecture: all\n",
		"strange": "Package: tool\nVersion: 2.0\nArchitecture: s390x\n",
		"folder":  "Package: ../tool\nVersion: 2.0\nArchitecture: amd64\n",
		"two":     "Package: two\nVersion: 1\nArchitecture: all\n\nPackage: second\nVersion: 1\n",
		"page":    "<html>",
	} {
		m.Put(imitation.Laid{Path: "/srv/in/" + name + ".deb", Content: content})
	}
	return m
}

// adding are the arguments for files that wait under their names.
func adding(names ...string) *value.Dict {
	files := value.NewList()
	for _, n := range names {
		files.Append(value.DictOf("sha256", n, "path", "/home/me/"+n+".deb"))
	}
	return args("path", "/srv/repo", "from", "/srv/in", "files", files)
}

func TestPackagesComeIntoARepository(t *testing.T) {
	t.Parallel()
	m := withRepository(t)
	list := func() *value.Dict { return args("path", "/srv/repo") }
	on(t, m,
		deed{module: "package_add", args: adding("lib")}, // it is there
		deed{module: "package_add", args: adding("tool", "page"), failed: `invalid package "/home/me/page.deb": not a Debian archive`},
		deed{module: "package_add", args: adding("tool", "strange"), failed: `invalid package "/home/me/strange.deb": the package is for s390x, and this host is amd64`},
		deed{module: "package_add", args: adding("tool", "other"), failed: `invalid package "/home/me/other.deb": lib 1:3.1 is in the repository with other contents`},
		deed{module: "package_add", args: adding("folder"), failed: "want the fields Package, Version and Architecture"},
		deed{module: "package_add", args: adding("two"), failed: `invalid package "/home/me/two.deb": want the fields of one package, without an empty line`},
		deed{module: "package_list", args: list(), says: "'files': 1, 'problems': []"},
		deed{module: "package_add", args: adding("tool", "newer"), makes: "file /srv/repo/tool_2.0_amd64.deb create; file /srv/repo/lib_3.2_all.deb create"},
		deed{module: "package_list", args: list(), says: "'problems': ['lib_3.2_all.deb is not in the index', 'tool_2.0_amd64.deb is not in the index']"},
		deed{module: "package_index", args: list(), makes: "file /srv/repo/Packages update; file /srv/repo/Packages.gz update", says: "'packages': 3"},
		deed{module: "package_list", args: list(), says: "'files': 3, 'problems': []"},
	)
	m.Put(imitation.Laid{Path: "/srv/repo/tool_2.0_amd64.deb", Content: "Package: tool\nVersion: 2.0\nArchitecture: AMD64\n"}) // as long as it was
	on(t, m,
		deed{module: "package_list", args: list(), says: "'problems': []"},
		deed{module: "package_list", args: args("path", "/srv/repo", "contents", true), says: "tool_2.0_amd64.deb: the checksum differs from the index"},
	)
	r := module.Run(t.Context(), m, builtin.Table(), module.Task{Module: "package_add", Args: adding("tool")})
	if !strings.Contains(r.Failed, "tool_2.0_amd64.deb is in the repository with other contents") {
		t.Errorf("over a file with other contents: %q", r.Failed)
	}
	m.Put(imitation.Laid{Path: "/srv/repo/stray_1_all.deb", Content: "Package: stray\n"})
	r = module.Run(t.Context(), m, builtin.Table(), module.Task{Module: "package_list", Args: args("path", "/srv/repo", "warn", true)})
	if len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0], "stray_1_all.deb is not in the index of /srv/repo") {
		t.Errorf("a file beside the index: %q", r.Warnings)
	}
	if r := module.Run(t.Context(), m, builtin.Table(), module.Task{Module: "package_list", Args: args("path", "/srv/none")}); r.Failed != "" || value.Display(r.Values.At("packages")) != "[]" {
		t.Errorf("where nothing is: %q, %v", r.Failed, r.Values)
	}
}

// What is not there yet is the run's to check.
func TestAPlanDoesNotKnowPackagesThatAreOnTheirWay(t *testing.T) {
	t.Parallel()
	shadow := node.NewShadow(withRepository(t))
	for _, task := range []module.Task{
		{Module: "copy", Args: args("dest", "/srv/in/abc.deb", "content", value.Unknown{Why: "it is copied"})},
		{Module: "package_add", Args: adding("abc")},
	} {
		if r := module.Run(t.Context(), shadow, builtin.Table(), task); r.Failed != "" || task.Module == "package_add" && !value.IsUnknown(r.Changed) {
			t.Errorf("%s: %q, changed %v", task.Module, r.Failed, r.Changed)
		}
	}
}

func TestNamesThatNoRepositoryHasAreToldWithTheNearest(t *testing.T) {
	t.Parallel()
	m := newMachine(func(u *imitation.Universe) {
		u.Base = append(u.Base, imitation.Laid{Path: "/usr/bin/apt-cache", Mode: 0o755})
		u.Commands["apt-cache"] = func(c *imitation.Invocation) int {
			if c.Argv[1] == "pkgnames" {
				c.Say("postgresql-17-postgis-3\ntool\n")
				return 0
			}
			c.Say("      tool |        2.0 | http://repo stable/main amd64 Packages\n")
			return 0
		}
	})
	r := module.Run(t.Context(), m, builtin.Table(), module.Task{Module: "package_offers", Args: args("names", list("tool", "postgresql-17-postgi-3", "nosuchthing"))})
	want := []string{"no repository of this node has the package postgresql-17-postgi-3 (did you mean postgresql-17-postgis-3?)", "no repository of this node has the package nosuchthing"}
	if r.Failed != "" || value.Display(r.Values.At("available")) != "['tool']" || value.Display(value.Strings(r.Warnings)) != value.Display(value.Strings(want)) {
		t.Errorf("%q, %v, %q", r.Failed, r.Values, r.Warnings)
	}
}

// What lists of now have not, those that a plan fetches may have.
func TestAPlanThatFetchesListsDoesNotKnowWhatIsMissing(t *testing.T) {
	t.Parallel()
	m := newMachine(func(u *imitation.Universe) {
		u.Base = append(u.Base, imitation.Laid{Path: "/usr/bin/apt-cache", Mode: 0o755})
		u.Commands["apt-cache"] = func(*imitation.Invocation) int { return 0 }
	})
	shadow := node.NewShadow(m)
	offers := module.Task{Module: "package_offers", Args: args("names", "tool")}
	if r := module.Run(t.Context(), shadow, builtin.Table(), offers); len(r.Warnings) != 1 || value.Display(r.Values.At("missing")) != "['tool']" {
		t.Errorf("with the lists of now: %q, %v", r.Warnings, r.Values)
	}
	if r := module.Run(t.Context(), shadow, builtin.Table(), module.Task{Module: "apt", Args: args("update_cache", true)}); r.Failed != "" {
		t.Fatal(r.Failed)
	}
	if r := module.Run(t.Context(), shadow, builtin.Table(), offers); r.Failed != "" || len(r.Warnings) > 0 || !value.IsUnknown(r.Changed) {
		t.Errorf("with lists to come: %q, %q, changed %v", r.Failed, r.Warnings, r.Changed)
	}
}

func TestPackageListsFollowTheRepository(t *testing.T) {
	t.Parallel()
	answer := "Label: new\n"
	m := newMachine(func(u *imitation.Universe) {
		u.Packages["web"] = imitation.Package{Version: "1", Units: []string{"web"}, Files: []imitation.Laid{
			{Path: "/usr/lib/systemd/system/web.service", Content: "[Service]\nExecStart=/usr/bin/web\n"}, {Path: "/usr/bin/web", Mode: 0o755},
		}}
		u.Programs["web.service"] = imitation.Program{Start: func(d *imitation.Daemon) error {
			return d.Listen("*", "80", imitation.Listener{HTTP: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/pigsty/InRelease" {
					http.NotFound(w, r)
					return
				}
				_, _ = w.Write([]byte(answer))
			})})
		}}
	})
	if r := module.Run(t.Context(), m, builtin.Table(), module.Task{Module: "apt", Args: args("name", "web")}); r.Failed != "" {
		t.Fatal(r.Failed)
	}
	refreshed := func(url string) value.Value {
		r := module.Run(t.Context(), m, builtin.Table(), module.Task{Module: "package_lists", Args: args("url", url)})
		if r.Failed != "" {
			t.Error(r.Failed)
		}
		return r.Values.At("cache_updated")
	}
	if got := refreshed("http://10.10.10.10/pigsty/InRelease"); got != true {
		t.Errorf("lists that apt never fetched: %v", got)
	}
	m.Put(imitation.Laid{Path: "/var/lib/apt/lists/10.10.10.1_pigsty_._InRelease", Content: "Label: new\n"})
	if got := refreshed("http://10.10.10.10/pigsty/InRelease"); got != false {
		t.Errorf("lists that are the repository's: %v", got)
	}
	answer = "Label: newer\n"
	if got := refreshed("http://10.10.10.10/pigsty/InRelease"); got != true {
		t.Errorf("a repository that has changed: %v", got)
	}
	for _, url := range []string{"http://10.10.10.10/none/InRelease", "http://10.10.10.20/pigsty/InRelease"} {
		if got := refreshed(url); got != false {
			t.Errorf("%s does not answer: %v", url, got)
		}
	}
}
