//go:build linux

package sandbox

import (
	"context"
	"fmt"
	"net"
	"net/netip"
)

// DialContext connects from the sandbox's control namespace, while the calling process stays where it is. The host part
// of addr is an address, or the name of a node.
func (s *Sandbox) DialContext(ctx context.Context, network, addr string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("cannot dial in sandbox %q: %w", s.state.Name, err)
	}
	if n, ok := s.state.find(host); ok {
		host = n.Addr.String()
	}
	if _, err := netip.ParseAddr(host); err != nil {
		return nil, fmt.Errorf("cannot dial in sandbox %q: %q is neither a node nor an address", s.state.Name, host)
	}
	ns := nsPath(controlNS(s.state.Name))
	if !nsExists(controlNS(s.state.Name)) {
		return nil, fmt.Errorf("cannot dial in sandbox %q: the sandbox does not run", s.state.Name)
	}
	return dialIn(ctx, ns, network, net.JoinHostPort(host, port))
}
