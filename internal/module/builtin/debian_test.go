package builtin_test

import (
	"slices"
	"strings"
	"testing"

	"pig/internal/imitation"
	"pig/internal/module"
	"pig/internal/module/builtin"
	"pig/internal/module/fake"
	"pig/internal/node"
	"pig/internal/value"
)

func TestRepositoriesInLines(t *testing.T) {
	t.Parallel()
	const own = "/etc/apt/sources.list.d/y.list"
	line := func(repo string, more ...value.Value) *value.Dict {
		return args(append([]value.Value{"repo", repo, "update_cache", false}, more...)...)
	}
	for _, c := range []struct {
		before string // of y.list
		args   *value.Dict
		path   string
		want   string
		makes  string
		failed string
		says   string
	}{
		{"", line("deb http://r.example/debian trixie main"), "/etc/apt/sources.list.d/r_example_debian.list", "deb http://r.example/debian trixie main\n", "create", "", "'sources_added': ['/etc/apt/sources.list.d/r_example_debian.list']"},
		{"", line("deb  http://mirror.example.org/debian   trixie main"), "/etc/apt/sources.list", "deb http://mirror.example.org/debian trixie main\n", "", "", "'sources_added': []"},
		{"", line("deb [arch=amd64 signed-by=/k] https://u:p@r.example:80/d trixie main"), "/etc/apt/sources.list.d/r_example_80_d.list", "deb [arch=amd64 signed-by=/k] https://u:p@r.example:80/d trixie main\n", "create", "", ""},
		{"", line("deb http://r trixie main", "filename", "own", "mode", "0600"), "/etc/apt/sources.list.d/own.list", "deb http://r trixie main\n", "create", "", ""},
		{"# deb http://y trixie main # note\n# plain\n", line("deb http://y trixie main"), own, "deb http://y trixie main # note\n# plain\n", "update", "", ""},
		{"deb http://y trixie main # note\n# plain\n", line("deb http://y trixie main", "state", "absent"), own, "# plain\n", "update", "", ""},
		{"deb http://y trixie main # note\n", line("deb http://y trixie main", "state", "absent"), own, "", "delete", "", "'sources_removed': ['" + own + "']"},
		{"deb http://y trixie main\n", line("deb http://n trixie main", "filename", "y"), own, "deb http://y trixie main\ndeb http://n trixie main\n", "update", "", ""},
		{"", line("deb-src http://y ./", "state", "absent"), own, "", "", "", ""},
		{"", line("junk"), own, "", "", "Invalid repository string: junk", ""},
		{"", line(""), own, "", "", "Please set argument 'repo' to a non-empty value", ""},
		{"", line("ppa:a/b"), own, "", "", "a PPA is not supported", ""},
		{"", line("deb http://y ./", "codename", "noble"), own, "", "", "codename is for a PPA", ""},
		{"", line("deb http://y ./", "validate_certs", false), own, "", "", "only True can be used", ""},
	} {
		m := newMachine(nil)
		if c.before != "" {
			m.Put(imitation.Laid{Path: own, Content: c.before})
		}
		d := deed{module: "apt_repository", args: c.args, failed: c.failed, says: c.says}
		if c.makes != "" {
			d.makes = "file " + c.path + " " + c.makes
		}
		on(t, m, d)
		if got := m.Content(c.path); got != c.want {
			t.Errorf("%s makes %q, want %q", value.Display(c.args), got, c.want)
		}
	}
	m := newMachine(nil)
	before := m.Deeds()
	if r := run(t, m, "apt_repository", args("repo", "deb http://r ./")); r.Failed != "" || m.Deeds() != before+2 { // the file, and the lists
		t.Errorf("%d deeds, %q", m.Deeds()-before, r.Failed)
	}
}

