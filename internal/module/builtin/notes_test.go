package builtin_test

import (
	"strings"
	"testing"

	"pig/internal/imitation"
	"pig/internal/module"
	"pig/internal/module/builtin"
	"pig/internal/value"
)

// Handlers are noted before anything is changed, kept until they have run, and forgotten where nothing was changed.
func TestHandlersAreNotedOnTheNode(t *testing.T) {
	t.Parallel()
	const notes = "/var/lib/pig/pending"
	m := newMachine(nil)
	pending := []module.Pending{{ID: "h1", Handler: "restart app", Cause: "Render the options"}}
	write := func(content string) module.Result {
		return module.Run(t.Context(), m, builtin.Table(), module.Task{Module: "copy", Args: args("dest", "/etc/app", "content", content), Pending: pending})
	}
	ask := func(a *value.Dict) module.Result {
		return module.Run(t.Context(), m, builtin.Table(), module.Task{Module: "pending", Args: a})
	}
	handlers := list(args("id", "h1", "handler", "restart app", "cause", "Render the options"))
	if r := write("a"); r.Failed != "" || !r.Noted || m.Content(notes+"/h1") != `{"handler":"restart app","cause":"Render the options"}`+"\n" {
		t.Errorf("a change: noted %v, %q, %q", r.Noted, r.Failed, m.Content(notes+"/h1"))
	}
	if r := ask(args()); value.Display(r.Values) != "{'pending': [{'id': 'h1', 'handler': 'restart app', 'cause': 'Render the options'}]}" || r.Changed != false {
		t.Errorf("the notes are %s", value.Display(r.Values))
	}
	if r := write("a"); r.Noted || len(m.Below(notes)) != 1 {
		t.Errorf("a task that changes nothing: noted %v; notes of before: %v", r.Noted, m.Below(notes))
	}
	if r := ask(args("state", "done", "handlers", handlers)); r.Failed != "" || len(m.Below(notes)) > 0 {
		t.Errorf("a handler that has run: %q, %v", r.Failed, m.Below(notes))
	}
	if r := ask(args("state", "noted", "handlers", handlers)); r.Failed != "" || len(m.Below(notes)) != 1 {
		t.Errorf("a handler to note: %q, %v", r.Failed, m.Below(notes))
	}
	// A note that was being written when an agent died is none; an empty one still names its handler.
	m.Put(imitation.Laid{Path: notes + "/.h2.tmp", Content: "{"})
	m.Put(imitation.Laid{Path: notes + "/h3"})
	if r := ask(args()); !strings.Contains(value.Display(r.Values), "{'id': 'h3', 'handler': '', 'cause': ''}") || strings.Contains(value.Display(r.Values), "h2") {
		t.Errorf("the notes are %s", value.Display(r.Values))
	}
	if r := ask(args("state", "lost")); !strings.Contains(r.Failed, "must be one of read, noted, done") {
		t.Errorf("a state that is none: %q", r.Failed)
	}
	// Nothing is changed where the handler cannot be noted.
	m.Put(imitation.Laid{Path: "/var/lib/pig", Content: "a file"})
	if r := write("b"); !strings.HasPrefix(r.Failed, "cannot record the handlers of this task: ") || m.Content("/etc/app") != "a" {
		t.Errorf("without a note: %q, the file is %q", r.Failed, m.Content("/etc/app"))
	}
}

