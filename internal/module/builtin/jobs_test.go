package builtin_test

import (
	"fmt"
	"strings"
	"testing"

	"pig/internal/imitation"
)

func TestRepositoriesOfDnf(t *testing.T) {
	t.Parallel()
	const path = "/etc/yum.repos.d/epel.repo"
	m := newMachine(nil)
	m.Put(imitation.Laid{Path: "/etc/yum.repos.d/README"})
	on(t, m,
		deed{module: "yum_repository", args: args("name", "epel", "description", "E P", "baseurl", list("https://a", "https://b"), "gpgcheck", true, "excludepkgs", list("x", "y"), "mode", "0600"), makes: "file " + path + " create", says: "'repo': 'epel'"},
		deed{module: "yum_repository", args: args("name", "more", "file", "epel", "description", "M", "metalink", "https://m", "enabled", false), makes: "file " + path + " update"},
	)
	const want = "[epel]\nbaseurl = https://a\n\thttps://b\nexclude = x y\ngpgcheck = 1\nname = E P\n\n[more]\nenabled = 0\nmetalink = https://m\nname = M\n\n"
	if got := m.Content(path); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	on(t, m,
		deed{module: "yum_repository", args: args("name", "epel", "state", "absent"), makes: "file " + path + " update"},
		deed{module: "yum_repository", args: args("name", "more", "file", "epel", "state", "absent"), makes: "file " + path + " delete"},
		deed{module: "yum_repository", args: args("name", "e", "description", "x"), failed: "any of the following are missing: baseurl, mirrorlist, metalink"},
		deed{module: "yum_repository", args: args("name", "e", "baseurl", "x"), failed: "all of the following are missing: description"},
		deed{module: "yum_repository", args: args("name", "e", "baseurl", "x", "description", "x", "reposdir", "/nosuch"), failed: "Repo directory '/nosuch' does not exist."},
	)
}

func TestKeysOfRPM(t *testing.T) {
	t.Parallel()
	const listed = "pub:-:4096:1:D36CB86CB86B3716:1:::-:::sc::::::23::0:\nfpr:::::::::BF18AC2876178908D6E71267D36CB86CB86B3716:\n"
	trusted := false
	m := newMachine(with(map[string]imitation.Command{
		"gpg": says(map[string]string{"": listed}),
		"rpm": func(c *imitation.Invocation) int {
			switch c.Argv[1] {
			case "-q":
				if !trusted {
					return 1
				}
				c.Say("key\n")
			default:
				trusted = c.Argv[1] == "--import"
			}
			return 0
		},
	}))
	m.Put(imitation.Laid{Path: "/root/key", Content: "-----BEGIN PGP PUBLIC KEY BLOCK-----\n"})
	const print = "BF18 AC28 7617 8908 D6E7  1267 D36C B86C B86B 3716"
	on(t, m,
		deed{module: "rpm_key", args: args("key", "/root/key", "fingerprint", "ABCD"), failed: "does not match any key fingerprints"},
		deed{module: "rpm_key", args: args("key", "/root/key", "fingerprint", list(print)), makes: "rpm key D36CB86CB86B3716 create"},
		deed{module: "rpm_key", args: args("key", "0xB86B3716", "state", "absent"), makes: "rpm key B86B3716 delete"},
		deed{module: "rpm_key", args: args("key", "B86B3716"), failed: "a valid file must be given"},
		deed{module: "rpm_key", args: args("key", "/nosuch"), failed: "Not a valid key /nosuch"},
	)
}

