package format

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
)

// HostPort is the one way to write an address with a port, alone or in a URL: an IPv6 address stands in brackets, everything else as it is.
func HostPort[P int | int64 | string](host string, port P) string {
	return net.JoinHostPort(host, fmt.Sprint(port))
}

// plainHost is a name as DNS and /etc/hosts have it, or * for all addresses.
var plainHost = regexp.MustCompile(`^([A-Za-z0-9_.-]+|\*)$`)

// WithPort is HostPort for what an inventory says: something that is no address and no name has no port.
func WithPort(host, port string) (string, error) {
	if _, err := netip.ParseAddr(host); err != nil && !plainHost.MatchString(host) {
		return "", fmt.Errorf("invalid host %q: must be an address or a name, without brackets and port", host)
	}
	if n, err := strconv.Atoi(strings.TrimSpace(port)); err != nil || n < 1 || n > 65535 {
		return "", errors.New("invalid port: must be a number from 1 to 65535")
	}
	return HostPort(host, strings.TrimSpace(port)), nil
}
