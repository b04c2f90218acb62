//go:build linux

package acceptance

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	redis "pig/internal/products/redis/model"
	"pig/internal/sandbox"
)

// neighbourText is a default environment on one node: what the inventory does not write is as pig has it.
const neighbourText = `
all:
  children:
    infra: { hosts: { 10.10.10.10: { infra_seq: 1 } } }
    etcd: { hosts: { 10.10.10.10: { etcd_seq: 1 } }, vars: { etcd_cluster: etcd } }
    minio: { hosts: { 10.10.10.10: { minio_seq: 1 } }, vars: { minio_cluster: minio } }
    pg-meta: { hosts: { 10.10.10.10: { pg_seq: 1, pg_role: primary } }, vars: { pg_cluster: pg-meta } }
    redis-ms: { hosts: { 10.10.10.10: { redis_node: 1, redis_instances: { 6379: { } } } }, vars: { redis_cluster: redis-ms, redis_max_memory: 64MB } }
  vars:
    admin_ip: 10.10.10.10
    pg_version: 17
    pg_conf: tiny.yml
    pg_shared_buffer_ratio: 0.1
    node_repo_modules: local
    node_tune: none
    vector_enabled: true
`

// mayBeRead are the paths that anybody may read, by port, and why. Everything else that answers a stranger is a hole.
var mayBeRead = map[string]string{
	"80/health": "tells that nginx runs", "443/health": "tells that nginx runs", "80/ca.crt": "a certificate is public", "443/ca.crt": "a certificate is public",
	"80/pigsty/": "packages, which apt reads before a node trusts the CA", "443/pigsty/": "packages",
	"9100/": "the exporter's page", "9100/metrics": "metrics of the node, read only", "9101/metrics": "metrics of HAProxy, read only",
	"9100/debug/pprof/": "profiles of the exporter, which cannot be switched off: no secret of the node", "9631/": "the exporter's page", "9631/metrics": "metrics of the pool, read only",
	"9854/": "the exporter's page", "9854/metrics": "metrics of pgBackRest, read only", "9001/*": "the files of MinIO's console, which asks for a login: every path is its first page",
	"8008/": "state of the member, which HAProxy of other nodes asks for", "8008/health": "state of the member", "8008/metrics": "metrics of Patroni, read only", "8008/config": "configuration of the cluster, without passwords",
}

// probed are the ports that a probe of this file, or of another test, knows. One that is not here has come without a probe.
var probed = []int{
	22, 53, // SSH by key only; names of the environment
	80, 443, 2379, 2380, 5432, 5433, 5434, 5436, 5438, 6379, 6432, 8008, 8428, 8880, 9000, 9001, 9059, 9100, 9101, 9113, 9115, 9121, 9428, 9630, 9631, 9854,
}

// knownLogins are names and passwords that everybody knows.
var knownLogins = []struct{ user, password string }{
	{"", ""}, {"admin", ""}, {"admin", "admin"}, {"admin", "pigsty"}, {"postgres", "postgres"}, {"postgres", "Patroni.API"}, {"root", "Etcd.Root"}, {"minioadmin", "minioadmin"}, {"minioadmin", "S3User.MinIO"},
}

// TestNeighbour tries every listening port of a default environment from a machine of the same network that the inventory does not know.
func TestNeighbour(t *testing.T) {
	l := labOf(t, sandbox.Config{Prepared: true, Source: []string{"minio", "victoria-logs"}}, neighbourText, infraNode)
	l.must(0, "apply", "--yes")
	l.must(0, "plan", "--detailed-exitcode")
	ports := l.listening(infraNode)
	t.Logf("listening: %v", ports)
	l.sub(t, "every port", func(*testing.T) { l.strangerReads(ports) })
	l.sub(t, "HTTP", func(*testing.T) { l.strangerWrites() })
	l.sub(t, "PostgreSQL", func(*testing.T) { l.strangerLogsIn(ports) })
	l.sub(t, "Redis and MinIO", func(*testing.T) { l.strangerStores() })
	l.sub(t, "who has a login reads only", func(*testing.T) { l.readerWrites() })
	l.sub(t, "a host's certificate ships logs and no more", func(*testing.T) { l.hostCertificate() })
}

