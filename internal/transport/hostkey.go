package transport

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/skeema/knownhosts"
	"golang.org/x/crypto/ssh"
)

// HostKeyError says that a node did not prove who it is. Nothing was sent to it.
type HostKeyError struct {
	Host    string
	Changed bool // it has another key than the recorded one
	Key     ssh.PublicKey
	Files   []string
}

func (e *HostKeyError) Error() string {
	print := ssh.FingerprintSHA256(e.Key)
	if e.Changed {
		return fmt.Sprintf("the host key of %s has changed: it now shows %s %s, which differs from the key in %s; "+
			"either the host was reinstalled, or somebody intercepts the connection. If the change is expected, run: pig node trust --replace %s",
			e.Host, e.Key.Type(), print, strings.Join(e.Files, ", "), e.Host)
	}
	return fmt.Sprintf("the host key of %s is not known (%s %s); compare it with the key on the node and run: pig node trust %s",
		e.Host, e.Key.Type(), print, e.Host)
}

// hostKeys checks keys against the known_hosts files.
func (c Config) hostKeys(t route) (ssh.HostKeyCallback, []string, error) {
	if t.insecure {
		return ssh.InsecureIgnoreHostKey(), t.algorithms.hostKeys, nil //nolint:gosec // the inventory says StrictHostKeyChecking=no
	}
	var files []string
	for _, f := range t.known {
		if _, err := os.Stat(f); err == nil {
			files = append(files, f)
		}
	}
	db, err := knownhosts.NewDB(files...)
	if err != nil {
		return nil, nil, fmt.Errorf("cannot read known_hosts: %w", err)
	}
	check := func(host string, remote net.Addr, key ssh.PublicKey) error {
		err := db.HostKeyCallback()(host, remote, key)
		switch {
		case err == nil:
			return nil
		case knownhosts.IsHostKeyChanged(err):
			return &HostKeyError{Host: t.Name, Changed: true, Key: key, Files: files}
		case knownhosts.IsHostUnknown(err):
			return &HostKeyError{Host: t.Name, Key: key}
		}
		return err
	}
	known := db.HostKeyAlgorithms(t.provedAs())
	if allowed := t.algorithms.hostKeys; allowed != nil {
		if both := slices.DeleteFunc(slices.Clone(known), func(a string) bool { return !slices.Contains(allowed, a) }); len(both) > 0 {
			return check, both, nil
		}
		return check, allowed, nil
	}
	return check, known, nil
}

// HostKey asks a node for its host key without logging in, for the operator to judge.
func (c Config) HostKey(ctx context.Context, t Target) (ssh.PublicKey, error) {
	r, err := c.resolve(t)
	if err != nil {
		return nil, err
	}
	t = r.Target
	if t.Timeout == 0 {
		t.Timeout = defaultTimeout
	}
	ctx, cancel := context.WithTimeoutCause(ctx, t.Timeout, fmt.Errorf("no answer within %s", t.Timeout))
	defer cancel()
	conn, err := c.dialTCP(ctx, r, nil)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	errSeen := errors.New("seen")
	var key ssh.PublicKey
	_, _, _, err = ssh.NewClientConn(conn, net.JoinHostPort(t.Addr, strconv.Itoa(t.Port)), &ssh.ClientConfig{
		Config:  ssh.Config{Ciphers: r.algorithms.ciphers, MACs: r.algorithms.macs, KeyExchanges: r.algorithms.exchanges},
		User:    t.User,
		Timeout: t.Timeout,
		HostKeyCallback: func(_ string, _ net.Addr, k ssh.PublicKey) error {
			key = k
			return errSeen
		},
	})
	if key == nil {
		return nil, fmt.Errorf("cannot read the host key of %s: %w", t.Name, err)
	}
	return key, nil
}

// Trust records key as the one of t in the first known_hosts file, in place of any older one if replace is set. It tells
// whether it was recorded already.
func (c Config) Trust(t Target, key ssh.PublicKey, replace bool) (known bool, err error) {
	r, err := c.resolve(t)
	if err != nil {
		return false, err
	}
	r.insecure = false // whether a key is on record does not depend on whether anybody looks
	addr := r.provedAs()
	check, _, err := c.hostKeys(r)
	if err != nil {
		return false, err
	}
	err = check(addr, &net.TCPAddr{}, key)
	var bad *HostKeyError
	switch {
	case err == nil:
		return true, nil
	case errors.As(err, &bad) && bad.Changed && !replace:
		return false, err
	}
	if len(r.known) == 0 {
		return false, fmt.Errorf("no known_hosts file for %s: UserKnownHostsFile is none", t.Name)
	}
	file := r.known[0]
	if replace {
		if err := dropHost(file, knownhosts.Normalize(addr)); err != nil {
			return false, err
		}
	}
	return false, appendHost(file, addr, key)
}

func appendHost(file, addr string, key ssh.PublicKey) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = fmt.Fprintln(f, knownhosts.Line([]string{addr}, key))
	return err
}

// dropHost removes host from a known_hosts file: from the names of a line, and the line with its last name. Hashed lines
// stay, since nobody can tell whose they are.
func dropHost(file, host string) error {
	text, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var kept bytes.Buffer
	for line := range strings.SplitAfterSeq(string(text), "\n") {
		names, rest, _ := strings.Cut(line, " ")
		others := slices.DeleteFunc(strings.Split(names, ","), func(n string) bool { return n == host })
		if len(others) > 0 {
			kept.WriteString(strings.TrimSuffix(strings.Join(others, ",")+" "+rest, " "))
		}
	}
	temp := file + ".pig-" + strconv.FormatInt(time.Now().UnixNano(), 36)
	if err := os.WriteFile(temp, kept.Bytes(), 0o600); err != nil {
		return err
	}
	return os.Rename(temp, file)
}
