package builtin_test

import (
	"strings"
	"testing"

	"pig/internal/imitation"
	"pig/internal/value"
)

// edited is a module that is asked to edit a file, and the text that comes of it; "" is the old one.
type edited struct {
	text   string
	args   *value.Dict
	want   string
	failed string
	says   string
}

// edit asks each for its edit of a file, which arg names, on a machine of its own.
func edit(t *testing.T, name, arg, file string, cases []edited) {
	t.Helper()
	for _, c := range cases {
		m := newMachine(nil)
		if c.text != "" {
			m.Put(imitation.Laid{Path: file, Content: c.text})
		}
		c.args.Set(arg, file)
		d := deed{module: name, args: c.args, failed: c.failed, says: c.says}
		want := c.text
		if c.want != "" {
			want, d.makes = c.want, "file "+file+" update"
			if c.text == "" {
				d.makes = "file " + file + " create"
			}
		}
		on(t, m, d)
		if got := m.Content(file); got != want {
			t.Errorf("%s makes %q, want %q", value.Display(c.args), got, want)
		}
	}
}

// What each case makes is what the module of Debian 13's package ansible made of it.
func TestOptionsOfIniFiles(t *testing.T) {
	t.Parallel()
	const text = "[a]\nx = 1\ny=2\n#z = 3\n\n[b]\nx=5\n"
	put := func(old, now string) string { return strings.Replace(text, old, now, 1) }
	edit(t, "ini_file", "path", "/etc/f.ini", []edited{
		{"", args("section", "a", "option", "x", "value", "1"), "\n[a]\nx = 1\n", "", "section and option added"},
		{text, args("section", "a", "option", "x", "value", "1"), "", "", "'msg': 'OK'"},
		{text, args("section", "a", "option", "x", "value", "2"), put("x = 1", "x = 2"), "", "option changed"},
		{text, args("section", "a", "option", "y", "value", "2"), put("y=2", "y = 2"), "", ""},
		{text, args("section", "a", "option", "y", "value", "2", "ignore_spaces", true), "", "", ""},
		{text, args("section", "a", "option", "y", "value", "3", "no_extra_spaces", true), put("y=2", "y=3"), "", ""},
		{text, args("section", "a", "option", "z", "value", "4"), put("#z = 3", "z = 4"), "", ""},
		{text, args("section", "a", "option", "z", "value", "4", "modify_inactive_option", false), put("y=2\n", "y=2\nz = 4\n"), "", "option added"},
		{text, args("section", "c", "option", "n", "value", "4"), text + "[c]\nn = 4\n", "", "section and option added"},
		{text, args("section", "c", "allow_no_value", true), text + "[c]\n", "", "only section added"},
		{text, args("section", "c"), "", "Parameter 'value(s)' must be defined if state=present and allow_no_value=False.", ""},
		{text, args("section", "a", "state", "absent"), "[b]\nx=5\n", "", "section removed"},
		{text, args("section", "a", "option", "x", "state", "absent"), put("x = 1\n", ""), "", ""},
		{text, args("section", "a", "option", "q", "state", "absent"), "", "", ""},
		{text, args("option", "top", "value", "1"), "top = 1\n" + text, "", ""},
		{text, args("section", "a", "option", "x", "values", list("7", "8", "7")), put("x = 1\ny=2\n", "x = 7\ny=2\nx = 8\n"), "", ""},
		{text, args("section", "a", "option", "x", "values", list("7"), "exclusive", false), put("y=2\n", "y=2\nx = 7\n"), "", ""},
		{"[a]\nx = 1\nx = 2\nx = 3\n", args("section", "a", "option", "x", "value", "3"), "[a]\nx = 3\n", "", ""},
		{"[a]\nx = 1\nx = 2\n", args("section", "a", "option", "x", "values", list("2"), "state", "absent", "exclusive", false), "[a]\nx = 1\n", "", ""},
		{"[a]\nx = 1\n;y = 2\n#y = 3\n", args("section", "a", "option", "y", "value", "4"), "[a]\nx = 1\ny = 4\n", "", ""},
		{"[a]\nflag = 2\n", args("section", "a", "option", "flag", "allow_no_value", true), "[a]\nflag\n", "", ""},
		{"[a]\nx = 1\n[a]\nx = 2\n", args("section", "a", "option", "y", "value", "9", "section_has_values", list(args("option", "x", "value", "2"))), "[a]\nx = 1\n[a]\nx = 2\ny = 9\n", "", ""},
		{"[a]\nx = 1\n", args("section", "a", "option", "y", "value", "9", "section_has_values", list(args("option", "x", "values", list("3")))), "[a]\nx = 1\n[a]\nx = 3\ny = 9\n", "", ""},
		{text, args("section", "a", "section_has_values", list(args("value", "1")), "option", "x", "value", "1"), "", "item 1 needs option", ""},
		{text, args("section", "a", "option", "x", "value", "1", "values", list("1")), "", "takes only one of: value, values", ""},
		{"", args("section", "a", "option", "x", "value", "1", "create", false), "", "Destination /etc/f.ini does not exist!", ""},
	})
	m := newMachine(nil)
	m.Put(imitation.Laid{Path: "/etc/real.ini", Content: "[a]\n"})
	m.Put(imitation.Laid{Path: "/etc/link.ini", Link: "/etc/real.ini"})
	on(t, m,
		deed{module: "ini_file", args: args("path", "/etc/real.ini", "section", "a", "option", "x", "value", "1", "mode", "0600"), makes: "file /etc/real.ini update", says: "'mode': '0600'"},
		deed{module: "ini_file", args: args("path", "/etc/link.ini", "section", "a", "option", "x", "value", "2", "follow", true), makes: "file /etc/real.ini update"},
	)
	r := run(t, m, "ini_file", args("path", "/etc/real.ini", "section", "a", "option", "x", "value", "3", "backup", true))
	if kept := value.Str(r.Values.At("backup_file")); m.Content(kept) != "[a]\nx = 2\n" {
		t.Errorf("the copy %q holds %q", kept, m.Content(kept))
	}
}

