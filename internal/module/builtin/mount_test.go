package builtin_test

import (
	"strings"
	"testing"

	"pig/internal/imitation"
	"pig/internal/module"
	"pig/internal/module/builtin"
	"pig/internal/module/fake"
	"pig/internal/node"
	"pig/internal/value"
)

// mounts are mount and umount, as the kernel shows what they do.
func mounts() map[string]imitation.Command {
	edit := func(c *imitation.Invocation, line string) int {
		text, err := c.Files.Read("/proc/self/mounts")
		if err != nil {
			return c.Fail("%v", err)
		}
		point := c.Argv[len(c.Argv)-1]
		var kept []string
		for l := range strings.Lines(string(text)) {
			if !strings.Contains(l, " "+point+" ") {
				kept = append(kept, l)
			}
		}
		if point == "/mnt/busy" {
			return c.Fail("%s: %s: target is busy", c.Argv[0], point)
		}
		if err := c.Files.Write("/proc/self/mounts", []byte(strings.Join(kept, "")+line), node.Attrs{}); err != nil {
			return c.Fail("%v", err)
		}
		return 0
	}
	return map[string]imitation.Command{
		"mount":  func(c *imitation.Invocation) int { return edit(c, "/dev/b "+c.Argv[len(c.Argv)-1]+" xfs rw 0 0\n") },
		"umount": func(c *imitation.Invocation) int { return edit(c, "") },
	}
}

func mountMachine() *imitation.Machine {
	m := newMachine(with(mounts()))
	m.Put(imitation.Laid{Path: "/proc/self/mounts", Content: "/dev/vda1 / ext4 rw 0 0\n/dev/c /mnt/c xfs rw 0 0\n/dev/d /mnt/busy xfs rw 0 0\n"})
	m.Put(imitation.Laid{Path: "/etc/fstab", Content: "# fstab\n/dev/c /mnt/c xfs ro 0 0\n/dev/d\t/mnt/busy xfs rw\nUUID=1 none swap sw 0 0\n"})
	return m
}

func TestLinesOfFstab(t *testing.T) {
	t.Parallel()
	const fstab = "# fstab\n/dev/c /mnt/c xfs ro 0 0\n/dev/d\t/mnt/busy xfs rw\nUUID=1 none swap sw 0 0\n"
	for _, c := range []struct {
		args         *value.Dict
		want, failed string
	}{
		{args("path", "/mnt/b", "src", "/dev/b", "fstype", "ext4", "state", "present"), fstab + "/dev/b /mnt/b ext4 defaults 0 0\n", ""},
		{args("name", "/mnt/b c", "src", "//h/b c", "fstype", "cifs", "opts", "ro", "boot", false, "state", "present"), fstab + `//h/b\040c /mnt/b\040c cifs ro,noauto 0 0` + "\n", ""},
		{args("path", "/mnt/c", "src", "/dev/c", "fstype", "xfs", "opts", "ro", "state", "present"), "", ""},
		{args("path", "/mnt/c", "src", "/dev/e", "fstype", "xfs", "opts", "rw", "dump", "1", "passno", "2", "state", "present"), strings.Replace(fstab, "/dev/c /mnt/c xfs ro 0 0", "/dev/e /mnt/c xfs rw 1 2", 1), ""},
		{args("path", "/mnt/busy", "src", "/dev/d", "fstype", "xfs", "opts", "rw", "state", "present"), strings.Replace(fstab, "/dev/d\t/mnt/busy xfs rw", "/dev/d /mnt/busy xfs rw 0 0", 1), ""},
		{args("path", "none", "src", "/swap", "fstype", "swap", "opts", "sw", "state", "present"), fstab + "/swap none swap sw 0 0\n", ""},
		{args("path", "none", "src", "UUID=1", "fstype", "swap", "opts", "sw,pri=1", "state", "present"), strings.Replace(fstab, "swap sw", "swap sw,pri=1", 1), ""},
		{args("path", "/mnt/c", "state", "absent_from_fstab"), strings.Replace(fstab, "/dev/c /mnt/c xfs ro 0 0\n", "", 1), ""},
		{args("path", "/mnt/no", "state", "absent_from_fstab"), "", ""},
		{args("path", "/mnt/b", "state", "present"), "", "state is present but all of the following are missing: src, fstype"},
		{args("path", "/mnt/b", "state", "here"), "", "must be one of absent, absent_from_fstab, mounted"},
		{args("path", "/mnt/b"), "", "module mount needs the argument state"},
	} {
		m := mountMachine()
		d := deed{module: "mount", args: c.args, failed: c.failed}
		want := fstab
		if c.want != "" {
			d.makes, want = "file /etc/fstab update", c.want
		}
		on(t, m, d)
		if got := m.Content("/etc/fstab"); got != want {
			t.Errorf("%s makes %q, want %q", value.Display(c.args), got, want)
		}
	}
}