func TestRepositoriesInFields(t *testing.T) {
	t.Parallel()
	const key = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQIN\n-----END PGP PUBLIC KEY BLOCK-----\n"
	m := newMachine(nil)
	m.Put(imitation.Laid{Path: "/root/key", Content: key})
	m.Put(imitation.Laid{Path: "/root/key.bin", Content: "\x99\x01"})
	on(t, m,
		deed{module: "deb822_repository", args: args("name", "My_Repo.x y", "types", list("deb", "deb-src"), "uris", "http://x", "suites", "a,b", "components", list("c"), "architectures", "amd64", "languages", "none", "targets", "T",
			"enabled", false, "trusted", true, "by_hash", true, "check_date", true, "check_valid_until", false, "pdiffs", false, "date_max_future", 5, "inrelease_path", "r", "allow_weak", true, "allow_insecure", false, "allow_downgrade_to_insecure", true, "mode", "0600"),
			makes: "file /etc/apt/sources.list.d/my-repox-y.sources create", says: "'key_filename': None"},
		deed{module: "deb822_repository", args: args("name", "k", "uris", "http://x", "suites", "./", "signed_by", "file:///root/key"),
			makes: "directory /etc/apt/keyrings create; file /etc/apt/keyrings/k.asc create; file /etc/apt/sources.list.d/k.sources create", says: "'key_filename': '/etc/apt/keyrings/k.asc'"},
		deed{module: "deb822_repository", args: args("name", "b", "uris", "http://x", "suites", "./", "signed_by", "file:///root/key.bin"), makes: "file /etc/apt/keyrings/b.gpg create; file /etc/apt/sources.list.d/b.sources create"},
		deed{module: "deb822_repository", args: args("name", "k", "uris", "http://x", "suites", "./", "signed_by", key), makes: "file /etc/apt/sources.list.d/k.sources update"},
	)
	if got, want := m.Content("/etc/apt/sources.list.d/k.sources"), "X-Repolib-Name: k\nSigned-By:\n    -----BEGIN PGP PUBLIC KEY BLOCK-----\n    .\n    mQIN\n    -----END PGP PUBLIC KEY BLOCK-----\nSuites: ./\nTypes: deb\nURIs: http://x\n"; got != want {
		t.Errorf("k.sources is %q, want %q", got, want)
	}
	want := "Allow-Downgrade-To-Insecure: yes\nAllow-Insecure: no\nAllow-Weak: yes\nArchitectures: amd64\nBy-Hash: yes\nCheck-Date: yes\nCheck-Valid-Until: no\nComponents: c\nDate-Max-Future: 5\nEnabled: no\nInrelease-Path: r\n" +
		"Languages: none\nX-Repolib-Name: My_Repo.x y\nPdiffs: no\nSuites: a b\nTargets: T\nTrusted: yes\nTypes: deb deb-src\nURIs: http://x\n"
	if got := m.Content("/etc/apt/sources.list.d/my-repox-y.sources"); got != want {
		t.Errorf("the fields are %q, want %q", got, want)
	}
	on(t, m,
		deed{module: "deb822_repository", args: args("name", "k", "state", "absent"), makes: "file /etc/apt/sources.list.d/k.sources delete; file /etc/apt/keyrings/k.asc delete", says: "'repo': None"},
		deed{module: "deb822_repository", args: args("name", "k", "types", "rpm"), failed: "must be one of deb, deb-src"},
	)
}