func TestParametersOfTheKernel(t *testing.T) {
	t.Parallel()
	quiet := func(kv ...value.Value) *value.Dict { return args(append(kv, "reload", false)...) }
	edit(t, "sysctl", "sysctl_file", "/etc/s.conf", []edited{
		{"", quiet("name", "a.b", "value", "1"), "a.b=1\n", "", ""},
		{"a.b = 1\n", quiet("key", "a.b", "val", "1"), "", "", ""},
		{"# c\na.b=0\n\nb=2\n", quiet("name", "a.b", "value", "yes"), "# c\na.b=1\n\nb=2\n", "", ""},
		{"a.b=1\na.b=2\nb=1\n", quiet("name", "a.b", "value", "3"), "a.b=3\nb=1\n", "", ""},
		{"b=2\na.b=1\n", quiet("name", "a.b", "state", "absent"), "b=2\n", "", ""},
		{"b=2\n", quiet("name", "a.b", "state", "absent"), "", "", ""},
		{"", quiet("name", "a.b"), "", "state is present but all of the following are missing: value", ""},
		{"", quiet("name", "", "value", "1"), "", "name cannot be blank", ""},
		{"", quiet("name", "a", "value", ""), "", "value cannot be blank", ""},
	})
	m := newMachine(nil)
	m.Put(imitation.Laid{Path: "/proc/sys/vm/swappiness", Content: "60\n"})
	on(t, m,
		deed{module: "sysctl", args: args("name", "vm.swappiness", "value", "10", "sysctl_set", true, "reload", false), makes: "file /etc/sysctl.conf create; kernel parameter vm.swappiness update"},
		deed{module: "sysctl", args: args("name", "vm.swappiness", "value", "10"), makes: ""},
		deed{module: "sysctl", args: args("name", "net.ipv4.ip_nonlocal_bind", "value", "0"), makes: "file /etc/sysctl.conf update; kernel parameters /etc/sysctl.conf reload"},
	)
	if got := m.Content("/proc/sys/vm/swappiness"); got != "10\n" {
		t.Errorf("the kernel has %q", got)
	}
	bad := newMachine(with(map[string]imitation.Command{"sysctl": func(c *imitation.Invocation) int { return c.Fail("sysctl: no such parameter") }}))
	for ignore, want := range map[bool]string{true: "", false: "Failed to reload sysctl: sysctl: no such parameter\n"} {
		if r := run(t, bad, "sysctl", args("name", "no.such", "value", "1", "ignoreerrors", ignore, "sysctl_file", "/etc/x.conf")); r.Failed != want {
			t.Errorf("ignoreerrors %v: %q", ignore, r.Failed)
		}
	}
}

