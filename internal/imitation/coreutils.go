package imitation

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"pig/internal/node"
)

// CoreCommands are the commands of every machine, as far as pig uses them.
func CoreCommands() map[string]Command {
	return map[string]Command{
		"true": success, "echo": echo, "cat": cat, "ls": ls, "df": df, "ss": ss, "id": id, "systemctl": systemctl, "journalctl": success,
		"hostnamectl": hostnamectl, "update-ca-certificates": success, "sysctl": sysctl, "systemd-tmpfiles": success, "udevadm": success,
		"modprobe": modprobe, "swapoff": success, "visudo": judging("%s:%d:1: syntax error: %s", "/etc/sudoers.d"), "ssh-keygen": sshKeygen, "ip": ipAddr, "tail": tail, "grep": grep,
		"fallocate": fallocate, "locale": locale, "systemd-analyze": calendar,
	}
}

// calendar is systemd-analyze calendar: times have digits, and some have names.
func calendar(c *Invocation) int {
	event := c.Argv[len(c.Argv)-1]
	if strings.ContainsAny(event, "0123456789") || slices.Contains([]string{"minutely", "hourly", "daily", "weekly", "monthly", "yearly"}, event) {
		return 0
	}
	return c.Fail("Failed to parse calendar specification '%s': Invalid argument", event)
}

func success(*Invocation) int { return 0 }

func echo(c *Invocation) int {
	c.Say("%s\n", strings.Join(c.Argv[1:], " "))
	return 0
}

func cat(c *Invocation) int {
	for _, p := range c.Argv[1:] {
		text, err := c.Files.Read(p)
		if err != nil {
			return c.Fail("cat: %v", err)
		}
		c.Stdout.Write(text)
	}
	return 0
}

func ls(c *Invocation) int {
	for _, p := range c.Argv[1:] {
		names, err := c.Files.List(p)
		if err != nil {
			c.Fail("ls: cannot access '%s': No such file or directory", p)
			return 2
		}
		for _, n := range names {
			c.Say("%s\n", n)
		}
	}
	return 0
}

func tail(c *Invocation) int {
	text, err := c.Files.Read(c.Argv[len(c.Argv)-1])
	if err != nil {
		return c.Fail("tail: %v", err)
	}
	c.Stdout.Write(text)
	return 0
}

// grep looks for a fixed text in one file (-F), and says nothing (-qs).
func grep(c *Invocation) int {
	if len(c.Argv) != 4 || c.Argv[1] != "-qsF" {
		return c.Fail("%v", c.Machine.world.unheardOf("the command %s", strings.Join(c.Argv, " ")))
	}
	text, err := c.Files.Read(c.Argv[3])
	switch {
	case err != nil:
		return 2
	case !strings.Contains(string(text), c.Argv[2]):
		return 1
	}
	return 0
}

func df(c *Invocation) int {
	at := c.Argv[len(c.Argv)-1]
	if i, err := c.Files.Stat(at, true); err != nil || !i.Exists() {
		return c.Fail("df: %s: No such file or directory", at)
	}
	size := int64(100) << 20
	if slices.Contains(c.Argv, "-B1") {
		size <<= 10
	}
	c.Say("Filesystem 1-blocks Used Available Capacity Mounted on\n/dev/vda1 %d %d %d 10%% /\n", size, size/10, size/10*9)
	return 0
}

func id(c *Invocation) int {
	c.Say("%s\n", c.User.Name)
	return 0
}

func hostnamectl(c *Invocation) int {
	name := c.Argv[len(c.Argv)-1]
	c.Machine.SetHostname(name)
	if err := c.Files.Write("/etc/hostname", []byte(name+"\n"), node.Attrs{}); err != nil {
		return c.Fail("%v", err)
	}
	return 0
}

// sysctl sets one parameter of the kernel; those of all files it takes for set.
func sysctl(c *Invocation) int {
	name, value, ok := strings.Cut(c.Argv[len(c.Argv)-1], "=")
	if !ok {
		return 0
	}
	if err := c.Files.Write("/proc/sys/"+strings.ReplaceAll(name, ".", "/"), []byte(value+"\n"), node.Attrs{}); err != nil {
		return c.Fail("%v", err)
	}
	return 0
}