// listening are the TCP ports of a node that others can reach.
func (l *lab) listening(node string) []int {
	l.t.Helper()
	var ports []int
	for line := range strings.Lines(l.node(node, "ss", "-ltnH")) {
		fields := strings.Fields(line)
		host, port, err := net.SplitHostPort(fields[3])
		if err != nil {
			l.t.Fatalf("%q: %v", line, err)
		}
		n, _ := strconv.Atoi(port)
		if ip := net.ParseIP(host); (ip == nil || !ip.IsLoopback()) && !slices.Contains(ports, n) {
			ports = append(ports, n)
		}
	}
	slices.Sort(ports)
	return ports
}

// stranger is a client without a certificate that trusts everybody.
func (l *lab) stranger(certs ...tls.Certificate) *http.Client {
	c := l.client()
	c.Timeout = 5 * time.Second
	c.Transport.(*http.Transport).TLSClientConfig = &tls.Config{InsecureSkipVerify: true, Certificates: certs} //nolint:gosec // an attacker does not mind
	return c
}

// asks sends a request, and gives its status; 0 if there is no answer.
func (l *lab) asks(c *http.Client, method, url, user, password, body string, header ...string) int {
	l.t.Helper()
	req, err := http.NewRequestWithContext(l.ctx, method, url, strings.NewReader(body))
	if err != nil {
		l.t.Fatal(err)
	}
	if user != "" {
		req.SetBasicAuth(user, password)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := c.Do(req)
	if err != nil {
		return 0
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 1<<20)) // so that the connection is used again
	return res.StatusCode
}

func answered(status int) bool { return status >= 200 && status < 300 }

// readPaths are what there is to read on ports of all kinds.
var readPaths = []string{
	"/", "/metrics", "/health", "/config", "/ca.crt", "/pigsty/", "/targets", "/version", "/v2/keys", "/debug/pprof/", "/api/v1/query?query=up", "/select/logsql/query?query=*",
	"/probe?target=127.0.0.1:22&module=tcp", "/haproxy/pg-meta-1/", "/scrape?target=redis://10.10.10.10:6379",
}

// strangerReads asks each port over HTTP and HTTPS, with nothing and with what everybody knows. Some ports let a stranger wait until its
// patience ends, so all are asked at once.
func (l *lab) strangerReads(ports []int) {
	l.t.Helper()
	var (
		mu     sync.Mutex
		seen   = map[string]bool{}
		probes sync.WaitGroup
	)
	for _, port := range ports {
		if !slices.Contains(probed, port) {
			l.t.Errorf("port %d listens, and no probe knows it", port)
		}
		probes.Go(func() {
			for key, request := range l.portReads(port) {
				mu.Lock()
				seen[key] = true
				mu.Unlock()
				if mayBeRead[key] == "" && mayBeRead[fmt.Sprintf("%d/*", port)] == "" {
					l.t.Errorf("%s is answered", request)
				}
			}
		})
	}
	probes.Wait()
	if !seen["9101/metrics"] || !seen["80/health"] {
		l.t.Errorf("the probes reach nothing: %v", seen)
	}
}

// portReads are the paths of a port that a stranger is given, "9100/metrics", with the request that was answered.
func (l *lab) portReads(port int) map[string]string {
	c, read := l.stranger(), map[string]string{}
	for _, scheme := range []string{"http", "https"} {
		place := fmt.Sprintf("%s://%s:%d", scheme, infraNode, port)
		if l.asks(c, http.MethodGet, place+"/", "", "", "") == 0 {
			continue // nothing that speaks this
		}
		for _, path := range readPaths {
			if login, in := l.letsIn(c, http.MethodGet, place+path, ""); in {
				read[fmt.Sprintf("%d%s", port, path)] = fmt.Sprintf("%s%s as %q", place, path, login)
			}
		}
	}
	return read
}

// letsIn asks with nothing, and with what everybody knows where a login is wanted. It gives the login that was answered.
func (l *lab) letsIn(c *http.Client, method, url, body string) (login string, in bool) {
	l.t.Helper()
	for _, known := range knownLogins {
		status := l.asks(c, method, url, known.user, known.password, body, "X-WEBAUTH-USER", "admin")
		switch {
		case answered(status):
			return known.user, true
		case status != http.StatusUnauthorized && status != http.StatusForbidden:
			return "", false
		}
	}
	return "", false
}

