package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"
)

const (
	// defaultTimeout is how long a node may take to answer and let us in.
	defaultTimeout = 15 * time.Second
	// keepalive is how often a connection is tried; after keepaliveLost without an answer it is given up.
	keepalive     = 10 * time.Second
	keepaliveLost = 45 * time.Second
)

// maxJumps is how many hosts a connection goes through at most.
const maxJumps = 8

// SSH opens a connection to t.
func (c Config) SSH(ctx context.Context, t Target) (Conn, error) {
	r, err := c.resolve(t)
	if err != nil {
		return nil, fmt.Errorf("cannot connect to %s: %w", t.Name, err)
	}
	t = r.Target
	if t.Timeout == 0 {
		t.Timeout = defaultTimeout
	}
	ctx, cancel := context.WithTimeoutCause(ctx, t.Timeout, fmt.Errorf("no answer within %s", t.Timeout))
	defer cancel()
	client, err := c.attempts(ctx, r)
	if err != nil {
		if cause := context.Cause(ctx); cause != nil && ctx.Err() != nil {
			err = cause
		}
		return nil, fmt.Errorf("cannot connect to %s@%s port %d: %w", t.User, t.Addr, t.Port, err)
	}
	conn := &sshConn{client: client, user: t.User, done: make(chan struct{})}
	go conn.watch()
	return conn, nil
}

// attempts connects as often as ConnectionAttempts says, a second apart. A host that refuses the key or the login has answered.
func (c Config) attempts(ctx context.Context, r route) (*ssh.Client, error) {
	for n := 1; ; n++ {
		client, err := c.client(ctx, r, nil)
		var dialled *net.OpError
		if err == nil || n >= r.attempts || !errors.As(err, &dialled) {
			return client, err
		}
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
			return nil, err
		}
	}
}

// client connects to t; via are the hosts for whose sake it does, the last one first wanted it.
func (c Config) client(ctx context.Context, t route, via []string) (*ssh.Client, error) {
	check, algorithms, err := c.hostKeys(t)
	if err != nil {
		return nil, err
	}
	tcp, err := c.dialTCP(ctx, t, via)
	if err != nil {
		return nil, err
	}
	cr := c.credentials(t)
	defer cr.close()
	stop := context.AfterFunc(ctx, func() { _ = tcp.Close() }) // the handshake knows no context
	defer stop()
	conn, channels, requests, err := ssh.NewClientConn(tcp, t.provedAs(), &ssh.ClientConfig{
		Config: ssh.Config{Ciphers: t.algorithms.ciphers, MACs: t.algorithms.macs, KeyExchanges: t.algorithms.exchanges},
		User:   t.User, Auth: cr.methods, HostKeyCallback: check, HostKeyAlgorithms: algorithms, Timeout: t.Timeout,
		ClientVersion: "SSH-2.0-pig",
	})
	if err != nil {
		_ = tcp.Close()
		var key *HostKeyError
		switch {
		case errors.As(err, &key):
			return nil, key
		case strings.Contains(err.Error(), "unable to authenticate"):
			return nil, cr.refused(t.Target)
		}
		return nil, err
	}
	return ssh.NewClient(conn, channels, requests), nil
}

func (c Config) dialTCP(ctx context.Context, t route, via []string) (net.Conn, error) {
	addr := net.JoinHostPort(t.Addr, strconv.Itoa(t.Port))
	if t.proxyJump == "" || t.proxyJump == "none" {
		return c.Dial(ctx, t.network, addr)
	}
	jump, err := c.jump(ctx, t, via)
	var loop *JumpError
	if errors.As(err, &loop) {
		return nil, loop // it names all hosts itself
	}
	if err != nil {
		return nil, fmt.Errorf("through %s: %w", t.proxyJump, err)
	}
	conn, err := jump.DialContext(ctx, "tcp", addr)
	if err != nil {
		_ = jump.Close()
		return nil, err
	}
	return &jumpedConn{Conn: conn, jump: jump}, nil
}

// jump connects to the last host of a ProxyJump list, through those before it. As with ssh, a jump host is reached as the ssh_config
// says of it; the options that were given for t are not for it. Its key is checked unless a file says otherwise.
func (c Config) jump(ctx context.Context, t route, via []string) (*ssh.Client, error) {
	via = append(slices.Clone(via), net.JoinHostPort(t.Addr, strconv.Itoa(t.Port)))
	rest, last := "", t.proxyJump
	if i := strings.LastIndexByte(t.proxyJump, ','); i >= 0 {
		rest, last = t.proxyJump[:i], t.proxyJump[i+1:]
	}
	last = strings.TrimSuffix(strings.TrimPrefix(last, "ssh://"), "/")
	hop := Target{Name: last, Addr: last, ProxyJump: rest, KeyFile: t.KeyFile, Timeout: t.Timeout, configFile: strings.Join(t.configFiles, "\n")}
	if hop.configFile == "" {
		hop.SSHArgs = "-F none"
	}
	if user, host, ok := strings.Cut(last, "@"); ok {
		hop.User, hop.Addr = user, host
	}
	if host, port, err := net.SplitHostPort(hop.Addr); err == nil {
		hop.Addr = host
		if hop.Port, err = strconv.Atoi(port); err != nil {
			return nil, fmt.Errorf("invalid ProxyJump %q: want a number after the colon", last)
		}
	}
	hop.Addr = strings.Trim(hop.Addr, "[]")
	through, err := c.resolve(hop)
	if err != nil {
		return nil, err
	}
	at := net.JoinHostPort(through.Addr, strconv.Itoa(through.Port))
	if slices.Contains(via, at) || len(via) >= maxJumps {
		return nil, &JumpError{Path: append(via, at)}
	}
	return c.client(ctx, through, via)
}