func TestKeysThatAptTrusts(t *testing.T) {
	t.Parallel()
	const id = "0123456789ABCDEF"
	trusted := []string{"FFFFFFFFFFFFFFFF"}
	m := newMachine(with(map[string]imitation.Command{
		"gpg": func(c *imitation.Invocation) int {
			if string(c.Stdin) != "the key" {
				return c.Fail("gpg: no valid OpenPGP data found.")
			}
			c.Say("pub:-:4096:1:%s:1:::-:::scESC:\n", id)
			return 0
		},
		"apt-key": func(c *imitation.Invocation) int {
			words := c.Argv[1:]
			if words[0] == "--keyring" {
				words = words[2:]
			}
			switch words[0] {
			case "add":
				trusted = append(trusted, id)
			case "del":
				trusted = slices.DeleteFunc(trusted, func(k string) bool { return strings.HasSuffix(k, words[1]) })
			case "adv":
				if slices.Contains(words, "--recv") {
					trusted = append(trusted, "00000000"+words[len(words)-1])
				}
				for _, k := range trusted {
					c.Say("pub:-:4096:1:%s:1:::-:::scESC:\n", k)
				}
			}
			return 0
		},
	}))
	m.Put(imitation.Laid{Path: "/root/key", Content: "the key"})
	on(t, m,
		deed{module: "apt_key", args: args("data", "the key"), makes: "apt key " + id + " create", says: "'short_id': '89ABCDEF'"},
		deed{module: "apt_key", args: args("id", "0x89ABCDEF", "state", "absent"), makes: "apt key 89ABCDEF delete"},
		deed{module: "apt_key", args: args("file", "/root/key", "keyring", "/etc/apt/k.gpg"), makes: "apt key " + id + " create"},
		deed{module: "apt_key", args: args("id", "12345678", "keyserver", "keys.example"), makes: "apt key 12345678 create"},
		deed{module: "apt_key", args: args("id", "AAAAAAAA"), failed: "key AAAAAAAA is not trusted yet"},
		deed{module: "apt_key", args: args("data", "junk"), failed: "Unable to extract the key id from the data"},
		deed{module: "apt_key", args: args("id", "xyz"), failed: "Invalid key_id: xyz"},
		deed{module: "apt_key", args: args(), failed: "Missing key_id, cannot proceed"},
		deed{module: "apt_key", args: args("data", "x", "file", "/y"), failed: "takes only one of: data, file, keyserver, url"},
	)
}

// answers is debconf with what it was told.
func answers(told map[string]string) map[string]imitation.Command {
	return map[string]imitation.Command{
		"debconf-show": func(c *imitation.Invocation) int {
			for _, q := range sorted(told) {
				if strings.HasSuffix(q, "/password") {
					c.Say("* %s: (password omitted)\n", q)
				} else {
					c.Say("* %s: %s\n", q, told[q])
				}
			}
			return 0
		},
		"debconf-communicate": func(c *imitation.Invocation) int {
			c.Say("0 %s\n", told[strings.Fields(string(c.Stdin))[1]])
			return 0
		},
		"debconf-set-selections": func(c *imitation.Invocation) int {
			f := strings.SplitN(string(c.Stdin), " ", 4)
			told[f[1]] = f[3]
			if slices.Contains(c.Argv, "-u") {
				told[f[1]] += " (unseen)"
			}
			return 0
		},
	}
}

func sorted(m map[string]string) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func TestAnswersForPackages(t *testing.T) {
	t.Parallel()
	told := map[string]string{"tz/Areas": "Etc"}
	m := newMachine(with(answers(told)))
	on(t, m,
		deed{module: "debconf", args: args("name", "tz"), says: "'current': {'tz/Areas': 'Etc'}"},
		deed{module: "debconf", args: args("pkg", "tz", "setting", "tz/Areas", "vtype", "select", "answer", "Etc")},
		deed{module: "debconf", args: args("name", "tz", "question", "tz/Areas", "vtype", "select", "value", "Europe"), makes: "debconf answer tz tz/Areas update", says: "'current': {'tz/Areas': 'Europe'}, 'previous': {'tz/Areas': 'Etc'}"},
		deed{module: "debconf", args: args("name", "tz", "question", "tz/b", "vtype", "boolean", "value", true), makes: "debconf answer tz tz/b update"},
		deed{module: "debconf", args: args("name", "tz", "question", "tz/b", "vtype", "boolean", "value", "True")},
		deed{module: "debconf", args: args("name", "tz", "question", "tz/l", "vtype", "multiselect", "value", list("a", "b")), makes: "debconf answer tz tz/l update", says: "{'tz/l': 'a, b'}"},
		deed{module: "debconf", args: args("name", "tz", "question", "tz/password", "vtype", "password", "value", "s3cret"), makes: "debconf answer tz tz/password update"},
		deed{module: "debconf", args: args("name", "tz", "question", "tz/u", "vtype", "string", "value", "x", "unseen", true), makes: "debconf answer tz tz/u update", repeats: true},
		deed{module: "debconf", args: args("name", "tz", "question", "tz/b"), failed: "parameters are required together: question, vtype, value"},
		deed{module: "debconf", args: args("name", "tz", "question", "tz/b", "vtype", "x", "value", "1"), failed: "must be one of boolean"},
	)
	if told["tz/password"] != "s3cret" || told["tz/u"] != "x (unseen)" || told["tz/l"] != "a, b" {
		t.Errorf("told %q", told)
	}
}