func TestScriptsOfInit(t *testing.T) {
	t.Parallel()
	running := false
	m := newMachine(with(map[string]imitation.Command{
		"update-rc.d": func(c *imitation.Invocation) int {
			if c.Argv[2] == "disable" {
				_ = c.Files.Remove("/etc/rc2.d/S01app")
				return 0
			}
			_ = c.Files.Symlink("/etc/init.d/app", "/etc/rc2.d/S01app")
			return 0
		},
		"which": says(map[string]string{"update-rc.d": "/usr/sbin/update-rc.d"}),
		"app": func(c *imitation.Invocation) int {
			switch c.Argv[1] {
			case "status":
				c.Say("app is %s\n", map[bool]string{true: "running", false: "stopped"}[running])
			default:
				running = c.Argv[1] != "stop"
			}
			return 0
		},
	}))
	m.Put(imitation.Laid{Path: "/etc/rc2.d/README"})
	m.Put(imitation.Laid{Path: "/etc/init.d/app", Mode: 0o755, Content: "#!/bin/sh\n"})
	on(t, m,
		deed{module: "sysvinit", args: args("name", "app", "state", "started", "enabled", true), makes: "init script app enable; init script app start"},
		deed{module: "sysvinit", args: args("service", "app", "state", "restarted", "sleep", 0), makes: "init script app stop; init script app start", repeats: true},
		deed{module: "sysvinit", args: args("name", "app", "state", "stopped", "enabled", false), makes: "init script app disable; init script app stop"},
		deed{module: "sysvinit", args: args("name", "nosuch", "state", "started"), failed: "Could not find the requested service nosuch"},
		deed{module: "sysvinit", args: args("name", "app"), failed: "needs one of: state, enabled"},
	)
}

func TestJobsOfAt(t *testing.T) {
	t.Parallel()
	jobs := map[string]string{}
	m := newMachine(with(map[string]imitation.Command{
		"atq": func(c *imitation.Invocation) int {
			for id := range jobs {
				c.Say("%s\tMon Nov 30 21:00:00 2026 a root\n", id)
			}
			return 0
		},
		"atrm": func(c *imitation.Invocation) int { delete(jobs, c.Argv[1]); return 0 },
		"at": func(c *imitation.Invocation) int {
			if c.Argv[1] == "-c" {
				c.Say("#!/bin/sh\numask 22\n%s", jobs[c.Argv[2]])
				return 0
			}
			if strings.Join(c.Argv[1:], " ") != "now + 20 minutes" {
				return c.Fail("bad time")
			}
			jobs[fmt.Sprint(len(jobs)+1)] = string(c.Stdin)
			return 0
		},
	}))
	on(t, m,
		deed{module: "at", args: args("command", "ls -d /", "count", 20, "units", "minutes", "unique", true), makes: "job of at ls -d / create"},
		deed{module: "at", args: args("command", "ls -d /", "count", 20, "units", "minutes"), makes: "job of at ls -d / create", repeats: true},
		deed{module: "at", args: args("command", "ls"), failed: "present state requires count and units"},
		deed{module: "at", args: args("command", "ls", "script_file", "/x"), failed: "takes only one of"},
		deed{module: "at", args: args("count", 1, "units", "days"), failed: "needs one of"},
		deed{module: "at", args: args("command", "other", "state", "absent")},
	)
	if r := run(t, m, "at", args("command", "ls -d /", "state", "absent")); len(r.Changes) != 2 || len(jobs) != 0 {
		t.Errorf("%d changes, jobs %v, %s", len(r.Changes), jobs, r.Failed)
	}
}

func TestEntriesOfACLs(t *testing.T) {
	t.Parallel()
	entries := map[string]string{}
	m := newMachine(with(map[string]imitation.Command{
		"getfacl": func(c *imitation.Invocation) int {
			c.Say("user::rw-\n")
			for who, may := range entries {
				c.Say("%s:%s\n", who, may)
			}
			return 0
		},
		"setfacl": func(c *imitation.Invocation) int {
			words := c.Argv[1:]
			who, may, remove := "", "", false
			for i, w := range words {
				if w == "-m" || w == "-x" {
					at := strings.LastIndexByte(words[i+1], ':')
					who, may, remove = words[i+1][:at], words[i+1][at+1:], w == "-x"
					if remove {
						who = words[i+1]
					}
				}
			}
			same := entries[who] == may && !remove || remove && entries[who] == ""
			switch {
			case words[0] == "--test" && same:
				c.Say("/f: *,*\n")
			case words[0] == "--test":
				c.Say("/f: u::rw-,%s:%s,*\n", who, may)
			case remove:
				delete(entries, who)
			default:
				entries[who] = may
			}
			return 0
		},
	}))
	m.Put(imitation.Laid{Path: "/f", Content: "x"})
	on(t, m,
		deed{module: "acl", args: args("path", "/f", "entity", "joe", "etype", "user", "permissions", "rw", "state", "present"), makes: "acl /f update", says: "user:joe:rw"},
		deed{module: "acl", args: args("path", "/f", "entry", "u:joe:r", "state", "present"), makes: "acl /f update"},
		deed{module: "acl", args: args("path", "/f", "entry", "user:joe", "state", "absent"), makes: "acl /f delete"},
		deed{module: "acl", args: args("name", "/f"), says: "'acl': ['user::rw-']"},
		deed{module: "acl", args: args("path", "/f", "state", "present"), failed: "'entry' MUST be set"},
		deed{module: "acl", args: args("path", "/f", "entry", "u:joe:r", "etype", "user", "state", "present"), failed: "'entry' MUST NOT be set when"},
		deed{module: "acl", args: args("path", "/f", "entry", "u:joe", "state", "present"), failed: "MUST have 3 sections"},
		deed{module: "acl", args: args("path", "/nosuch"), failed: "Path not found"},
	)
}