func modprobe(c *Invocation) int {
	name := strings.ReplaceAll(c.Argv[len(c.Argv)-1], "-", "_")
	if err := c.Files.Mkdir("/sys/module/"+name, node.Attrs{}); err != nil {
		return c.Fail("%v", err)
	}
	return 0
}

func sshKeygen(c *Invocation) int {
	at := c.Argv[slices.Index(c.Argv, "-f")+1]
	mode := node.Attrs{}
	private := fmt.Sprintf("-----BEGIN OPENSSH PRIVATE KEY-----\n%s\n-----END OPENSSH PRIVATE KEY-----\n", c.Machine.addr)
	for name, text := range map[string]string{at: private, at + ".pub": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + strings.NewReplacer(".", "", ":", "").Replace(c.Machine.addr) + " " + c.User.Name + "@" + c.Machine.addr + "\n"} {
		if err := c.Files.Write(name, []byte(text), mode); err != nil {
			return c.Fail("%v", err)
		}
	}
	return 0
}

func ipAddr(c *Invocation) int {
	family := "inet %s/24"
	if c.Machine.six() {
		family = "inet6 %s/64"
	}
	c.Say("1: lo    inet 127.0.0.1/8 scope host lo\n2: eth1    "+family+" scope global eth1\n", c.Machine.addr)
	return 0
}

// locale lists what Debian has without a package of locales.
func locale(c *Invocation) int {
	c.Say("C\nC.utf8\nPOSIX\n")
	return 0
}

func fallocate(c *Invocation) int {
	if err := c.Files.Write(c.Argv[len(c.Argv)-1], nil, node.Attrs{}); err != nil {
		return c.Fail("%v", err)
	}
	return 0
}

// ss tells who listens where, with or without a line of titles.
func ss(c *Invocation) int {
	c.Machine.mu.Lock()
	defer c.Machine.mu.Unlock()
	if !strings.Contains(c.Argv[1], "H") {
		c.Say("State Recv-Q Send-Q Local Peer Process\n")
	}
	var lines []string
	for at, l := range c.Machine.listeners {
		name, _, _ := strings.Cut(l.daemon.Unit, ".")
		lines = append(lines, fmt.Sprintf("LISTEN 0 4096 %s 0.0.0.0:* users:((\"%s\",pid=%d,fd=3))\n", at, name, l.daemon.PID))
	}
	sort.Strings(lines)
	c.Stdout.WriteString(strings.Join(lines, ""))
	return 0
}

// systemctl answers what modules ask of it beside node.Services.
func systemctl(c *Invocation) int {
	c.Machine.mu.Lock()
	defer c.Machine.mu.Unlock()
	u := c.Machine.known(c.Argv[len(c.Argv)-1])
	switch {
	case c.Argv[1] == "show" && c.Argv[2] == "--property=Id,LoadState,ActiveState":
		for _, name := range c.Argv[3:] {
			u, load := c.Machine.known(name), "loaded"
			if u.loaded == "" {
				load = "not-found"
				delete(c.Machine.units, u.name)
			}
			c.Say("Id=%s\nLoadState=%s\nActiveState=%s\n\n", name, load, u.active)
		}
		return 0
	case c.Argv[1] == "is-active":
		c.Say("%s\n", u.active)
		if u.active != "active" {
			return 3
		}
		return 0
	case c.Argv[1] == "show" && slices.Contains(c.Argv, "ExecMainStartTimestampMonotonic"):
		micros := int64(0)
		if !u.started.IsZero() {
			micros = u.started.Sub(c.Machine.world.boot).Microseconds()
		}
		c.Say("%d\n", micros)
		return 0
	}
	return c.Fail("%v", c.Machine.world.unheardOf("the command %s", strings.Join(c.Argv, " ")))
}