func TestFactsOfAMachine(t *testing.T) {
	t.Parallel()
	m := newMachine(nil)
	m.SetHostname("pg-1.lan")
	for path, text := range map[string]string{
		"/proc/meminfo": "MemTotal:  4194304 kB\nMemFree: 1048576 kB\nSwapTotal: 0 kB\n", "/proc/uptime": "4242.5 1.0\n", "/run/systemd/container": "systemd-nspawn\n",
		"/etc/os-release": "ID=debian\nVERSION_ID=\"13\"\nVERSION_CODENAME=trixie\n", "/etc/debian_version": "13.1\n",
	} {
		m.Put(imitation.Laid{Path: path, Content: text})
	}
	facts := func(a *value.Dict) (*value.Dict, string) {
		r := module.Run(t.Context(), m, builtin.Table(), module.Task{Module: "setup", Args: a})
		d, _ := r.Values.At("ansible_facts").(*value.Dict)
		if d == nil {
			d = value.NewDict()
		}
		return d, r.Failed
	}
	all, failed := facts(args())
	for name, want := range map[string]value.Value{
		"ansible_distribution": "Debian", "ansible_distribution_version": "13.1", "ansible_distribution_major_version": "13", "ansible_distribution_release": "trixie",
		"ansible_os_family": "Debian", "ansible_pkg_mgr": "apt", "ansible_memtotal_mb": int64(4096), "ansible_memfree_mb": int64(1024), "ansible_swaptotal_mb": int64(0),
		"ansible_uptime_seconds": int64(4242), "ansible_virtualization_type": "systemd-nspawn", "ansible_virtualization_role": "guest",
		"ansible_hostname": "pg-1", "ansible_nodename": "pg-1.lan", "ansible_user_id": "root", "ansible_system": "Linux",
	} {
		if got := all.At(name); !value.Equal(got, want) {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	if failed != "" {
		t.Error(failed)
	}
	for _, c := range []struct {
		args        *value.Dict
		has, hasNot string
		failed      string
	}{
		{args("gather_subset", list("min")), "ansible_distribution", "ansible_memtotal_mb", ""},
		{args("gather_subset", list("!hardware")), "ansible_all_ipv4_addresses", "ansible_memtotal_mb", ""},
		{args("gather_subset", list("network")), "ansible_all_ipv4_addresses", "ansible_memtotal_mb", ""},
		{args("gather_subset", list("virtual")), "ansible_virtualization_type", "ansible_all_ipv4_addresses", ""},
		{args("gather_subset", list("!all")), "ansible_distribution", "ansible_all_ipv4_addresses", ""},
		{args("gather_subset", list("!all", "network")), "ansible_all_ipv4_addresses", "ansible_memtotal_mb", ""},
		{args("filter", list("ansible_dist*")), "ansible_distribution", "ansible_hostname", ""},
		{args("filter", list("hostname")), "ansible_hostname", "ansible_nodename", ""},
		{args("gather_subset", list("!all", "!min", "distribution", "pkg_mgr")), "ansible_distribution", "ansible_memtotal_mb", ""},
		{args("gather_subset", list("architecture")), "ansible_architecture", "ansible_all_ipv4_addresses", ""},
		{args("gather_subset", list("!facter", "!mounts")), "ansible_all_ipv4_addresses", "ansible_memtotal_mb", ""},
		{args("gather_subset", list("bones")), "", "ansible_hostname", `invalid gather_subset "bones": want one of all, min, hardware, network, virtual`},
	} {
		got, failed := facts(c.args)
		if c.has != "" && !got.Has(c.has) || got.Has(c.hasNot) || !strings.Contains(failed, c.failed) || (failed == "") != (c.failed == "") {
			t.Errorf("%s: %v, %q", value.Display(c.args), got.Keys(), failed)
		}
	}
	m.Put(imitation.Laid{Path: "/etc/os-release", Content: "ID=rocky\nID_LIKE=\"rhel centos\"\nVERSION_ID=9.4\n"})
	if got, _ := facts(args()); got.At("ansible_distribution") != "Rocky" || got.At("ansible_os_family") != "RedHat" || got.At("ansible_distribution_major_version") != "9" {
		t.Errorf("Rocky is %v %v", got.At("ansible_distribution"), got.At("ansible_os_family"))
	}
}

func TestFieldsOfADefinition(t *testing.T) {
	t.Parallel()
	var errs []error
	f := module.NewFields("user", args("name", "app", "limit", "10", "login", "yes", "roles", "a,b", "kind", "RW", "note", 5, "bad", "x"), &errs)
	if n := f.OptInt("limit"); n == nil || *n != 10 {
		t.Errorf("limit is %v", n)
	}
	if b := f.OptBool("login"); b == nil || !*b {
		t.Errorf("login is %v", b)
	}
	if s := f.OptText("note"); s == nil || *s != "5" || f.OptText("none") != nil || f.Text("none") != "" {
		t.Errorf("note is %v", s)
	}
	if items := f.Items("roles"); len(items) != 2 || f.Items("none") != nil {
		t.Errorf("roles are %v", items)
	}
	if f.Choice("kind", "ro", "rw") != "rw" || f.Choice("none", "ro", "rw") != "ro" || f.OptInt("none") != nil || f.OptBool("none") != nil {
		t.Error("a choice without a word is the first one")
	}
	if len(errs) > 0 {
		t.Errorf("what is right is refused: %v", errs)
	}
	f.OptInt("bad")
	f.Choice("bad", "ro", "rw")
	module.NewFields("user", args(), &errs)
	module.NewFields("user", strings.Repeat("x", 64), &errs)
	text := module.Joined(errs).Error()
	for _, want := range []string{"user app: bad: ", `user app: bad must be one of ro, rw, not "x"`, "user: has no name", "want at most 63 bytes in one line"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q lacks %q", text, want)
		}
	}
	if g := module.NewFields("user", "bare", &errs); g.Text("name") != "bare" || g.What != "user bare" {
		t.Errorf("a bare name is %s", g.What)
	}
}