// strangerWrites tries what would change something or look further.
func (l *lab) strangerWrites() {
	l.t.Helper()
	c := l.stranger()
	node, portal := "://"+infraNode, "://"+infraNode
	for _, p := range []struct{ method, place, body string }{
		{http.MethodPost, node + ":8428/api/v1/import/prometheus", "neighbour 1"},
		{http.MethodGet, node + ":8428/api/v1/admin/tsdb/delete_series?match[]=up", ""},
		{http.MethodPost, node + ":8880/-/reload", ""},
		{http.MethodPost, node + ":9059/api/v2/silences", silence},
		{http.MethodPost, node + ":9059/api/v2/alerts", `[{"labels":{"alertname":"Neighbour"}}]`},
		{http.MethodGet, node + ":9115/probe?module=tcp&target=127.0.0.1:22", ""},
		{http.MethodPost, node + ":9428/insert/jsonline", `{"_msg":"neighbour"}`},
		{http.MethodPost, node + ":9428/insert/elasticsearch/_bulk", ""},
		{http.MethodGet, node + ":9428/delete/run_task?filter=*", ""},
		{http.MethodGet, node + ":9630/probe?target=127.0.0.1:22", ""},
		{http.MethodGet, node + ":9121/scrape?target=redis://10.10.10.10:6379&check-keys=*", ""},
		{http.MethodPost, node + ":9101/haproxy/pg-meta-1/", "s=pg-meta-1&action=drain&b=pg-meta-primary"},
		{http.MethodPost, node + ":8008/restart", "{}"},
		{http.MethodPost, node + ":8008/failover", `{"candidate":"pg-meta-1"}`},
		{http.MethodPatch, node + ":8008/config", `{"pause":true}`},
		{http.MethodPut, node + ":9000/neighbour", ""},
		{http.MethodGet, node + ":9000/pgsql", ""},
		{http.MethodPost, portal + "/vmetrics/api/v1/import/prometheus", "neighbour 1"},
		{http.MethodGet, portal + "/vmetrics/api/v1/query?query=up", ""},
		{http.MethodGet, portal + "/vlogs/select/logsql/query?query=*", ""},
		{http.MethodPost, portal + "/alertmgr/api/v2/silences", silence},
		{http.MethodGet, portal + "/blackbox/probe?module=tcp&target=127.0.0.1:22", ""},
		{http.MethodGet, portal + "/", ""},
		{http.MethodGet, portal + "/board.html", ""},
		{http.MethodGet, portal + "/dashboards/node.json", ""},
		{http.MethodGet, portal + "/haproxy/pg-meta-1/", ""},
		{http.MethodGet, portal + "/ui/", ""},
		{http.MethodGet, node + ":3000/api/org", ""},
	} {
		for _, scheme := range []string{"http", "https"} {
			if login, in := l.letsIn(c, p.method, scheme+p.place, p.body); in {
				l.t.Errorf("%s %s%s as %q is answered", p.method, scheme, p.place, login)
			}
		}
	}
}

const silence = `{"matchers":[{"name":"alertname","value":".*","isRegex":true}],"startsAt":"2020-01-01T00:00:00Z","endsAt":"2040-01-01T00:00:00Z","createdBy":"x","comment":"x"}`

