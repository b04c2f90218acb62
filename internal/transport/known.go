package transport

import (
	"net"
	"strconv"

	"golang.org/x/crypto/ssh"
)

// Known tells whether key is on record as the one of t: nil if it is, a *HostKeyError if not.
func (c Config) Known(t Target, key ssh.PublicKey) error {
	t, _, err := c.resolve(t)
	if err != nil {
		return err
	}
	check, _, err := c.hostKeys(t)
	if err != nil {
		return err
	}
	return check(net.JoinHostPort(t.Addr, strconv.Itoa(t.Port)), &net.TCPAddr{}, key)
}
