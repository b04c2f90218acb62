package format

import (
	"fmt"
	"net/netip"
	"strings"
)

// HostsLine checks a line of /etc/hosts (hosts(5)): an address, then names, then maybe a comment. There are no quotes, so a
// word that is no name has no way to be written.
func HostsLine(s string) (string, error) {
	s = strings.TrimSpace(s)
	if err := line("line of /etc/hosts", s); err != nil {
		return "", err
	}
	entry, _, _ := strings.Cut(s, "#")
	words := strings.Fields(entry)
	if len(words) == 0 { // a comment
		return s, nil
	}
	if _, err := netip.ParseAddr(words[0]); err != nil {
		return "", fmt.Errorf("invalid line of /etc/hosts %q: must begin with an IP address", s)
	}
	if len(words) == 1 {
		return "", fmt.Errorf("invalid line of /etc/hosts %q: must have a name after the address", s)
	}
	for _, name := range words[1:] {
		if strings.Trim(name, hostname) != "" {
			return "", fmt.Errorf("invalid host name %q in /etc/hosts: letters, digits, \"-\", \"_\" and \".\" are allowed", name)
		}
	}
	return s, nil
}

const hostname = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."
