//go:build linux

package acceptance

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// client speaks HTTP from the network of the nodes, with the certificate of the infra node. Names of the portal are those of the infra
// node; the CA is trusted.
func (l *lab) client() *http.Client {
	l.t.Helper()
	pool := x509.NewCertPool()
	ca, err := os.ReadFile(filepath.Join(l.dir, "files/pki/ca/ca.crt"))
	if err != nil || !pool.AppendCertsFromPEM(ca) {
		l.t.Fatalf("the CA: %v", err)
	}
	conf := &tls.Config{RootCAs: pool}
	if cert, err := tls.LoadX509KeyPair(filepath.Join(l.dir, "files/pki/infra/infra-1.crt"), filepath.Join(l.dir, "files/pki/infra/infra-1.key")); err == nil {
		conf.Certificates = []tls.Certificate{cert}
	}
	dial := func(ctx context.Context, network, addr string) (net.Conn, error) {
		host, port, err := net.SplitHostPort(addr)
		if err == nil && net.ParseIP(host) == nil {
			addr = net.JoinHostPort(infraNode, port)
		}
		return l.box.DialContext(ctx, network, addr)
	}
	return &http.Client{
		Timeout: 10 * time.Second, Transport: &http.Transport{DialContext: dial, TLSClientConfig: conf},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func (l *lab) get(c *http.Client, url, user, password string) (int, string, error) {
	req, err := http.NewRequestWithContext(l.ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, "", err
	}
	if user != "" {
		req.SetBasicAuth(user, password)
	}
	res, err := c.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return res.StatusCode, string(body), err
}

// reader is who may log in to the portal of watchedText, with password.
const reader, password = "reader", "Canary.Reader.1203"

func (l *lab) portalAnswers() {
	l.t.Helper()
	c := l.client()
	for _, page := range []struct {
		url, user, password string
		code                int
		text                string
	}{
		{"http://i.pigsty/", "", "", 301, ""},
		{"http://i.pigsty/", reader, password, 301, ""},
		{"http://i.pigsty/health", "", "", 200, "ok"},
		{"https://i.pigsty/", "", "", 401, ""},
		{"https://i.pigsty/", "admin", "pigsty", 401, ""},
		{"https://i.pigsty/health", "", "", 200, "ok"},
		{"https://i.pigsty/", reader, password, 200, "pg-solo"},
		{"https://portal.example/", reader, password, 200, "pg-solo"},
		{"https://" + infraNode + "/", reader, password, 200, "pg-solo"},
		{"https://i.pigsty/nowhere", reader, password, 404, "Back to the portal"},
		{"http://i.pigsty/pigsty/", "", "", 200, "Packages.gz"},
		{"http://i.pigsty/repo", "", "", 301, ""},
		{"http://i.pigsty/ca.crt", "", "", 200, "BEGIN CERTIFICATE"},
		{"https://i.pigsty/vmetrics/api/v1/query?query=up", "", "", 401, ""},
		{"https://i.pigsty/vmetrics/api/v1/query?query=up", reader, password, 200, `"success"`},
		{"https://i.pigsty/vmetrics/api/v1/admin/tsdb/delete_series?match[]=up", reader, password, 403, ""},
		{"https://i.pigsty/vmetrics/vmui/", reader, password, 302, ""},
		{"https://i.pigsty/vmalert/vmalert/groups", reader, password, 200, "NodeDown"},
		{"https://i.pigsty/alertmgr/api/v2/status", reader, password, 200, "versionInfo"},
		{"https://i.pigsty/dashboards/node.json", reader, password, 200, "panels"},
		{"https://i.pigsty/haproxy/pg-solo-1/", "", "", 401, ""},
		{"https://i.pigsty/haproxy/pg-solo-1/", reader, password, 200, "pg-solo-primary"},
		{"https://10.10.10.13:9101/haproxy/pg-solo-1/", "admin", canaries["haproxy"], 200, "pg-solo-primary"},
		{"https://app.pigsty/patroni", "", "", 200, "pg-solo-1"},
		{"https://docs.pigsty/", "", "", 401, ""},
		{"http://docs.pigsty/", reader, password, 301, ""},
		{"https://docs.pigsty/", reader, password, 200, "Packages.gz"},
		{"http://i.pigsty/nginx", "", "", 403, ""},
	} {
		code, body, err := l.get(c, page.url, page.user, page.password)
		if err != nil || code != page.code || !strings.Contains(body, page.text) {
			l.t.Errorf("%s as %q: status %d, want %d with %q: %v\n%.300s", page.url, page.user, code, page.code, page.text, err, body)
		}
	}
	untrusting := l.client()
	untrusting.Transport.(*http.Transport).TLSClientConfig.RootCAs = x509.NewCertPool()
	if _, _, err := l.get(untrusting, "https://i.pigsty/", "", ""); err == nil {
		l.t.Error("the portal's certificate is trusted without the CA")
	}
}

// browser runs chromium in the network of the nodes. Without one the test is skipped.
func (l *lab) browser(args ...string) (string, error) {
	l.t.Helper()
	if _, err := exec.LookPath("chromium"); err != nil {
		l.t.Skip("there is no chromium on this machine: apt install chromium")
	}
	ctx, cancel := context.WithTimeout(l.ctx, time.Minute)
	defer cancel()
	argv := append([]string{"--net=" + l.box.ControlNamespace(), "chromium", "--headless", "--no-sandbox", "--ignore-certificate-errors", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
		"--disable-sync", "--no-first-run", "--user-data-dir=" + l.t.TempDir(), "--window-size=1280,1250", "--virtual-time-budget=8000"}, args...)
	cmd := exec.CommandContext(ctx, "nsenter", argv...)
	cmd.WaitDelay = 5 * time.Second
	var out bytes.Buffer
	cmd.Stdout = &out
	err := cmd.Run()
	return out.String(), err
}

func (l *lab) homePage() {
	l.t.Helper()
	l.eventually(time.Minute, "the home page", func() error {
		page, err := l.browser("--dump-dom", "https://"+reader+":"+password+"@"+infraNode+"/")
		if err != nil {
			return err
		}
		for _, want := range []string{
			`(?s)class="(up leads|leads up)"[^>]*data-pg="pg-test-1"|data-pg="pg-test-1"[^>]*class="(up leads|leads up)"`,
			`data-pg="pg-test-2"[^>]*class="up"|class="up"[^>]*data-pg="pg-test-2"`,
			`data-node="10.10.10.13"[^>]*class="up"|class="up"[^>]*data-node="10.10.10.13"`,
			`data-etcd="etcd-1"`, `href="/haproxy/pg-solo-1/"`, `<code>5433</code>`, `pg-solo.db`,
		} {
			if !regexp.MustCompile(want).MatchString(page) {
				return fmt.Errorf("it has no %s", want)
			}
		}
		return nil
	})
	picture := filepath.Join(l.t.TempDir(), "home.png")
	if _, err := l.browser("--screenshot="+picture, "https://"+reader+":"+password+"@"+infraNode+"/"); err != nil {
		l.t.Error(err)
	}
	if info, err := os.Stat(picture); err != nil || info.Size() < 20_000 {
		l.t.Errorf("a picture of it: %v", err)
	}
}

func (l *lab) namesResolve() {
	l.t.Helper()
	r := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return l.box.DialContext(ctx, network, infraNode+":53")
	}}
	for name, want := range map[string]string{
		"pg-test-2": "10.10.10.12", "pg-test": "10.10.10.11", "pg-solo.db": "10.10.10.13", "infra-1": infraNode, "i.pigsty": infraNode,
	} {
		ctx, cancel := context.WithTimeout(l.ctx, 5*time.Second)
		got, err := r.LookupHost(ctx, name+".")
		cancel()
		if err != nil || !slices.Equal(got, []string{want}) {
			l.t.Errorf("%s is %v, want %s: %v", name, got, want, err)
		}
	}
}