func TestSelectionsOfPackages(t *testing.T) {
	t.Parallel()
	state := "install"
	m := newMachine(with(map[string]imitation.Command{"dpkg": func(c *imitation.Invocation) int {
		if c.Argv[1] == "--set-selections" {
			_, state, _ = strings.Cut(string(c.Stdin), " ")
		} else if c.Argv[2] == "jq" {
			c.Say("jq\t\t\t\t%s\n", state)
		}
		return 0
	}}))
	on(t, m,
		deed{module: "dpkg_selections", args: args("name", "jq", "selection", "hold"), makes: "package selection jq update", says: "'before': 'install', 'after': 'hold'"},
		deed{module: "dpkg_selections", args: args("name", "nosuch", "selection", "hold"), failed: "Failed to find package 'nosuch' to perform selection 'hold'."},
		deed{module: "dpkg_selections", args: args("name", "jq", "selection", "keep"), failed: "must be one of install, hold, deinstall, purge"},
	)
	plan := node.NewShadow(m)
	for _, want := range []string{"package selection jq update", ""} {
		if r := run(t, plan, "dpkg_selections", args("name", "jq", "selection", "install")); fake.Keys(r.Changes) != want {
			t.Errorf("planned %q, want %q", fake.Keys(r.Changes), want)
		}
	}
}

const queried = "Name: ed\nLink: /usr/bin/ed\nSlaves:\n ed.1 /usr/share/man/ed.1\nStatus: %s\nBest: /usr/bin/vi\nValue: %s\n\nAlternative: /usr/bin/nano\nPriority: 40\nSlaves:\n ed.1 /usr/share/nano.1\n\nAlternative: /usr/bin/vi\nPriority: 50\n"

func TestAlternatives(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args   *value.Dict
		argv   string
		failed string
		says   string
	}{
		{args("name", "ed", "path", "/usr/bin/nano"), "--set ed /usr/bin/nano", "", "Set alternative '/usr/bin/nano' for 'ed'."},
		{args("name", "ed", "path", "/usr/bin/vi"), "", "", "'msg': ''"},
		{args("name", "ed", "path", "/usr/bin/nano", "state", "present"), "", "", ""},
		{args("name", "ed", "path", "/usr/bin/nano", "priority", 60, "state", "present"), "--install /usr/bin/ed ed /usr/bin/nano 60", "", "Install alternative '/usr/bin/nano' for 'ed'."},
		{args("name", "ed", "path", "/usr/bin/emacs", "state", "present"), "--install /usr/bin/ed ed /usr/bin/emacs 50", "", ""},
		{args("name", "ed", "path", "/usr/bin/nano", "state", "present", "subcommands", list(args("name", "ed.1", "path", "/usr/share/nano.1", "link", "/usr/share/man/ed.1"))), "", "", ""},
		{args("name", "ed", "path", "/usr/bin/nano", "state", "present", "slaves", list(args("name", "x", "path", "/x", "link", "/y"))), "--install /usr/bin/ed ed /usr/bin/nano 40 --slave /y x /x", "", ""},
		{args("name", "ed", "path", "/usr/bin/nano", "state", "absent"), "--remove ed /usr/bin/nano", "", "Remove alternative '/usr/bin/nano' from 'ed'."},
		{args("name", "ed", "path", "/usr/bin/emacs", "state", "absent"), "", "", ""},
		{args("name", "new", "path", "/usr/bin/emacs", "link", "/usr/bin/new"), "--install /usr/bin/new new /usr/bin/emacs 50; --set new /usr/bin/emacs", "", ""},
		{args("name", "new", "path", "/usr/bin/emacs"), "", "we are missing the link", ""},
		{args("name", "ed", "path", "/usr/bin/no"), "", "Specified path /usr/bin/no does not exist", ""},
		{args("name", "ed", "path", "/usr/bin/emacs", "subcommands", list(args("name", "x"))), "", "subcommands: each needs name, path and link", ""},
		{args("name", "ed"), "", "needs the argument path", ""},
		{args("name", "ed", "path", "/usr/bin/vi", "family", "x"), "", `has no argument "family"`, ""},
	} {
		var did []string
		m := newMachine(with(map[string]imitation.Command{"update-alternatives": func(c *imitation.Invocation) int {
			if c.Argv[1] != "--query" {
				did = append(did, strings.Join(c.Argv[1:], " "))
			} else if c.Argv[2] == "ed" {
				c.Say(queried, "auto", "/usr/bin/vi")
			} else {
				return c.Fail("update-alternatives: error: no alternatives for %s", c.Argv[2])
			}
			return 0
		}, "vi": nil, "nano": nil, "emacs": nil}))
		planned := fake.Keys(run(t, node.NewShadow(m), "alternatives", c.args).Changes)
		r := module.Run(t.Context(), m, builtin.Table(), module.Task{Module: "alternatives", Args: c.args})
		if strings.Join(did, "; ") != c.argv || !strings.Contains(r.Failed, c.failed) || (r.Failed == "") != (c.failed == "") || planned != fake.Keys(r.Changes) || !strings.Contains(value.Display(r.Values), c.says) {
			t.Errorf("%s: ran %q, failed %q, planned %q, did %q, said %s", value.Display(c.args), did, r.Failed, planned, fake.Keys(r.Changes), value.Display(r.Values))
		}
	}
}

