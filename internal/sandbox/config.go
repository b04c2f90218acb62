//go:build linux

package sandbox

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
)

// Node is one machine of the sandbox, as the inventory names it. Repo and Disks take effect when the node starts.
type Node struct {
	Name  string     // the inventory's host name; often the address itself
	Addr  netip.Addr // IPv4
	OS    string     // its system; "" is that of the sandbox
	Repo  bool       // gets the package repository at /www/pigsty (an infra node)
	Disks []string   // mount points that are a file system of their own, as MinIO wants its drives
}

// Config says what sandbox is wanted. The zero value of everything but Nodes is usable.
type Config struct {
	Name       string       // several sandboxes live side by side under different names; default "pig"
	OS         string       // "debian13" (default) or "debian12"
	Nodes      []Node       // all nodes of the sandbox; a running node that is missing here is stopped
	Prepared   bool         // boot from the layer that has the stack's packages installed already
	Source     []string     // what the repository has besides Debian's packages, built from source the first time: build/source.txt
	AdminUser  string       // who logs in by ssh and may sudo; default "dba"
	ExtraAddrs []netip.Addr // addresses to leave free, such as virtual ones

	Progress func(string) // told what is going on, line by line; may be nil; called from several goroutines
}

// Systems lists the values that Config.OS may have.
func Systems() []string { return []string{"debian13", "debian12"} }

// suites maps a system to the name of its Debian release.
func suite(system string) string {
	switch system {
	case "debian12":
		return "bookworm"
	default:
		return "trixie"
	}
}

var (
	nameRE = regexp.MustCompile(`^[a-z][a-z0-9-]{0,19}$`)
	userRE = regexp.MustCompile(`^[a-z_][a-z0-9_-]{0,30}$`)
	hostRE = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)
	diskRE = regexp.MustCompile(`^(/[A-Za-z0-9._-]+)+$`)
)

// withDefaults fills in what was left out.
func (c Config) withDefaults() Config {
	if c.Name == "" {
		c.Name = "pig"
	}
	if c.OS == "" {
		c.OS = Systems()[0]
	}
	c.Nodes = slices.Clone(c.Nodes)
	for i := range c.Nodes {
		if c.Nodes[i].OS == "" {
			c.Nodes[i].OS = c.OS
		}
	}
	if c.AdminUser == "" {
		c.AdminUser = "dba"
	}
	if c.Progress == nil {
		c.Progress = func(string) {}
	}
	return c
}

// validate reports every mistake at once.
func (c Config) validate() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }

	if !nameRE.MatchString(c.Name) {
		bad("sandbox name %q: want up to 20 lower-case letters, digits and dashes, a letter first", c.Name)
	}
	if !userRE.MatchString(c.AdminUser) || c.AdminUser == "root" {
		bad("admin user %q: want the name of an ordinary user", c.AdminUser)
	}
	if len(c.Nodes) == 0 {
		bad("no nodes")
	}
	names, addrs := map[string]bool{}, map[netip.Addr]bool{}
	for _, n := range c.Nodes {
		if err := n.validate(); err != nil {
			errs = append(errs, err)
			continue
		}
		if names[n.Name] {
			bad("node %s is listed twice", n.Name)
		}
		if addrs[n.Addr] {
			bad("node %s: address %s is also used by another node", n.Name, n.Addr)
		}
		names[n.Name], addrs[n.Addr] = true, true
	}
	return errors.Join(errs...)
}

func (n Node) validate() error {
	switch {
	case !slices.Contains(Systems(), n.OS):
		return fmt.Errorf("node %s: system %q: want one of %s", n.Name, n.OS, strings.Join(Systems(), ", "))
	case !hostRE.MatchString(n.Name):
		return fmt.Errorf("node name %q: want letters, digits, dots and dashes", n.Name)
	case !n.Addr.Is4():
		return fmt.Errorf("node %s: address %s: want an IPv4 address", n.Name, n.Addr)
	case n.Addr.IsLoopback() || n.Addr.IsMulticast() || n.Addr.IsUnspecified() || n.Addr.IsLinkLocalUnicast():
		return fmt.Errorf("node %s: %s is not an address that a machine can have on its network", n.Name, n.Addr)
	case lastByte(n.Addr) == 0 || lastByte(n.Addr) == 255:
		return fmt.Errorf("node %s: %s is the first or last address of its /24 network", n.Name, n.Addr)
	}
	for _, d := range n.Disks {
		if !diskRE.MatchString(d) || strings.Contains(d, "..") {
			return fmt.Errorf("node %s: disk %q: want an absolute path", n.Name, d)
		}
	}
	return nil
}

func lastByte(a netip.Addr) byte { b := a.As4(); return b[3] }
