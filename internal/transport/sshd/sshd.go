// Package sshd is an SSH server inside the process of a test: real handshakes, keys and channels, without a node.
package sshd

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// Server is one host. Fields are set before Start.
type Server struct {
	HostKey  ssh.Signer
	Keys     []ssh.PublicKey // that may log in
	Password string          // that may log in, "" for none
	// Exec runs a command line; the real shell of this machine does if it is nil.
	Exec func(line string, in io.Reader, out, errs io.Writer) (status int)
	// Terminal runs a command line that was given a terminal; nil refuses terminals.
	Terminal func(line string, modes string, in io.Reader, out io.Writer) (status int)
	// SFTP serves the subsystem sftp; nil refuses it.
	SFTP func(channel io.ReadWriteCloser)
	// Network is where direct-tcpip channels lead, for those who jump over this host.
	Network *Network

	mu     sync.Mutex
	logins []string
}

// Logins are the accounts that logged in, in order.
func (s *Server) Logins() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.logins...)
}

// Network is a set of hosts by address and port.
type Network struct {
	t     testing.TB
	mu    sync.Mutex
	hosts map[string]net.Listener
}

// NewNetwork is empty; it ends with the test.
func NewNetwork(t testing.TB) *Network {
	n := &Network{t: t, hosts: map[string]net.Listener{}}
	t.Cleanup(func() {
		for _, l := range n.hosts {
			_ = l.Close()
		}
	})
	return n
}

// Add makes a server answer at addr, which is not dialled: connections go over the loopback device.
func (n *Network) Add(addr string, s *Server) {
	n.listen(addr, s.serve)
}

// AddSilent makes somebody accept connections at addr who never says a word.
func (n *Network) AddSilent(addr string) {
	n.listen(addr, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) })
}

func (n *Network) listen(addr string, serve func(net.Conn)) {
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it ends with the test
	if err != nil {
		n.t.Fatal(err)
	}
	n.mu.Lock()
	n.hosts[addr] = l
	n.mu.Unlock()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go serve(c)
		}
	}()
}

// Dial opens a connection to a host of the network.
func (n *Network) Dial(ctx context.Context, _, addr string) (net.Conn, error) {
	n.mu.Lock()
	l, ok := n.hosts[addr]
	n.mu.Unlock()
	if !ok {
		return nil, fmt.Errorf("dial tcp %s: connect: no route to host", addr)
	}
	return (&net.Dialer{}).DialContext(ctx, "tcp", l.Addr().String())
}

// NewKey makes a key.
func NewKey(t testing.TB) ssh.Signer {
	t.Helper()
	signer, _ := newKey(t)
	return signer
}

// KeyFile makes a key and the file of its private half.
func KeyFile(t testing.TB) (path string, public ssh.PublicKey) {
	t.Helper()
	signer, private := newKey(t)
	block, err := ssh.MarshalPrivateKey(private, "test")
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "id_ed25519")
	if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
		t.Fatal(err)
	}
	return path, signer.PublicKey()
}

func newKey(t testing.TB) (ssh.Signer, ed25519.PrivateKey) {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return signer, private
}

func (s *Server) config() *ssh.ServerConfig {
	c := &ssh.ServerConfig{
		AuthLogCallback: func(c ssh.ConnMetadata, _ string, err error) {
			if err == nil { // the client does not know yet
				s.mu.Lock()
				s.logins = append(s.logins, c.User())
				s.mu.Unlock()
			}
		},
		PublicKeyCallback: func(_ ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
			for _, k := range s.Keys {
				if string(k.Marshal()) == string(key.Marshal()) {
					return &ssh.Permissions{}, nil
				}
			}
			return nil, errors.New("not this key")
		},
		PasswordCallback: func(_ ssh.ConnMetadata, password []byte) (*ssh.Permissions, error) {
			if s.Password != "" && string(password) == s.Password {
				return &ssh.Permissions{}, nil
			}
			return nil, errors.New("not this password")
		},
	}
	c.AddHostKey(s.HostKey)
	return c
}

