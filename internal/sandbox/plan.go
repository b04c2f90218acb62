//go:build linux

package sandbox

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// Everything that is derived from a sandbox's name and a node's address. Names have to fit the kernel's and systemd's
// limits: 15 bytes for a link, a valid host name for a machine. A dot separates the parts of a namespace's name because
// neither a sandbox's nor a machine's name may contain one, so that "pig.a" never owns what belongs to "pig.a-b".

// machineName is safe as a host name, a directory and a part of a namespace's name.
func machineName(a netip.Addr) string { return "ip-" + strings.ReplaceAll(a.String(), ".", "-") }

func controlNS(sandbox string) string       { return "pig." + sandbox }
func nodeNS(sandbox, machine string) string { return "pig." + sandbox + "." + machine }

// linkName is the bridge's end of a node's cable.
func linkName(a netip.Addr) string { b := a.As4(); return "n" + hex.EncodeToString(b[:]) }

// macAddr stays the same over restarts, so that the neighbours' ARP entries stay right.
func macAddr(a netip.Addr) string {
	b := a.As4()
	return fmt.Sprintf("02:70:%02x:%02x:%02x:%02x", b[0], b[1], b[2], b[3])
}

// machineID must differ between nodes and be there before the first boot: systemd takes an empty one for a factory
// reset and enables every unit that the image had disabled.
func machineID(sandbox, machine string) string {
	sum := sha256.Sum256([]byte("pig-sandbox/" + sandbox + "/" + machine))
	return hex.EncodeToString(sum[:16])
}

// network24 is the /24 that an address is taken to belong to.
func network24(a netip.Addr) netip.Prefix { return netip.PrefixFrom(a, 24).Masked() }

// controlAddrs picks the bridge's own address in every network that has nodes: the first, else the highest free one.
func controlAddrs(nodes []Node, taken []netip.Addr) ([]netip.Prefix, error) {
	used := map[netip.Addr]bool{}
	for _, a := range taken {
		used[a] = true
	}
	var nets []netip.Prefix
	for _, n := range nodes {
		used[n.Addr] = true
		if p := network24(n.Addr); !slices.Contains(nets, p) {
			nets = append(nets, p)
		}
	}
	var out []netip.Prefix
	for _, p := range nets {
		a, ok := freeAddr(p, used)
		if !ok {
			return nil, fmt.Errorf("network %s has no free address for the sandbox", p)
		}
		out = append(out, netip.PrefixFrom(a, 24))
	}
	return out, nil
}

func freeAddr(p netip.Prefix, used map[netip.Addr]bool) (netip.Addr, bool) {
	b := p.Addr().As4()
	candidates := []byte{1}
	for i := byte(254); i > 1; i-- {
		candidates = append(candidates, i)
	}
	for _, c := range candidates {
		b[3] = c
		if a := netip.AddrFrom4(b); !used[a] {
			return a, true
		}
	}
	return netip.Addr{}, false
}

// gateway is the control address in the node's network. Nodes have a default route so that facts about the default
// interface exist, and so that traffic to the outside is refused at once instead of vanishing.
func gateway(control []netip.Prefix, a netip.Addr) netip.Addr {
	for _, p := range control {
		if p.Contains(a) {
			return p.Addr()
		}
	}
	return netip.Addr{}
}
