package builtin_test

import (
	"strings"
	"testing"

	"pig/internal/imitation"
	"pig/internal/module"
	"pig/internal/module/builtin"
	"pig/internal/node"
	"pig/internal/value"
)

func TestTemporaryFiles(t *testing.T) {
	t.Parallel()
	m := newMachine(nil)
	on(t, m,
		deed{module: "tempfile", args: args(), makes: "temporary file /tmp/ansible.* create", repeats: true},
		deed{module: "tempfile", args: args("state", "directory", "path", "/srv", "prefix", "a", "suffix", ".d"), makes: "temporary directory /srv/a*.d create", repeats: true, says: "'state': 'directory'"},
		deed{module: "tempfile", args: args("path", "/nosuch"), failed: `directory "/nosuch" not found`},
	)
	below := strings.Join(m.Below("/tmp"), " ")
	if !strings.HasPrefix(below, "/tmp/ansible.") {
		t.Errorf("made %q", below)
	}
	r := module.Run(t.Context(), m, builtin.Table(), module.Task{Module: "tempfile", Args: args()})
	sys, err := m.For(node.Task{})
	if err != nil {
		t.Fatal(err)
	}
	if i, err := sys.Files().Stat(value.Str(r.Values.At("path")), false); err != nil || i.Mode != 0o600 {
		t.Errorf("%s: %v %v", value.Display(r.Values), i.Mode, err)
	}
	planned := module.Run(t.Context(), node.NewShadow(m), builtin.Table(), module.Task{Module: "tempfile", Args: args()})
	if !value.IsUnknown(planned.Values.At("path")) {
		t.Errorf("a plan knows the name: %s", value.Display(planned.Values))
	}
}

func TestFragmentsAreAssembled(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		more         []value.Value
		want, failed string
	}{
		{nil, "hid\none\ntwo\n", ""},
		{[]value.Value{"ignore_hidden", true, "delimiter", "###"}, "one\n###\ntwo\n", ""},
		{[]value.Value{"regexp", "^b", "delimiter", `x\ny`}, "two\n", ""},
		{[]value.Value{"ignore_hidden", true, "delimiter", `x\ny`}, "one\nx\ny\ntwo\n", ""},
		{[]value.Value{"mode", "0600"}, "hid\none\ntwo\n", ""},
		{[]value.Value{"regexp", "("}, "", "Invalid Regexp"},
		{[]value.Value{"src", "/nosuch"}, "", "Source (/nosuch) does not exist"},
		{[]value.Value{"src", "/frag/a"}, "", "Source (/frag/a) is not a directory"},
		{[]value.Value{"dest", "/etc"}, "", "path /etc is a directory"},
		{[]value.Value{"remote_src", false}, "", "only True can be used"},
		{[]value.Value{"validate", "judge"}, "", "validate must contain %s"},
	} {
		m := newMachine(nil)
		for path, text := range map[string]string{"/frag/a": "one", "/frag/b": "two\n", "/frag/.h": "hid", "/frag/sub/x": "no"} {
			m.Put(imitation.Laid{Path: path, Content: text})
		}
		a := args("src", "/frag", "dest", "/etc/out")
		a.Update(args(c.more...))
		d := deed{module: "assemble", args: a, failed: c.failed}
		if c.failed == "" {
			d.makes, d.says = "file /etc/out create", "'msg': 'OK'"
		}
		on(t, m, d)
		if got := m.Content("/etc/out"); got != c.want {
			t.Errorf("%s: %q, want %q", value.Display(a), got, c.want)
		}
	}
}