// strangerLogsIn tries PostgreSQL and its pool, directly and by the services.
func (l *lab) strangerLogsIn(ports []int) {
	l.t.Helper()
	admin := l.password("pg_admin_password")
	if err := l.pgLogin(infraNode+":5432", "dbuser_dba", "postgres", admin, true); err != nil {
		l.t.Fatalf("the administrator cannot log in with the generated password: %v", err)
	}
	for _, port := range ports {
		if port != 5432 && port != 6432 && (port < 5433 || port > 5439) {
			continue
		}
		for _, try := range []struct{ user, password string }{
			{"postgres", ""}, {"postgres", "postgres"}, {"pgbouncer", ""}, {"dbuser_dba", ""}, {"dbuser_dba", "DBUser.DBA"}, {"replicator", ""}, {"replicator", "DBUser.Replicator"},
			{"dbuser_monitor", ""}, {"dbuser_monitor", "DBUser.Monitor"}, {"dbuser_meta", "DBUser.Meta"}, {"dbuser_view", "DBUser.Viewer"}, {"pgbouncer", "pgbouncer"},
			{"postgres", admin}, // the account of the operating system does not come by TCP at all
		} {
			for _, database := range []string{"postgres", "pgbouncer"} {
				for _, encrypted := range []bool{false, true} {
					if err := l.pgLogin(fmt.Sprintf("%s:%d", infraNode, port), try.user, database, try.password, encrypted); err == nil {
						l.t.Errorf("port %d, database %s, TLS %t: %s is let in", port, database, encrypted, try.user)
					}
				}
			}
		}
	}
	for user, name := range map[string]string{"dbuser_dba": "pg_admin_password", "replicator": "pg_replication_password", "dbuser_monitor": "pg_monitor_password"} {
		if err := l.pgLogin(infraNode+":5432", user, "postgres", l.password(name), false); err == nil {
			l.t.Errorf("%s is let in without TLS", user)
		}
	}
}

// strangerStores tries Redis, and MinIO with the keys of its manual.
func (l *lab) strangerStores() {
	l.t.Helper()
	for _, password := range []string{"", "redis.ms", "pigsty"} {
		if _, err := l.redisAsk(infraNode+":6379", password, "GET x"); !redis.Refused(err, "NOAUTH") && !redis.Refused(err, "WRONGPASS") {
			l.t.Errorf("Redis with %q: %v", password, err)
		}
	}
	minio := func(user, password string) string {
		ctx, cancel := context.WithTimeout(l.ctx, 10*time.Second)
		defer cancel()
		out, _ := exec.CommandContext(ctx, "nsenter", "--net="+l.box.ControlNamespace(), "curl", "-sk", "-o", "/dev/null", "-w", "%{http_code}", "--aws-sigv4", "aws:amz:us-east-1:s3", //nolint:gosec // of this test
			"--user", user+":"+password, "https://"+infraNode+":9000/").Output()
		return string(out)
	}
	for user, password := range map[string]string{"minioadmin": "minioadmin", "minioadmin ": "S3User.MinIO", "pgbackrest": "S3User.Backup", "s3user_meta": "S3User.Meta", "s3user_data": "S3User.Data"} {
		if got := minio(strings.TrimSpace(user), password); got != "403" {
			l.t.Errorf("MinIO as %s: status %s", user, got)
		}
	}
	if got := minio("minioadmin", l.password("minio_secret_key")); got != "200" {
		l.t.Errorf("MinIO with its own key: status %s", got)
	}
}

// readerWrites has the login of the portal, and tries to change something.
func (l *lab) readerWrites() {
	l.t.Helper()
	c, password := l.stranger(), l.password("grafana_admin_password")
	for _, p := range []struct {
		method, path, body string
		status             int
	}{
		{http.MethodGet, "/", "", 200}, {http.MethodGet, "/haproxy/pg-meta-1/", "", 200}, {http.MethodPost, "/vmetrics/api/v1/query?query=up", "", 200}, {http.MethodGet, "/alertmgr/api/v2/alerts", "", 200},
		{http.MethodGet, "/vlogs/select/logsql/query?query=*&limit=1", "", 200}, {http.MethodGet, "/vmalert/api/v1/rules", "", 200},
		{http.MethodPost, "/haproxy/pg-meta-1/", "s=pg-meta-1&action=drain&b=pg-meta-primary", 403}, {http.MethodPost, "/vmetrics/api/v1/import/prometheus", "x 1", 403},
		{http.MethodPost, "/vmetrics/api/v1/query%2f..%2fimport%2fprometheus", "x 1", 403}, {http.MethodGet, "/vmetrics/api/v1/admin/tsdb/delete_series?match[]=up", "", 403}, {http.MethodGet, "/vmetrics/-/reload", "", 403},
		{http.MethodPost, "/alertmgr/api/v2/silences", silence, 403}, {http.MethodDelete, "/alertmgr/api/v2/silence/1", "", 403}, {http.MethodGet, "/blackbox/probe?module=tcp&target=127.0.0.1:22", "", 404},
		{http.MethodPost, "/vlogs/insert/jsonline", `{"_msg":"x"}`, 403}, {http.MethodGet, "/vlogs/delete/run_task?filter=*", "", 403}, {http.MethodPost, "/vmalert/-/reload", "", 403},
	} {
		if status := l.asks(c, p.method, "https://"+infraNode+p.path, "admin", password, p.body); status != p.status {
			l.t.Errorf("%s %s: status %d, want %d", p.method, p.path, status, p.status)
		}
		if status := l.asks(c, p.method, "http://"+infraNode+p.path, "admin", password, p.body); status != http.StatusMovedPermanently {
			l.t.Errorf("%s %s without TLS: status %d", p.method, p.path, status)
		}
	}
}

