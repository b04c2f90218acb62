package transport

import (
	"net"

	"golang.org/x/crypto/ssh"
)

// Known tells whether key is on record as the one of t: nil if it is, a *HostKeyError if not.
func (c Config) Known(t Target, key ssh.PublicKey) error {
	r, err := c.resolve(t)
	if err != nil {
		return err
	}
	check, _, err := c.hostKeys(r)
	if err != nil {
		return err
	}
	return check(r.provedAs(), &net.TCPAddr{}, key)
}