func TestFactsOfMounts(t *testing.T) {
	t.Parallel()
	m := newMachine(with(map[string]imitation.Command{
		"timeout": func(c *imitation.Invocation) int {
			if c.Argv[len(c.Argv)-1] == "/slow" {
				return 124
			}
			c.Say("4096 100 50 40 20 10\n")
			return 0
		},
		"mount": says(map[string]string{"": "/dev/vdb on /mnt/a b type xfs (rw,noatime)\n"}),
	}))
	m.Put(imitation.Laid{Path: "/proc/mounts", Content: "/dev/vda1 / ext4 rw 0 0\nnfs:/x /slow nfs rw 0 0\nproc /proc proc rw 0 0\nproc /proc proc ro 0 0\n"})
	m.Put(imitation.Laid{Path: "/etc/fstab", Content: "# comment\nUUID=11-22 /boot\\040x vfat defaults 0 2\n"})
	m.Put(imitation.Laid{Path: "/dev/disk/by-uuid/11-22", Link: "../../vda2"})
	m.Put(imitation.Laid{Path: "/dev/vda2", Content: ""})
	const sizes = "'block_size': 4096, 'block_total': 100, 'block_available': 40, 'inode_total': 20, 'inode_available': 10, 'block_used': 60, 'inode_used': 10, 'size_total': 409600, 'size_available': 163840"
	on(t, m,
		deed{module: "mount_facts", args: args("fstypes", "ext*"), says: "'mount_points': {'/': {'device': '/dev/vda1', 'mount': '/', 'fstype': 'ext4', 'options': 'rw', 'dump': 0, 'passno': 0, " + sizes},
		deed{module: "mount_facts", args: args("sources", "static"), says: "'/boot x': {'device': '/dev/vda2'"},
		deed{module: "mount_facts", args: args("sources", "mount"), says: "'/mnt/a b': {'device': '/dev/vdb', 'mount': '/mnt/a b', 'fstype': 'xfs', 'options': 'rw,noatime'"},
		deed{module: "mount_facts", args: args("devices", "[!/]*", "fstypes", "proc", "include_aggregate_mounts", true), says: "'aggregate_mounts': [{'device': 'proc', 'mount': '/proc', 'fstype': 'proc', 'options': 'rw'"},
		deed{module: "mount_facts", args: args("timeout", 0.5), failed: "Timed out getting mount size for mount /slow (type nfs)"},
		deed{module: "mount_facts", args: args("fstypes", "nfs", "timeout", 0.5, "on_timeout", "ignore"), says: "'/slow': {'device': 'nfs:/x'"},
		deed{module: "mount_facts", args: args("timeout", 0), failed: "must be a positive number"},
		deed{module: "mount_facts", args: args("sources", list("")), failed: "sources contains an empty string"},
	)
}

func TestModulesThatAreRefused(t *testing.T) {
	t.Parallel()
	on(t, newMachine(nil),
		deed{module: "subversion", args: args("repo", "svn://x", "dest", "/x"), failed: "pig has no Subversion client"},
		deed{module: "expect", args: args("command", "passwd"), failed: "without a terminal"},
		deed{module: "synchronize", args: args("src", "/a", "dest", "/b"), failed: "use copy or unarchive"},
	)
}