func TestLocalesAreMade(t *testing.T) {
	t.Parallel()
	made := "C\nC.utf8\nPOSIX\n"
	m := newMachine(with(map[string]imitation.Command{
		"locale": func(c *imitation.Invocation) int { c.Say("%s", made); return 0 },
		"locale-gen": func(c *imitation.Invocation) int {
			made = "C\nC.utf8\nPOSIX\n"
			text, _ := c.Files.Read("/etc/locale.gen")
			for line := range strings.Lines(string(text)) {
				if f := strings.Fields(line); len(f) == 2 && f[0] != "#" {
					made += strings.Replace(f[0], "UTF-8", "utf8", 1) + "\n"
				}
			}
			return 0
		},
	}))
	on(t, m, deed{module: "locale_gen", args: args("name", "C.UTF-8"), failed: "Is the package \"locales\" installed?"})
	m.Put(imitation.Laid{Path: "/etc/locale.gen", Content: "# C.UTF-8 UTF-8\n# de_CH.UTF-8 UTF-8\n# de_CH ISO-8859-1\n"})
	m.Put(imitation.Laid{Path: "/usr/share/i18n/SUPPORTED", Content: "fr_CH.UTF-8 UTF-8\n"})
	on(t, m,
		deed{module: "locale_gen", args: args("name", "C.UTF-8")},
		deed{module: "locale_gen", args: args("name", list("de_CH.UTF-8", "fr_CH.UTF-8")), makes: "file /etc/locale.gen update; locales de_CH.UTF-8 fr_CH.UTF-8 generate", says: "'mechanism': 'glibc'"},
		deed{module: "locale_gen", args: args("name", "de_CH.UTF-8", "state", "absent"), makes: "file /etc/locale.gen update; locales de_CH.UTF-8 generate"},
		deed{module: "locale_gen", args: args("name", "xx.UTF-8"), failed: "The following locales you have entered are not available on your system: xx.UTF-8"},
	)
	if got, want := m.Content("/etc/locale.gen"), "# C.UTF-8 UTF-8\n# de_CH.UTF-8 UTF-8\n# de_CH ISO-8859-1\nfr_CH.UTF-8 UTF-8\n"; got != want {
		t.Errorf("locale.gen is %q, want %q", got, want)
	}
}
