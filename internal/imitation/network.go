package imitation

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"pig/internal/format"
	"pig/internal/node"
)

type network struct{ *system }

// Interfaces are those of the imitation: the loopback and one with the machine's address.
func (n network) Interfaces() ([]node.Interface, error) {
	eth1 := net.IPNet{IP: net.ParseIP(n.addr), Mask: net.CIDRMask(24, 32)}
	if n.six() {
		eth1.Mask = net.CIDRMask(64, 128)
	}
	lo := net.IPNet{IP: net.IPv4(127, 0, 0, 1), Mask: net.CIDRMask(8, 32)}
	return []node.Interface{
		{Name: "lo", MTU: 65536, Up: true, Addrs: []net.IPNet{lo}},
		{Name: "eth1", MTU: 1500, Up: true, MAC: "02:00:00:00:00:01", Addrs: []net.IPNet{eth1}},
	}, nil
}

// find gives the machine that a host name means on this machine, and the address there.
func (n network) find(host string) (*Machine, string) {
	switch host {
	case "localhost", "127.0.0.1":
		return n.Machine, "127.0.0.1"
	case "::1":
		return n.Machine, host
	}
	if m := n.world.Machine(host); m != nil {
		return m, host
	}
	for line := range strings.SplitSeq(n.Content("/etc/hosts"), "\n") {
		f := strings.Fields(line)
		for i := 1; i < len(f); i++ {
			if f[i] == host {
				return n.find(f[0])
			}
		}
	}
	return nil, ""
}

// connect gives the listener at an address.
func (n network) connect(host string, port int) (*Listener, error) {
	if err := n.gone(); err != nil {
		return nil, err
	}
	m, addr := n.find(host)
	refused := &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	if m == nil {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: host}}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, at := range reaching(addr, strconv.Itoa(port)) {
		if l, ok := m.listeners[at]; ok {
			return l, nil
		}
	}
	return nil, refused
}

func (n network) Dial(_ context.Context, host string, port int, _ time.Duration, _ int) ([]byte, error) {
	_, err := n.connect(host, port)
	return nil, err
}

func (n network) HTTP(ctx context.Context, r node.Request) (node.Response, error) {
	if r.Change == nil {
		return n.ask(ctx, r)
	}
	var res node.Response
	err := n.change(r.Method+" "+r.URL, func() (_ node.Change, _ bool, err error) {
		res, err = n.ask(ctx, r)
		return *r.Change, err == nil && r.Done(res), err
	})
	return res, err
}

func (n network) ask(ctx context.Context, r node.Request) (node.Response, error) {
	u, err := url.Parse(r.URL)
	if err != nil {
		return node.Response{}, err
	}
	port := 80
	if u.Scheme == "https" {
		port = 443
	}
	if u.Port() != "" {
		if port, err = strconv.Atoi(u.Port()); err != nil {
			return node.Response{}, err
		}
	}
	secure, err := n.certificates(r, u.Scheme == "https")
	if err != nil {
		return node.Response{}, err
	}
	l, err := n.connect(u.Hostname(), port)
	if err != nil {
		return node.Response{}, err
	}
	if l.HTTP == nil {
		return node.Response{}, fmt.Errorf("%s: malformed HTTP response", u.Host)
	}
	if res, err, is := n.world.spoiled(ctx, u.Host, needsOf(r), r.Timeout); is {
		return res, err
	}
	method := r.Method
	if method == "" {
		method = http.MethodGet
	}
	if r.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, r.Timeout)
		defer cancel()
	}
	req, err := http.NewRequestWithContext(ctx, method, r.URL, strings.NewReader(string(r.Body)))
	if err != nil {
		return node.Response{}, err
	}
	for k, v := range r.Header {
		req.Header.Set(k, v)
	}
	if r.User != "" {
		req.SetBasicAuth(r.User, r.Password)
	}
	req.TLS = secure
	w := httptest.NewRecorder()
	l.HTTP.ServeHTTP(w, req)
	if ctx.Err() != nil {
		return node.Response{}, fmt.Errorf("%s %q: %w", method, r.URL, ctx.Err())
	}
	header := map[string]string{}
	for k := range w.Header() {
		header[k] = w.Header().Get(k)
	}
	return node.Response{Status: w.Code, Reason: http.StatusText(w.Code), URL: r.URL, Header: header, Body: w.Body.Bytes()}, nil
}

// needsOf is the unit that a question is for, "" if r asks for a change.
func needsOf(r node.Request) string {
	if r.Change != nil {
		return ""
	}
	return r.Needs
}

// certificates reads the files that a request over TLS names, and gives what the server sees of them.
func (n network) certificates(r node.Request, secure bool) (*tls.ConnectionState, error) {
	if !secure {
		return nil, nil //nolint:nilnil // no TLS
	}
	s := &tls.ConnectionState{}
	for _, file := range []string{r.CAFile, r.CertFile, r.KeyFile} {
		if file == "" {
			continue
		}
		text, err := n.Files().Read(file)
		if err != nil {
			return nil, err
		}
		if file != r.CertFile {
			continue
		}
		block, _ := pem.Decode(text)
		if block == nil {
			return nil, fmt.Errorf("%s holds no certificate", file)
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, err
		}
		s.PeerCertificates = append(s.PeerCertificates, cert)
	}
	return s, nil
}

func (n network) Converse(ctx context.Context, c node.Conversation) error {
	speak := func() error {
		if c.Socket != "" {
			return n.world.unheardOf("the socket %s", c.Socket)
		}
		l, err := n.connect(c.Host, c.Port)
		if err != nil {
			return err
		}
		if c.ReadOnly && c.Change == nil {
			if res, err, is := n.world.spoiled(ctx, format.HostPort(c.Host, c.Port), c.Needs, c.Timeout); is && res.Status == 0 {
				return err
			}
		}
		if l.Speak == nil {
			return fmt.Errorf("a protocol that the imitation does not speak: %w", node.ErrUnknown)
		}
		here, there := net.Pipe()
		done := make(chan struct{})
		go func() {
			defer close(done)
			l.Speak(there)
			_ = there.Close() //nolint:errcheck // a pipe's end
		}()
		err = c.Speak(here)
		_ = here.Close()
		<-done
		if errors.Is(err, io.ErrClosedPipe) {
			err = io.EOF
		}
		return err
	}
	if c.Change == nil {
		return speak()
	}
	return n.change("converse", func() (node.Change, bool, error) {
		err := speak()
		return *c.Change, err == nil, err
	})
}