func TestLimitsOfAccounts(t *testing.T) {
	t.Parallel()
	const text = "# head\n*\thard\tnofile\t100\nu soft nproc unlimited # c\n"
	limit := func(domain, kind, item, v string, more ...value.Value) *value.Dict {
		return args(append([]value.Value{"domain", domain, "limit_type", kind, "limit_item", item, "value", v}, more...)...)
	}
	edit(t, "pam_limits", "dest", "/etc/security/limits.d/x.conf", []edited{
		{text, limit("*", "hard", "nofile", "200"), strings.Replace(text, "100", "200", 1), "", `'msg': '*\thard\tnofile\t200\n'`},
		{text, limit("*", "hard", "nofile", "100"), "", "", ""},
		{text, limit("*", "hard", "nofile", "50", "use_max", true), "", "", ""},
		{text, limit("*", "hard", "nofile", "50", "use_min", true), strings.Replace(text, "100", "50", 1), "", ""},
		{text, limit("u", "soft", "nproc", "50", "use_max", true), "", "", ""},
		{text, limit("u", "soft", "nproc", "50", "use_min", true, "comment", "why"), strings.Replace(text, "u soft nproc unlimited # c", "u\tsoft\tnproc\t50\t#why", 1), "", ""},
		{"", limit("v", "-", "nice", "-5"), "v\t-\tnice\t-5\n", "", ""},
		{text, limit("v", "-", "core", "x"), "", "Value of 'x' for item 'core' is invalid. Value must either be 'unlimited'", ""},
		{text, limit("v", "-", "nice", "-25"), "", "Value must be a number in the range -20 to 19 inclusive.", ""},
		{text, limit("v", "-", "core", "1", "use_max", true, "use_min", true), "", "Cannot use use_min and use_max at the same time.", ""},
		{"* hard nofile bad\n", limit("*", "hard", "nofile", "1"), "", "Invalid configuration found in '/etc/security/limits.d/x.conf'. Value of 'bad'", ""},
		{text, limit("v", "-", "cores", "1"), "", "must be one of core", ""},
	})
	on(t, newMachine(nil), deed{module: "pam_limits", args: limit("v", "-", "core", "1", "dest", "/nosuch/x"), failed: "directory /nosuch is not writable"})
	m := newMachine(nil)
	m.Put(imitation.Laid{Path: "/etc/l", Content: text})
	if r := run(t, m, "pam_limits", limit("v", "-", "core", "1", "dest", "/etc/l", "backup", true)); m.Content(value.Str(r.Values.At("backup"))) != text {
		t.Errorf("the copy: %s %s", value.Display(r.Values), r.Failed)
	}
}

func TestModulesOfTheKernel(t *testing.T) {
	t.Parallel()
	loading := func(c *imitation.Invocation) int {
		if c.Argv[1] == "-r" {
			if err := c.Files.Remove("/sys/module/" + c.Argv[2]); err != nil {
				return c.Fail("%v", err)
			}
			return 0
		}
		return imitation.CoreCommands()["modprobe"](&imitation.Invocation{Machine: c.Machine, Argv: c.Argv[:2], Files: c.Files})
	}
	m := newMachine(with(map[string]imitation.Command{"modprobe": loading}))
	m.Put(imitation.Laid{Path: "/lib/modules/6.12.0-pig/modules.builtin", Content: "kernel/fs/ext4/ext4.ko\n"})
	on(t, m,
		deed{module: "modprobe", args: args("name", "dm-mod"), makes: "kernel module dm-mod load"},
		deed{module: "modprobe", args: args("name", "ext4")},
		deed{module: "modprobe", args: args("name", "dummy", "params", "numdummies=2", "persistent", "present"), makes: "kernel module dummy load; file /etc/modules-load.d/dummy.conf create; directory /etc/modprobe.d create; file /etc/modprobe.d/dummy.conf create"},
		deed{module: "modprobe", args: args("name", "dummy", "params", "numdummies=3", "persistent", "present"), makes: "file /etc/modprobe.d/dummy.conf update; file /etc/modprobe.d/dummy.conf update"},
		deed{module: "modprobe", args: args("name", "dummy", "persistent", "absent", "state", "absent"), makes: "kernel module dummy unload; file /etc/modules-load.d/dummy.conf update; file /etc/modprobe.d/dummy.conf update"},
		deed{module: "modprobe", args: args("name", "dummy", "persistent", "maybe"), failed: "must be one of disabled, present, absent"},
	)
}

func TestTimeZones(t *testing.T) {
	t.Parallel()
	m := newMachine(nil)
	on(t, m,
		deed{module: "timezone", args: args("name", "Etc/UTC")},
		deed{module: "timezone", args: args("name", "Asia/Hong_Kong"), makes: "link /etc/localtime update"},
		deed{module: "timezone", args: args("name", "Mars/Base"), failed: `given timezone "Mars/Base" is not available`},
		deed{module: "timezone", args: args("name", "../x"), failed: `invalid time zone "../x"`},
		deed{module: "timezone", args: args("hwclock", "UTC")},
		deed{module: "timezone", args: args("rtc", "local"), makes: "file /etc/adjtime create"},
		deed{module: "timezone", args: args(), failed: "needs one of: name, hwclock"},
	)
	if got := m.Content("/etc/adjtime"); got != "0.0 0 0.0\n0\nLOCAL\n" {
		t.Errorf("adjtime is %q", got)
	}
	m.Put(imitation.Laid{Path: "/etc/timezone", Content: "Asia/Hong_Kong\n"})
	on(t, m, deed{module: "timezone", args: args("name", "UTC"), makes: "link /etc/localtime update; file /etc/timezone update"})
}
