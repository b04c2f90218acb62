//go:build linux

package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const (
	netnsDir = "/run/netns" // where iproute2 keeps named namespaces
	bridge   = "br0"
)

func nsPath(ns string) string { return filepath.Join(netnsDir, ns) }

func nsExists(ns string) bool {
	_, err := os.Stat(nsPath(ns))
	return err == nil
}

// ip runs many ip(8) commands in one process, inside a namespace.
func ip(ctx context.Context, ns string, lines ...string) error {
	_, err := run(ctx, strings.Join(lines, "\n")+"\n", "ip", "-n", ns, "-batch", "-")
	return err
}

// controlUp makes the control namespace and its bridge, or completes what is there.
func controlUp(ctx context.Context, sandbox string, addrs []netip.Prefix) error {
	ns := controlNS(sandbox)
	if !nsExists(ns) {
		if _, err := run(ctx, "", "ip", "netns", "add", ns); err != nil {
			return fmt.Errorf("cannot create the control namespace: %w", err)
		}
	}
	have, err := linkNames(ctx, ns)
	if err != nil {
		return fmt.Errorf("cannot inspect the control namespace: %w", err)
	}
	lines := []string{"link set lo up"}
	if !slices.Contains(have, bridge) {
		lines = append(lines, "link add "+bridge+" type bridge stp_state 0")
	}
	for _, a := range addrs {
		lines = append(lines, fmt.Sprintf("addr replace %s dev %s", a, bridge))
	}
	lines = append(lines, "link set "+bridge+" up")
	if err := ip(ctx, ns, lines...); err != nil {
		return fmt.Errorf("cannot create the bridge: %w", err)
	}
	// Nodes of different networks reach each other through the control addresses.
	err = inNamespace(ctx, nsPath(ns), func() error {
		return os.WriteFile("/proc/sys/net/ipv4/ip_forward", []byte("1"), 0)
	})
	if err != nil {
		return fmt.Errorf("cannot forward between the sandbox's networks: %w", err)
	}
	return nil
}

// plugIn gives a node a fresh namespace and a cable to the bridge. Its end is eth1, as on the machines of Pigsty's own sandbox,
// whose inventories say so; eth0 is another name of it. What an earlier life of the node left in its
// namespace, such as virtual addresses and firewall rules, would not have survived a power loss either.
func plugIn(ctx context.Context, sandbox string, n nodeState, control []netip.Prefix) error {
	if err := unplug(ctx, sandbox, n.Machine, linkName(n.Addr)); err != nil {
		return err
	}
	ns, link := nodeNS(sandbox, n.Machine), linkName(n.Addr)
	if _, err := run(ctx, "", "ip", "netns", "add", ns); err != nil {
		return fmt.Errorf("cannot create the namespace of %s: %w", n.Name, err)
	}
	if err := ip(ctx, controlNS(sandbox),
		fmt.Sprintf("link add %s type veth peer name eth1 address %s netns %s", link, macAddr(n.Addr), ns),
		fmt.Sprintf("link set %s master %s up", link, bridge)); err != nil {
		return fmt.Errorf("cannot connect %s to the bridge: %w", n.Name, err)
	}
	if err := ip(ctx, ns,
		"link set lo up",
		"link property add dev eth1 altname eth0",
		fmt.Sprintf("addr add %s/24 broadcast + dev eth1", n.Addr),
		"link set eth1 up",
		fmt.Sprintf("route add default via %s", gateway(control, n.Addr))); err != nil {
		return fmt.Errorf("cannot set the address of %s: %w", n.Name, err)
	}
	// What a node asks its kernel for and cannot set itself, since /proc/sys is read-only in there: to listen on an address that
	// it may get later.
	if _, err := run(ctx, "", "ip", "netns", "exec", ns, "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_nonlocal_bind"); err != nil {
		return fmt.Errorf("cannot set up the kernel for %s: %w", n.Name, err)
	}
	return nil
}

// unplug removes a node's cable and namespace. The cable goes first and by name: a process that outlived its node
// keeps the namespace alive after its name is gone, and the cable with it.
func unplug(ctx context.Context, sandbox, machine, link string) error {
	if ns := controlNS(sandbox); nsExists(ns) {
		have, err := linkNames(ctx, ns)
		if err != nil {
			return fmt.Errorf("cannot inspect the control namespace: %w", err)
		}
		if slices.Contains(have, link) {
			if err := ip(ctx, ns, "link del "+link); err != nil {
				return fmt.Errorf("cannot remove the cable of %s: %w", machine, err)
			}
		}
	}
	if ns := nodeNS(sandbox, machine); nsExists(ns) {
		if _, err := run(ctx, "", "ip", "netns", "del", ns); err != nil {
			return fmt.Errorf("cannot remove the namespace of %s: %w", machine, err)
		}
	}
	return nil
}

// setCable pulls or plugs the bridge's end of the cable: the node sees its carrier go, its peers see silence.
func setCable(ctx context.Context, sandbox string, a netip.Addr, up bool) error {
	to := "down"
	if up {
		to = "up"
	}
	return ip(ctx, controlNS(sandbox), fmt.Sprintf("link set %s %s", linkName(a), to))
}

type ipLink struct {
	Name  string   `json:"ifname"`
	Flags []string `json:"flags"`
}

func links(ctx context.Context, ns string) ([]ipLink, error) {
	out, err := run(ctx, "", "ip", "-n", ns, "-json", "link", "show")
	if err != nil {
		return nil, err
	}
	var ls []ipLink
	if err := json.Unmarshal([]byte(out), &ls); err != nil {
		return nil, fmt.Errorf("cannot parse the list of links: %w", err)
	}
	return ls, nil
}

func linkNames(ctx context.Context, ns string) ([]string, error) {
	ls, err := links(ctx, ns)
	var names []string
	for _, l := range ls {
		names = append(names, l.Name)
	}
	return names, err
}

// leftNamespaces lists the namespaces that carry the sandbox's name, the control namespace last.
func leftNamespaces(sandbox string) []string {
	var out []string
	entries, _ := os.ReadDir(netnsDir) // absent: no namespaces
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), controlNS(sandbox)+".") {
			out = append(out, e.Name())
		}
	}
	if nsExists(controlNS(sandbox)) {
		out = append(out, controlNS(sandbox))
	}
	return out
}
