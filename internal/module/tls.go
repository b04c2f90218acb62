package module

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"time"
)

// Handshake begins TLS on what a conversation of node.Net gives.
func Handshake(ctx context.Context, conn io.ReadWriter, conf *tls.Config) error {
	return tls.Client(bare{conn}, conf).HandshakeContext(ctx)
}

// bare makes a connection of what a conversation gives, whose end and time somebody else watches.
type bare struct{ io.ReadWriter }

func (bare) Close() error                     { return nil }
func (bare) LocalAddr() net.Addr              { return nil }
func (bare) RemoteAddr() net.Addr             { return nil }
func (bare) SetDeadline(time.Time) error      { return nil }
func (bare) SetReadDeadline(time.Time) error  { return nil }
func (bare) SetWriteDeadline(time.Time) error { return nil }
