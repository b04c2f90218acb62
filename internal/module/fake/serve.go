package fake

import (
	"net"
	"testing"
)

// ServeEach takes connections at a port of its own: serve is what it does with each.
func ServeEach(t *testing.T, serve func(net.Conn)) int64 {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			serve(conn)
			_ = conn.Close()
		}
	}()
	return int64(l.Addr().(*net.TCPAddr).Port)
}