func TestWhatIsMounted(t *testing.T) {
	t.Parallel()
	m := mountMachine()
	on(t, m,
		deed{module: "mount", args: args("path", "/mnt/b", "src", "/dev/b", "fstype", "xfs", "state", "mounted"), makes: "directory /mnt create; directory /mnt/b create; file /etc/fstab update; mount /mnt/b mount"},
		deed{module: "mount", args: args("path", "/mnt/b", "src", "/dev/b", "fstype", "xfs", "opts", "ro", "state", "mounted"), makes: "file /etc/fstab update; mount /mnt/b remount"},
		deed{module: "mount", args: args("path", "/mnt/b", "state", "remounted"), makes: "mount /mnt/b remount", repeats: true},
		deed{module: "mount", args: args("path", "/mnt/b", "state", "unmounted"), makes: "mount /mnt/b unmount"},
		deed{module: "mount", args: args("path", "/mnt/b", "state", "unmounted")},
	)
}

func TestMountsThatGo(t *testing.T) {
	t.Parallel()
	m := mountMachine()
	m.Put(imitation.Laid{Path: "/mnt/c/"})
	on(t, m,
		deed{module: "mount", args: args("path", "/mnt/c", "state", "absent"), makes: "file /etc/fstab update; mount /mnt/c unmount; directory /mnt/c delete"},
		deed{module: "mount", args: args("path", "/mnt/e", "src", "/dev/b", "fstype", "xfs", "state", "ephemeral"), makes: "directory /mnt/e create; mount /mnt/e mount", repeats: true},
		deed{module: "mount", args: args("path", "/mnt/e", "src", "/dev/b", "fstype", "xfs", "state", "ephemeral"), makes: "mount /mnt/e remount", repeats: true},
		deed{module: "mount", args: args("path", "/mnt/e", "src", "/dev/x", "fstype", "xfs", "state", "ephemeral"), failed: "already mounted with a different source: /dev/b (xfs)"},
		deed{module: "mount", args: args("path", "/mnt/f", "src", "/dev/b", "fstype", "xfs", "fstab", "/etc/other", "state", "mounted"), makes: "directory /mnt/f create; file /etc/other create; mount /mnt/f mount"},
	)
	r := module.Run(t.Context(), m, builtin.Table(), module.Task{Module: "mount", Args: args("path", "/mnt/busy", "state", "unmounted")})
	if r.Failed != "umount: exit status 1: umount: /mnt/busy: target is busy" || len(r.Changes) > 0 {
		t.Errorf("a mount that stays: %q", r.Failed)
	}
	// A plan knows what it mounted.
	plan := node.NewShadow(m)
	for _, want := range []string{"directory /mnt/g create; file /etc/fstab update; mount /mnt/g mount", ""} {
		r := module.Run(t.Context(), plan, builtin.Table(), module.Task{Module: "mount", Args: args("path", "/mnt/g", "src", "/dev/b", "fstype", "xfs", "state", "mounted")})
		if got := fake.Keys(r.Changes); got != want || r.Failed != "" {
			t.Errorf("planned %q %q, want %q", got, r.Failed, want)
		}
	}
}
