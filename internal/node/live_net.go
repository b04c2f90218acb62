//go:build linux

package node

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

type liveNet struct{ *liveSystem }

// maxBody is the largest answer that is kept.
const maxBody = 8 << 20

func (n liveNet) Dial(ctx context.Context, host string, port int, timeout time.Duration, limit int) ([]byte, error) {
	d := net.Dialer{Timeout: timeout}
	conn, err := d.DialContext(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(port)))
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if limit == 0 {
		return nil, nil
	}
	_ = conn.SetReadDeadline(time.Now().Add(timeout))
	banner, err := io.ReadAll(io.LimitReader(conn, int64(limit)))
	if len(banner) > 0 {
		return banner, nil
	}
	return nil, err
}

func (liveNet) Interfaces() ([]Interface, error) {
	list, err := net.Interfaces()
	if err != nil {
		return nil, err
	}
	var all []Interface
	for _, i := range list {
		addrs, err := i.Addrs()
		if err != nil {
			continue // it has gone meanwhile
		}
		f := Interface{Name: i.Name, MTU: i.MTU, Up: i.Flags&net.FlagUp != 0, MAC: i.HardwareAddr.String()}
		for _, a := range addrs {
			if ipnet, ok := a.(*net.IPNet); ok {
				f.Addrs = append(f.Addrs, *ipnet)
			}
		}
		all = append(all, f)
	}
	return all, nil
}

func (n liveNet) Converse(ctx context.Context, c Conversation) error {
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	var d net.Dialer
	network, address := "tcp", net.JoinHostPort(c.Host, strconv.Itoa(c.Port))
	if c.Socket != "" {
		network, address = "unix", c.Socket
	}
	conn, err := d.DialContext(ctx, network, address)
	if err != nil {
		return err
	}
	defer conn.Close()
	if until, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(until)
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) }) // a cancelled task waits for no answer
	defer stop()
	if err := c.Speak(conn); err != nil {
		return silence(err, true)
	}
	if c.Change != nil {
		n.record(*c.Change)
	}
	return nil
}

func (n liveNet) HTTP(ctx context.Context, r Request) (Response, error) {
	var connected atomic.Bool
	client, err := n.client(r, &connected)
	if err != nil {
		return Response{}, err
	}
	defer client.CloseIdleConnections()
	method := r.Method
	if method == "" {
		method = http.MethodGet
	}
	req, err := http.NewRequestWithContext(ctx, method, r.URL, bytes.NewReader(r.Body))
	if err != nil {
		return Response{}, err
	}
	for k, v := range r.Header {
		req.Header.Set(k, v)
		if strings.EqualFold(k, "Host") {
			req.Host = v
		}
	}
	if r.User != "" {
		req.SetBasicAuth(r.User, r.Password)
	}
	res, err := client.Do(req)
	if err != nil {
		return Response{}, silence(err, connected.Load())
	}
	defer res.Body.Close()
	var body []byte
	var size int64
	if r.Into != "" && res.StatusCode == http.StatusOK {
		if size, err = n.stageBody(r, res.Body); err == nil && r.Fits != nil {
			if unfit := r.Fits(); unfit != nil {
				return Response{}, errors.Join(unfit, n.Files().Unstage(r.Into))
			}
		}
	} else {
		body, err = io.ReadAll(io.LimitReader(res.Body, maxBody+1))
	}
	if len(body) > maxBody {
		err = fmt.Errorf("the answer has more than %d MB", maxBody>>20)
	}
	if err != nil {
		return Response{}, silence(fmt.Errorf("cannot read the answer of %s: %w", r.URL, err), true)
	}
	header := map[string]string{}
	for k := range res.Header {
		header[k] = res.Header.Get(k)
	}
	answer := Response{Status: res.StatusCode, Reason: http.StatusText(res.StatusCode), URL: res.Request.URL.String(), Header: header, Body: body, Size: size}
	if r.Change != nil && r.Done(answer) {
		n.record(*r.Change)
	}
	return answer, nil
}

// stageBody takes a body to the file that it is for, a piece at a time.
func (n liveNet) stageBody(r Request, body io.Reader) (size int64, err error) {
	if r.Tee != nil {
		body = io.TeeReader(body, r.Tee)
	}
	piece := make([]byte, PieceSize)
	for {
		got, err := io.ReadFull(body, piece)
		if got > 0 || size == 0 {
			if err := n.Files().Stage(r.Into, size, piece[:got]); err != nil {
				return size, err
			}
			size += int64(got)
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return size, nil
		case err != nil:
			return size, err
		}
	}
}

// client is one for r, which notes when it is connected.
func (n liveNet) client(r Request, connected *atomic.Bool) (*http.Client, error) {
	conf := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: r.Insecure} //nolint:gosec // validate_certs: false is the user's word
	if r.CAFile != "" {
		pem, err := n.Files().Read(r.CAFile)
		if err != nil {
			return nil, fmt.Errorf("cannot read the CA: %w", err)
		}
		conf.RootCAs = x509.NewCertPool()
		if !conf.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s holds no certificate", r.CAFile)
		}
	}
	if r.CertFile != "" {
		cert, err := n.keyPair(r)
		if err != nil {
			return nil, err
		}
		conf.Certificates = []tls.Certificate{cert}
	}
	transport := &http.Transport{TLSClientConfig: conf, Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true}
	transport.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		if r.Socket != "" {
			network, addr = "unix", r.Socket
		}
		conn, err := (&net.Dialer{}).DialContext(ctx, network, addr)
		connected.Store(err == nil)
		return conn, err
	}
	client := &http.Client{Transport: transport, Timeout: r.Timeout}
	if r.NoFollow {
		client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	}
	return client, nil
}

func (n liveNet) keyPair(r Request) (tls.Certificate, error) {
	cert, err := n.Files().Read(r.CertFile)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("cannot read the client certificate: %w", err)
	}
	keyFile := r.KeyFile
	if keyFile == "" {
		keyFile = r.CertFile
	}
	key, err := n.Files().Read(keyFile)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("cannot read the client key: %w", err)
	}
	return tls.X509KeyPair(cert, key)
}