// provedAs is the name that the host's key has to be on record for.
func (r route) provedAs() string {
	if r.checkAs != "" { // ssh looks an alias up without a port
		return net.JoinHostPort(r.checkAs, "22")
	}
	return net.JoinHostPort(r.Addr, strconv.Itoa(r.Port))
}

// JumpError is a ProxyJump that leads back to a host that it starts from, or through more hosts than anybody means.
type JumpError struct{ Path []string }

func (e *JumpError) Error() string {
	path := strings.Join(e.Path, " -> ")
	if slices.Contains(e.Path[:len(e.Path)-1], e.Path[len(e.Path)-1]) {
		return "invalid ProxyJump: " + path + " is a loop; set ProxyJump none for the jump host in ssh_config"
	}
	return fmt.Sprintf("invalid ProxyJump: %s: want at most %d jump hosts", path, maxJumps-1)
}

// jumpedConn closes its jump host's connection with itself.
type jumpedConn struct {
	net.Conn
	jump *ssh.Client
}

func (c *jumpedConn) Close() error {
	return errors.Join(c.Conn.Close(), c.jump.Close())
}

type sshConn struct {
	client *ssh.Client
	user   string
	done   chan struct{}
	once   sync.Once
}

func (c *sshConn) User() string          { return c.user }
func (c *sshConn) Done() <-chan struct{} { return c.done }

func (c *sshConn) Close() error {
	c.once.Do(func() { close(c.done) })
	return c.client.Close()
}

// watch gives the connection up when the node no longer answers: TCP alone would take many minutes to notice.
func (c *sshConn) watch() {
	gone := make(chan struct{})
	go func() { _ = c.client.Wait(); close(gone) }()
	tick := time.NewTicker(keepalive)
	defer tick.Stop()
	last := time.Now()
	answers := make(chan struct{}, 1)
	for {
		select {
		case <-gone:
			_ = c.Close()
			return
		case <-c.done:
			return
		case <-answers:
			last = time.Now()
		case <-tick.C:
			if time.Since(last) > keepaliveLost {
				_ = c.Close()
				return
			}
			go func() {
				if _, _, err := c.client.SendRequest("keepalive@openssh.com", true, nil); err == nil {
					select {
					case answers <- struct{}{}:
					default:
					}
				}
			}()
		}
	}
}

func (c *sshConn) Start(line string) (Process, error) { return c.start(line, nil) }

// rawModes are those of a terminal that changes no byte and answers none: frames go through it.
var rawModes = ssh.TerminalModes{
	ssh.ECHO: 0, ssh.ECHOE: 0, ssh.ECHOK: 0, ssh.ECHONL: 0, ssh.ICANON: 0, ssh.ISIG: 0, ssh.IEXTEN: 0, ssh.OPOST: 0, ssh.ONLCR: 0,
	ssh.ICRNL: 0, ssh.INLCR: 0, ssh.IGNCR: 0, ssh.IXON: 0, ssh.IXOFF: 0, ssh.IXANY: 0, ssh.ISTRIP: 0, ssh.INPCK: 0, ssh.PARMRK: 0, ssh.IUTF8: 0,
	ssh.CS8: 1, ssh.PARENB: 0,
}

// StartTerminal implements Terminal.
func (c *sshConn) StartTerminal(line string) (Process, error) {
	return c.start(line, func(s *ssh.Session) error { return s.RequestPty("dumb", 24, 80, rawModes) })
}

func (c *sshConn) start(line string, prepare func(*ssh.Session) error) (Process, error) {
	s, err := c.client.NewSession()
	if err != nil {
		return nil, fmt.Errorf("cannot open a session: %w", err)
	}
	if prepare != nil {
		if err := prepare(s); err != nil {
			_ = s.Close()
			return nil, fmt.Errorf("cannot request a terminal: %w", err)
		}
	}
	p := &sshProcess{session: s}
	if p.in, err = s.StdinPipe(); err == nil {
		if p.out, err = s.StdoutPipe(); err == nil {
			if p.err, err = s.StderrPipe(); err == nil {
				err = s.Start(line)
			}
		}
	}
	if err != nil {
		_ = s.Close()
		return nil, fmt.Errorf("cannot start a command: %w", err)
	}
	return p, nil
}

type sshProcess struct {
	session *ssh.Session
	in      io.WriteCloser
	out     io.Reader
	err     io.Reader
}

func (p *sshProcess) Stdin() io.WriteCloser { return p.in }
func (p *sshProcess) Stdout() io.Reader     { return p.out }
func (p *sshProcess) Stderr() io.Reader     { return p.err }
func (p *sshProcess) Close() error          { return p.session.Close() }

func (p *sshProcess) Wait() error {
	err := p.session.Wait()
	var exit *ssh.ExitError
	if errors.As(err, &exit) {
		return &ExitError{Status: exit.ExitStatus()}
	}
	return err
}