// hostCertificate has the certificate of a host that is no infra node, and one of another authority.
func (l *lab) hostCertificate() {
	l.t.Helper()
	certificate := func(unit string) tls.Certificate {
		pair := filepath.Join(l.dir, "files/pki", unit)
		cert, err := tls.LoadX509KeyPair(pair+".crt", pair+".key")
		if err != nil {
			l.t.Fatal(err)
		}
		return cert
	}
	host, infra := l.stranger(certificate("node/"+infraNode)), l.stranger(certificate("infra/infra-1"))
	for _, p := range []struct {
		method, place string
		host, infra   int
	}{
		{http.MethodGet, ":8428/metrics", 403, 200}, {http.MethodGet, ":9630/metrics", 200, 200}, {http.MethodPost, ":8428/api/v1/import/prometheus", 403, 204}, {http.MethodGet, ":9059/api/v2/status", 403, 200}, {http.MethodGet, ":9115/metrics", 403, 200},
		{http.MethodGet, ":9428/select/logsql/query?query=*&limit=1", 403, 200}, {http.MethodPost, ":9428/insert/elasticsearch/_bulk", 200, 200}, {http.MethodPost, ":9428/insert/jsonline", 403, 200},
		{http.MethodGet, ":9428/insert/elasticsearch/%2e%2e/%2e%2e/select/logsql/query?query=*&limit=1", 403, 400}, {http.MethodPost, ":9428/select/%2e%2e/insert/elasticsearch/_bulk", 200, 200}, {http.MethodGet, ":9101/haproxy/pg-meta-1/", 401, 200},
	} {
		if status := l.asks(host, p.method, "https://"+infraNode+p.place, "", "", ""); status != p.host {
			l.t.Errorf("%s %s with the certificate of a host: status %d, want %d", p.method, p.place, status, p.host)
		}
		if status := l.asks(infra, p.method, "https://"+infraNode+p.place, "", "", ""); status != p.infra {
			l.t.Errorf("%s %s with the certificate of an infra node: status %d, want %d", p.method, p.place, status, p.infra)
		}
	}
	forged := certificate("infra/infra-1")
	forged.Certificate = [][]byte{l.forge()}
	if status := l.asks(l.stranger(forged), http.MethodGet, "https://"+infraNode+":8428/metrics", "", "", ""); answered(status) {
		l.t.Errorf("a certificate of another authority: status %d", status)
	}
}

// forge is a certificate for the key of the infra node that says what the real one says, signed by itself.
func (l *lab) forge() []byte {
	l.t.Helper()
	pair, err := tls.LoadX509KeyPair(filepath.Join(l.dir, "files/pki/infra/infra-1.crt"), filepath.Join(l.dir, "files/pki/infra/infra-1.key"))
	if err != nil {
		l.t.Fatal(err)
	}
	real, err := x509.ParseCertificate(pair.Certificate[0])
	if err != nil {
		l.t.Fatal(err)
	}
	der, err := x509.CreateCertificate(nil, real, real, real.PublicKey, pair.PrivateKey)
	if errors.Is(err, x509.ErrUnsupportedAlgorithm) || err != nil {
		l.t.Fatal(err)
	}
	return der
}
