package builtin

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/user"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

func setup() module.Module {
	return module.Module{
		Name: "setup",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "gather_subset", Type: module.List, Elements: module.Str}, {Name: "filter", Type: module.List, Elements: module.Str},
		}},
		Run: runSetup,
	}
}

// runSetup reads what the kernel and a few files tell; nothing in it can hang on a dead mount.
func runSetup(_ context.Context, c *module.Call) (*value.Dict, error) {
	facts := value.NewDict()
	wants, err := subset(c.Args.Strings("gather_subset"))
	if err != nil {
		return nil, err
	}
	distribution(c, facts)
	kernel(c, facts)
	if wants("hardware") {
		hardware(c, facts)
	}
	if wants("network") {
		network(c, facts)
	}
	account(c, facts)
	clock(facts)
	out := value.NewDict()
	wanted := c.Args.Strings("filter")
	for k, v := range facts.All() {
		name := "ansible_" + value.KeyText(k)
		if len(wanted) == 0 || slices.ContainsFunc(wanted, func(p string) bool { return matchName(p, name) }) {
			out.Set(name, v)
		}
	}
	return value.DictOf("ansible_facts", out, "changed", false), nil
}

// subset reads gather_subset as Ansible does: names add, those with ! take away, and without a name that adds everything is wanted.
func subset(names []string) (wants func(string) bool, err error) {
	given := map[string]bool{}
	all := true
	for _, n := range names {
		name, not := strings.CutPrefix(n, "!")
		part := partOf(name)
		if part == "" {
			return nil, fmt.Errorf("invalid gather_subset %q: want one of all, min, hardware, network, virtual, or the name of a fact, or one of them after !", n)
		}
		if !not || name == "all" {
			all = all && name == "all" && !not
		}
		if not {
			part = "!" + part
		}
		given[part] = true
	}
	return func(part string) bool {
		switch {
		case given["!"+part]:
			return false
		case given[part] || part == "hardware" && given["virtual"]:
			return true
		}
		return all || given["all"]
	}, nil
}

func matchName(pattern, name string) bool {
	prefix, ok := strings.CutSuffix(pattern, "*")
	return ok && strings.HasPrefix(name, prefix) || pattern == name || "ansible_"+pattern == name
}

func textOf(c *module.Call, path string) string {
	text, err := c.System.Files().Read(path)
	if err != nil {
		return ""
	}
	return string(text)
}

func distribution(c *module.Call, facts *value.Dict) {
	release := module.Release(c)
	name := map[string]string{
		"debian": "Debian", "ubuntu": "Ubuntu", "rhel": "RedHat", "centos": "CentOS", "rocky": "Rocky", "almalinux": "AlmaLinux", "fedora": "Fedora",
	}[release["ID"]]
	if name == "" {
		name = release["NAME"]
	}
	family, manager := "RedHat", "dnf"
	if slices.Contains(strings.Fields(release["ID"]+" "+release["ID_LIKE"]), "debian") {
		family, manager = "Debian", "apt"
	}
	version := release["VERSION_ID"]
	if full := strings.TrimSpace(textOf(c, "/etc/debian_version")); release["ID"] == "debian" && full != "" {
		version = full
	}
	major, _, _ := strings.Cut(version, ".")
	facts.Update(value.DictOf("distribution", name, "distribution_version", version, "distribution_major_version", major,
		"distribution_release", release["VERSION_CODENAME"], "os_family", family, "pkg_mgr", manager, "service_mgr", "systemd"))
}

// machines are the names that the kernel has for what this agent was built for.
var machines = map[string]string{"amd64": "x86_64", "arm64": "aarch64"}

func kernel(c *module.Call, facts *value.Dict) {
	text := func(name string) string { return strings.TrimSpace(textOf(c, "/proc/sys/kernel/"+name)) }
	node, machine := text("hostname"), machines[runtime.GOARCH]
	short, _, _ := strings.Cut(node, ".")
	facts.Update(value.DictOf("system", "Linux", "kernel", text("osrelease"), "kernel_version", text("version"),
		"machine", machine, "architecture", machine, "userspace_architecture", machine,
		"nodename", node, "hostname", short, "fqdn", node))
}

func hardware(c *module.Call, facts *value.Dict) {
	mem := map[string]int64{}
	for line := range strings.SplitSeq(textOf(c, "/proc/meminfo"), "\n") {
		k, v, _ := strings.Cut(line, ":")
		if f := strings.Fields(v); len(f) > 0 {
			mem[k], _ = strconv.ParseInt(f[0], 10, 64)
		}
	}
	cpus := int64(runtime.NumCPU())
	facts.Update(value.DictOf("memtotal_mb", mem["MemTotal"]/1024, "memfree_mb", mem["MemFree"]/1024,
		"swaptotal_mb", mem["SwapTotal"]/1024, "swapfree_mb", mem["SwapFree"]/1024,
		"processor_vcpus", cpus, "processor_count", cpus, "processor_cores", int64(1), "processor_nproc", cpus))
	virt, role := "NA", "NA"
	if env := textOf(c, "/run/systemd/container"); env != "" {
		virt, role = strings.TrimSpace(env), "guest"
	}
	facts.Update(value.DictOf("virtualization_type", virt, "virtualization_role", role))
	if up, err := strconv.ParseFloat(strings.Fields(textOf(c, "/proc/uptime") + " 0")[0], 64); err == nil {
		facts.Set("uptime_seconds", int64(up))
	}
}

