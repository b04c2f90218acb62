//go:build linux

package node

import (
	"bufio"
	"encoding/binary"
	"net"
	"path/filepath"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"
)

// fakeSystemd answers questions about units at a socket as systemd does at its own.
func fakeSystemd(t *testing.T, units map[string]map[string]any, states map[string]string) string {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "private")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go answerUnits(c, units, states)
		}
	}()
	return socket
}

func answerUnits(c net.Conn, units map[string]map[string]any, states map[string]string) {
	defer c.Close()
	in := bufio.NewReader(c)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		switch line = strings.Trim(line, "\x00\r\n"); {
		case strings.HasPrefix(line, "AUTH EXTERNAL"):
			_, _ = c.Write([]byte("OK 0123456789abcdef0123456789abcdef\r\n"))
		case strings.HasPrefix(line, "AUTH"):
			_, _ = c.Write([]byte("REJECTED EXTERNAL\r\n"))
		case line == "NEGOTIATE_UNIX_FD":
			_, _ = c.Write([]byte("ERROR\r\n"))
		}
		if line == "BEGIN" {
			break
		}
	}
	for {
		m, err := dbus.DecodeMessage(in)
		if err != nil {
			return
		}
		var body any = map[string]dbus.Variant{}
		switch member, _ := m.Headers[dbus.FieldMember].Value().(string); member {
		case "Ping":
			body = nil
		case "GetAll":
			path, _ := m.Headers[dbus.FieldPath].Value().(dbus.ObjectPath)
			props := map[string]dbus.Variant{}
			for k, v := range units[string(path)[strings.LastIndexByte(string(path), '/')+1:]] {
				props[k] = dbus.MakeVariant(v)
			}
			body = props
		case "GetUnitFileState":
			name, _ := m.Body[0].(string)
			body = states[name]
		}
		reply := &dbus.Message{Type: dbus.TypeMethodReply, Headers: map[dbus.HeaderField]dbus.Variant{dbus.FieldReplySerial: dbus.MakeVariant(m.Serial())}}
		if body != nil {
			reply.Headers[dbus.FieldSignature] = dbus.MakeVariant(dbus.SignatureOf(body))
			reply.Body = []any{body}
		}
		if reply.EncodeTo(c, binary.LittleEndian) != nil {
			return
		}
	}
}

func TestUnitsAreAskedOnTheBus(t *testing.T) {
	socket := fakeSystemd(t, map[string]map[string]any{
		"nginx_2eservice": {"LoadState": "loaded", "ActiveState": "active", "SubState": "running", "UnitFileState": "disabled", "Result": "success", "MainPID": uint32(7), "NeedDaemonReload": false},
		"none_2eservice":  {"LoadState": "not-found", "ActiveState": "inactive", "SubState": "dead", "UnitFileState": ""},
	}, map[string]string{"nginx.service": "enabled"})
	b := unitBus{socket: socket}
	for range 2 {
		u, err := b.unit(t.Context(), "nginx")
		if want := (Unit{Name: "nginx", Exists: true, Active: "active", Sub: "running", Enabled: "enabled", Result: "success", PID: 7}); err != nil || u != want {
			t.Errorf("%+v, %v", u, err)
		}
		u, err = b.unit(t.Context(), "none.service")
		if want := (Unit{Name: "none.service", Active: "inactive", Sub: "dead"}); err != nil || u != want {
			t.Errorf("%+v, %v", u, err)
		}
		_ = b.conn.Close() // systemd was replaced: the next question connects again
	}
}
