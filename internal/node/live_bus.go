//go:build linux

package node

import (
	"context"
	"encoding/hex"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/godbus/dbus/v5"
)

// systemdSocket is where systemd itself answers root, with or without a D-Bus daemon (systemd's src/core/dbus.c).
const systemdSocket = "/run/systemd/private"

// busPatience bounds a question to systemd, which may be busy reloading.
const busPatience = 30 * time.Second

// unitBus asks systemd about units without a process for each question. It is safe for concurrent use; the zero value is not usable.
type unitBus struct {
	socket string
	mu     sync.Mutex
	conn   *dbus.Conn
}

// unit is the state of a unit. An error means that systemd does not answer here; systemctl may know another way.
func (b *unitBus) unit(ctx context.Context, name string) (Unit, error) {
	ctx, cancel := context.WithTimeout(ctx, busPatience)
	defer cancel()
	full := unitName(name)
	u, err := b.ask(ctx, full)
	if err != nil {
		b.drop() // systemd may have been replaced since
		if ctx.Err() == nil {
			u, err = b.ask(ctx, full)
		}
	}
	u.Name = name
	return u, err
}

func (b *unitBus) ask(ctx context.Context, name string) (Unit, error) {
	conn, err := b.connect()
	if err != nil {
		return Unit{}, err
	}
	var props map[string]dbus.Variant
	unit := conn.Object("org.freedesktop.systemd1", dbus.ObjectPath("/org/freedesktop/systemd1/unit/"+busLabel(name)))
	if err := unit.CallWithContext(ctx, "org.freedesktop.DBus.Properties.GetAll", 0, "").Store(&props); err != nil {
		return Unit{}, fmt.Errorf("asking systemd for %s: %w", name, err)
	}
	u := unitOf(props)
	if fragment, ok := props["FragmentPath"].Value().(string); ok {
		u.NeedReload = u.NeedReload || outranked(unitDirs, name, fragment)
	}
	if u.Exists && u.Enabled != "" {
		// The property is of the time when systemd last read its files; links may have been made since.
		manager := conn.Object("org.freedesktop.systemd1", "/org/freedesktop/systemd1")
		var state string
		if manager.CallWithContext(ctx, "org.freedesktop.systemd1.Manager.GetUnitFileState", 0, name).Store(&state) == nil {
			u.Enabled = state
		}
	}
	return u, nil
}

// unitOf reads the properties that systemctl show prints under the same names.
func unitOf(props map[string]dbus.Variant) Unit {
	text := func(name string) string {
		s, _ := props[name].Value().(string)
		return s
	}
	load := text("LoadState")
	u := Unit{
		Exists: load != "not-found" && load != "", Active: text("ActiveState"), Sub: text("SubState"), Enabled: text("UnitFileState"), Result: text("Result"),
	}
	if load == "masked" && u.Enabled == "" {
		u.Enabled = "masked"
	}
	if pid, ok := props["MainPID"].Value().(uint32); ok {
		u.PID = int(pid)
	}
	if id, ok := props["InvocationID"].Value().([]byte); ok {
		u.InvocationID = hex.EncodeToString(id)
	}
	u.NeedReload, _ = props["NeedDaemonReload"].Value().(bool)
	return u
}

func (b *unitBus) connect() (*dbus.Conn, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.conn != nil {
		return b.conn, nil
	}
	conn, err := dbus.Dial("unix:path=" + b.socket)
	if err != nil {
		return nil, fmt.Errorf("connecting to systemd: %w", err)
	}
	if err := conn.Auth([]dbus.Auth{dbus.AuthExternal("0")}); err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("connecting to systemd: %w", err)
	}
	if err := ping(conn); err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("connecting to systemd: %w", err)
	}
	b.conn = conn
	return conn, nil
}

// ping waits until systemd answers on a new connection. A question that arrives together with the end of the authentication stays in
// systemd's buffer until something else arrives, so it is asked again soon.
func ping(conn *dbus.Conn) error {
	const tries, patience = 50, 100 * time.Millisecond
	var err error
	for range tries {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		err = conn.Object("org.freedesktop.systemd1", "/org/freedesktop/systemd1").CallWithContext(ctx, "org.freedesktop.DBus.Peer.Ping", 0).Err
		cancel()
		if err == nil {
			return nil
		}
	}
	return err
}

func (b *unitBus) drop() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.conn != nil {
		_ = b.conn.Close()
		b.conn = nil
	}
}

var unitTypes = []string{".service", ".socket", ".target", ".timer", ".mount", ".automount", ".swap", ".path", ".slice", ".scope", ".device"}

// unitName is the full name of a unit, as systemctl completes it.
func unitName(name string) string {
	if slices.Contains(unitTypes, path.Ext(name)) {
		return name
	}
	return name + ".service"
}

// busLabel escapes a name for an object path: all but letters and digits, and a digit at its beginning, become _ and two hexadecimal digits.
func busLabel(name string) string {
	var b strings.Builder
	for i, c := range []byte(name) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', i > 0 && c >= '0' && c <= '9':
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "_%02x", c)
		}
	}
	return b.String()
}