func network(c *module.Call, facts *value.Dict) {
	interfaces, all4, all6 := value.NewList(), value.NewList(), value.NewList()
	list, err := c.System.Net().Interfaces()
	if err != nil {
		return
	}
	gateway, gateway6 := defaultRoute(c), defaultRoute6(c)
	for _, i := range list {
		interfaces.Append(i.Name)
		fact := value.DictOf("device", i.Name, "mtu", int64(i.MTU), "active", i.Up, "macaddress", i.MAC)
		for _, ipnet := range i.Addrs {
			bits, _ := ipnet.Mask.Size()
			if ipnet.IP.To4() == nil {
				six(facts, fact, i, ipnet, gateway6)
				if !ipnet.IP.IsLoopback() {
					all6.Append(ipnet.IP.String())
				}
				continue
			}
			entry := value.DictOf("address", ipnet.IP.String(), "netmask", net.IP(ipnet.Mask).String(), "prefix", strconv.Itoa(bits),
				"network", ipnet.IP.Mask(ipnet.Mask).String())
			if fact.At("ipv4") == nil {
				fact.Set("ipv4", entry)
			}
			if !ipnet.IP.IsLoopback() {
				all4.Append(ipnet.IP.String())
				if i.Name == gateway || gateway == "" && facts.At("default_ipv4") == nil {
					def := entry.Clone()
					def.Set("interface", i.Name)
					facts.Set("default_ipv4", def)
				}
			}
		}
		facts.Set(strings.NewReplacer("-", "_", ":", "_", ".", "_").Replace(i.Name), fact)
	}
	facts.Update(value.DictOf("interfaces", interfaces, "all_ipv4_addresses", all4, "all_ipv6_addresses", all6))
}

// six adds an IPv6 address to the facts of its interface. The default one is the first that others reach, on the interface of the default route.
func six(facts, fact *value.Dict, i node.Interface, ipnet net.IPNet, gateway string) {
	bits, _ := ipnet.Mask.Size()
	scope := "global"
	switch {
	case ipnet.IP.IsLoopback():
		scope = "host"
	case ipnet.IP.IsLinkLocalUnicast():
		scope = "link"
	}
	entry := value.DictOf("address", ipnet.IP.String(), "prefix", strconv.Itoa(bits), "scope", scope)
	all, ok := fact.At("ipv6").(*value.List)
	if !ok {
		all = value.NewList()
		fact.Set("ipv6", all)
	}
	all.Append(entry)
	if scope == "global" && (i.Name == gateway || gateway == "") && facts.At("default_ipv6") == nil {
		def := entry.Clone()
		def.Set("interface", i.Name)
		facts.Set("default_ipv6", def)
	}
}

// defaultRoute6 is the interface of the default route of IPv6, "" if there is none.
func defaultRoute6(c *module.Call) string {
	for line := range strings.SplitSeq(textOf(c, "/proc/net/ipv6_route"), "\n") {
		if f := strings.Fields(line); len(f) == 10 && f[9] != "lo" && f[1] == "00" && strings.Trim(f[0], "0") == "" {
			return f[9]
		}
	}
	return ""
}

// defaultRoute is the interface of the default route, "" if there is none.
func defaultRoute(c *module.Call) string {
	for line := range strings.SplitSeq(textOf(c, "/proc/net/route"), "\n") {
		if f := strings.Fields(line); len(f) > 1 && f[1] == "00000000" {
			return f[0]
		}
	}
	return ""
}

func account(c *module.Call, facts *value.Dict) {
	u, ok, err := c.System.Accounts().User(c.System.User())
	if err == nil && ok {
		facts.Update(value.DictOf("user_id", u.Name, "user_uid", int64(u.UID), "user_gid", int64(u.GID), "user_dir", u.Home, "user_shell", u.Shell))
	} else if me, err := user.Current(); err == nil {
		facts.Set("user_id", me.Username)
	}
	env := value.NewDict()
	for _, kv := range os.Environ() {
		k, v, _ := strings.Cut(kv, "=")
		env.Set(k, v)
	}
	facts.Set("env", env)
	facts.Set("python_version", "")
}

func clock(facts *value.Dict) {
	now := time.Now()
	utc := now.UTC()
	facts.Set("date_time", value.DictOf(
		"date", now.Format(time.DateOnly), "time", now.Format(time.TimeOnly), "year", now.Format("2006"), "month", now.Format("01"),
		"day", now.Format("02"), "hour", now.Format("15"), "minute", now.Format("04"), "second", now.Format("05"),
		"epoch", strconv.FormatInt(now.Unix(), 10), "epoch_int", strconv.FormatInt(now.Unix(), 10),
		"iso8601", utc.Format("2006-01-02T15:04:05Z"), "iso8601_basic_short", now.Format("20060102T150405"),
		"weekday", now.Weekday().String(), "tz", now.Format("MST"), "tz_offset", now.Format("-0700")))
}