func TestKeysOfHosts(t *testing.T) {
	t.Parallel()
	const a, b, other = "ssh-ed25519 AAAAone", "ssh-ed25519 AAAAtwo", "ssh-rsa AAAAthree"
	const file = "/etc/known"
	const hashed = "|1|AAAAAAAAAAAAAAAAAAAAAAAAAAA=|m62lDHmoP7b0mj+Jp5Ueqs2uaqE= " // h1
	for _, c := range []struct {
		text   string
		args   *value.Dict
		want   string
		makes  string
		failed string
	}{
		{"", args("name", "h1", "key", "h1 "+a), "h1 " + a + "\n", "create", ""},
		{"h1 " + b + "\n# c\nh2 " + b + "\n", args("name", "h1", "key", "h1 "+a), "# c\nh2 " + b + "\nh1 " + a + "\n", "update", ""},
		{"h1 " + other + "\n", args("host", "h1", "key", "h1 "+a), "h1 " + other + "\nh1 " + a + "\n", "update", ""},
		{"h1 " + a + "\n", args("name", "h1", "key", "h1 "+a+" comment"), "h1 " + a + "\n", "", ""},
		{"h1 " + a + "\n", args("name", "h1", "key", "h1,h2 "+a), "h1,h2 " + a + "\n", "update", ""},
		{"h1 " + a + "\nh2 " + a + "\nh1 " + other + "\n", args("name", "h1", "state", "absent"), "h2 " + a + "\n", "update", ""},
		{"h1 " + a + "\nh1 " + b + "\n", args("name", "h1", "state", "absent", "key", "h1 "+a), "h1 " + b + "\n", "update", ""},
		{"", args("name", "h1", "state", "absent"), "", "", ""},
		{hashed + a + "\n", args("name", "h1", "state", "absent"), "", "update", ""},
		{hashed + a + "\n", args("name", "h1", "key", "h1 "+a, "hash_host", true), hashed + a + "\n", "", ""},
		{hashed + a + "\n", args("name", "h2", "state", "absent"), hashed + a + "\n", "", ""},
		{"", args("name", "h1", "key", "@cert-authority h1 "+a), "@cert-authority h1 " + a + "\n", "create", ""},
		{"", args("name", "h1"), "", "", "No key specified when adding a host"},
		{"", args("name", "h1", "key", "h2 "+a), "", "", "Host parameter does not match hashed host field in supplied key"},
	} {
		m := newMachine(nil)
		if c.text != "" {
			m.Put(imitation.Laid{Path: file, Content: c.text})
		}
		c.args.Set("path", file)
		d := deed{module: "known_hosts", args: c.args, failed: c.failed}
		if c.makes != "" {
			d.makes = "file " + file + " " + c.makes
		}
		on(t, m, d)
		if got := m.Content(file); got != c.want {
			t.Errorf("%s makes %q, want %q", value.Display(c.args), got, c.want)
		}
	}
	m := newMachine(nil)
	on(t, m, deed{module: "known_hosts", args: args("name", "h1", "key", "h1 "+a, "hash_host", true), makes: "directory /root/.ssh create; file /root/.ssh/known_hosts create"})
	if got := m.Content("/root/.ssh/known_hosts"); !strings.HasPrefix(got, "|1|") || strings.Contains(got, "h1 ") {
		t.Errorf("the host is not hidden: %q", got)
	}
	on(t, m, deed{module: "known_hosts", args: args("name", "h1", "state", "absent"), makes: "file /root/.ssh/known_hosts update"})
}

// run asks a module once.
func run(t *testing.T, m node.Machine, name string, a *value.Dict) module.Result {
	t.Helper()
	return module.Run(t.Context(), m, builtin.Table(), module.Task{Module: name, Args: a})
}

// What is at the path of a result is told with it, as playbooks expect.
func TestResultsTellWhatIsAtTheirPath(t *testing.T) {
	t.Parallel()
	m := newMachine(nil)
	for _, c := range []struct {
		module string
		args   *value.Dict
		want   string
	}{
		{"copy", args("dest", "/etc/x", "content", "abc", "mode", "0640"), "'uid': 0, 'gid': 0, 'owner': 'root', 'group': 'root', 'mode': '0640', 'state': 'file'"},
		{"file", args("path", "/srv/d", "state", "directory"), "'state': 'directory'"},
		{"file", args("path", "/srv/l", "src", "/etc/x", "state", "link"), "'state': 'link'"},
		{"file", args("path", "/srv/h", "src", "/etc/x", "state", "hard"), "'state': 'hard'"},
		{"file", args("path", "/srv/l", "state", "absent"), "'state': 'absent'"},
	} {
		for side, on := range map[string]node.Machine{"a plan": node.NewShadow(m), "a run": m} {
			if side == "a plan" && strings.Contains(c.want, "hard") {
				continue // a planned link has no second name yet
			}
			if r := run(t, on, c.module, c.args); !strings.Contains(value.Display(r.Values), c.want) || r.Failed != "" {
				t.Errorf("%s of %s %s says %s %s", side, c.module, value.Display(c.args), value.Display(r.Values), r.Failed)
			}
		}
	}
}
