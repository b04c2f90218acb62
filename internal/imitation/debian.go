package imitation

import (
	"fmt"
	"maps"
	"time"
)

// Debian is a universe as Debian 13's, as far as pig's own content uses it.
func Debian() *Universe { return debian("13", "trixie", "17") }

// Debian12 is the release before.
func Debian12() *Universe { return debian("12", "bookworm", "15") }

func debian(version, name, postgres string) *Universe {
	u := &Universe{Postgres: postgres, Packages: map[string]Package{}, Programs: map[string]Program{}, Served: map[string]Program{}, Commands: CoreCommands()}
	for name := range u.Commands {
		u.Base = append(u.Base, program("/usr/bin/"+name))
	}
	u.Base = append(u.Base, debianBase(version, name)...)
	for _, name := range debianPlain {
		u.Packages[name] = Package{Version: "1.0-1"}
	}
	nodePackages(u)
	etcdPackages(u)
	infraPackages(u)
	pgsqlPackages(u)
	minioPackages(u)
	redisPackages(u)
	return u
}

func (u *Universe) provide(packages map[string]Package, programs map[string]Program, commands map[string]Command) {
	maps.Copy(u.Packages, packages)
	maps.Copy(u.Programs, programs)
	maps.Copy(u.Commands, commands)
}

func program(path string) Laid { return Laid{Path: path, Mode: 0o755, Content: "\x7fELF\x00 " + path} }

// service is a unit file as packages bring it.
func service(name, exec string) Laid {
	return Laid{Path: "/usr/lib/systemd/system/" + name + ".service", Content: "[Service]\nExecStart=" + exec + "\n[Install]\nWantedBy=multi-user.target\n"}
}

// debianPlain are packages of which nothing matters but that they are there.
var debianPlain = []string{
	"lz4", "unzip", "bzip2", "zlib1g", "pv", "jq", "git", "ncdu", "make", "patch", "bash", "lsof", "wget", "tuned", "nvme-cli", "numactl", "sysstat", "iotop", "htop",
	"rsync", "tcpdump", "python3", "python3-pip", "socat", "lrzsz", "net-tools", "ipvsadm", "telnet", "ca-certificates", "openssl", "chrony", "acl", "dnsutils", "libreadline-dev",
	"vim-tiny", "zip", "uuid", "curl", "gnupg", "cron", "procps", "iproute2", "sudo", "less", "openssh-server",
}

func debianBase(version, name string) []Laid {
	base := []Laid{
		{Path: "/bin", Link: "usr/bin"}, {Path: "/sbin", Link: "usr/sbin"}, {Path: "/lib", Link: "usr/lib"},
		{Path: "/etc/os-release", Content: fmt.Sprintf("PRETTY_NAME=\"Debian GNU/Linux %s (%s)\"\nNAME=\"Debian GNU/Linux\"\nVERSION_ID=\"%s\"\nVERSION_CODENAME=%s\nID=debian\n", version, name, version, name)},
		{Path: "/etc/debian_version", Content: version + ".1\n"},
		{Path: "/etc/hosts", Content: "127.0.0.1 localhost\n"}, {Path: "/etc/hostname", Content: "debian\n"}, {Path: "/etc/resolv.conf", Content: "nameserver 127.0.0.53\n"},
		{Path: "/etc/fstab", Content: "/dev/vda1 / ext4 defaults 0 1\n"}, {Path: "/etc/crontab", Content: "SHELL=/bin/sh\n"},
		{Path: "/etc/apt/sources.list", Content: "deb http://mirror.example.org/debian trixie main\n"},
		{Path: "/proc/sys/kernel/hostname", Kernel: func(m *Machine) string { return m.Hostname() + "\n" }},
		{Path: "/proc/sys/kernel/osrelease", Content: "6.12.0-pig\n"}, {Path: "/proc/sys/kernel/version", Content: "#1 SMP\n"},
		{Path: "/proc/meminfo", Content: "MemTotal:       16384000 kB\nMemFree:        12000000 kB\nSwapTotal:             0 kB\nSwapFree:              0 kB\n"},
		{Path: "/proc/net/route", Content: "Iface\tDestination\tGateway\neth1\t00000000\t010A0A0A\n"},
		{Path: "/proc/uptime", Kernel: func(m *Machine) string { return fmt.Sprintf("%.9f 0.00\n", time.Since(m.world.boot).Seconds()) }},
		{Path: "/proc/sys/net/ipv4/ip_nonlocal_bind", Content: "0\n"},
		{Path: "/usr/share/zoneinfo/Etc/UTC", Content: "TZif2"}, {Path: "/usr/share/zoneinfo/UTC", Content: "TZif2"}, {Path: "/usr/share/zoneinfo/Asia/Hong_Kong", Content: "TZif2"},
		{Path: "/etc/localtime", Link: "/usr/share/zoneinfo/Etc/UTC"},
	}
	for _, dir := range []string{
		"/etc/apt/sources.list.d/", "/etc/cron.d/", "/etc/modules-load.d/", "/etc/profile.d/", "/etc/security/limits.d/", "/etc/sudoers.d/", "/etc/sysctl.d/",
		"/etc/systemd/system/", "/etc/tmpfiles.d/", "/etc/udev/rules.d/", "/etc/default/", "/home/", "/opt/", "/root/", "/run/", "/srv/", "/sys/module/", "/usr/lib/systemd/system/", "/usr/local/bin/",
		"/usr/local/share/ca-certificates/", "/usr/sbin/", "/var/lib/", "/var/log/", "/usr/share/", "/var/spool/cron/crontabs/", "/etc/logrotate.d/",
	} {
		base = append(base, Laid{Path: dir})
	}
	return append(base, Laid{Path: "/tmp/", Mode: 0o777 | 0o1000}, Laid{Path: "/var/tmp/", Mode: 0o777 | 0o1000})
}