func (s *Server) serve(c net.Conn) {
	defer c.Close()
	_, channels, requests, err := ssh.NewServerConn(c, s.config())
	if err != nil {
		return
	}
	go ssh.DiscardRequests(requests)
	for ch := range channels {
		switch ch.ChannelType() {
		case "session":
			go s.session(ch)
		case "direct-tcpip":
			go s.forward(ch)
		default:
			_ = ch.Reject(ssh.UnknownChannelType, "")
		}
	}
}

func (s *Server) session(ch ssh.NewChannel) {
	channel, requests, err := ch.Accept()
	if err != nil {
		return
	}
	var modes *string
	for r := range requests {
		if r.Type == "pty-req" && s.Terminal != nil {
			var m struct {
				Term                         string
				Columns, Rows, Width, Height uint32
				Modes                        string
			}
			_ = r.Reply(ssh.Unmarshal(r.Payload, &m) == nil, nil)
			modes = &m.Modes
			continue
		}
		if r.Type == "subsystem" && s.SFTP != nil {
			var m struct{ Name string }
			ok := ssh.Unmarshal(r.Payload, &m) == nil && m.Name == "sftp"
			_ = r.Reply(ok, nil)
			if ok {
				go func() { s.SFTP(channel); _ = channel.Close() }()
			}
			continue
		}
		if r.Type != "exec" {
			_ = r.Reply(false, nil)
			continue
		}
		var m struct{ Line string }
		_ = r.Reply(ssh.Unmarshal(r.Payload, &m) == nil, nil)
		go func() {
			run := s.Exec
			if run == nil {
				run = Shell(nil)
			}
			status := 0
			if modes != nil {
				status = s.Terminal(m.Line, *modes, channel, channel)
			} else {
				status = run(m.Line, channel, channel, channel.Stderr())
			}
			_, _ = channel.SendRequest("exit-status", false, ssh.Marshal(struct{ Status uint32 }{uint32(status)})) //nolint:gosec // a byte
			_ = channel.Close()
		}()
	}
}

// Files is an SFTP server with the files of this machine.
func Files(channel io.ReadWriteCloser) {
	if server, err := sftp.NewServer(channel); err == nil {
		_ = server.Serve()
	}
}

// Shell runs lines with this machine's own shell, as the account of the test, in an environment; nil is that of the test.
func Shell(env []string) func(line string, in io.Reader, out, errs io.Writer) int {
	return func(line string, in io.Reader, out, errs io.Writer) int { return shell(env, line, in, out, errs) }
}

func shell(env []string, line string, in io.Reader, out, errs io.Writer) int {
	c := exec.Command("/bin/sh", "-c", line) //nolint:noctx // it ends with its input
	c.Env = env
	c.Stdout, c.Stderr = out, errs
	stdin, err := c.StdinPipe()
	if err != nil || c.Start() != nil {
		return 127
	}
	go func() {
		_, _ = io.Copy(stdin, in)
		_ = stdin.Close()
	}()
	_ = c.Wait()
	return c.ProcessState.ExitCode()
}

func (s *Server) forward(ch ssh.NewChannel) {
	var m struct {
		Host   string
		Port   uint32
		Origin string
		From   uint32
	}
	if s.Network == nil || ssh.Unmarshal(ch.ExtraData(), &m) != nil {
		_ = ch.Reject(ssh.Prohibited, "no forwarding")
		return
	}
	to, err := s.Network.Dial(context.Background(), "tcp", net.JoinHostPort(m.Host, fmt.Sprint(m.Port)))
	if err != nil {
		_ = ch.Reject(ssh.ConnectionFailed, err.Error())
		return
	}
	channel, requests, err := ch.Accept()
	if err != nil {
		_ = to.Close()
		return
	}
	go ssh.DiscardRequests(requests)
	go func() { _, _ = io.Copy(channel, to); _ = channel.Close() }()
	go func() { _, _ = io.Copy(to, channel); _ = to.Close() }()
}
