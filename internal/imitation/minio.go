package imitation

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	minio "pig/internal/products/minio/model"
)

// minioCluster is what the nodes of a MinIO cluster hold together.
type minioCluster struct {
	mu       sync.Mutex
	nodes    int
	running  map[string]string // the settings of each node that runs: nodes with others do not find it
	buckets  map[string]bool   // and whether they keep versions
	policies map[string]string
	users    map[string]minioUser
}

type minioUser struct{ secret, policy string }

func newMinioCluster() *minioCluster {
	return &minioCluster{nodes: 1, running: map[string]string{}, buckets: map[string]bool{}, policies: map[string]string{}, users: map[string]minioUser{}}
}

// Clone is the cluster with none of its nodes running.
func (c *minioCluster) Clone() any {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := newMinioCluster()
	n.nodes, n.buckets, n.policies, n.users = c.nodes, maps.Clone(c.buckets), maps.Clone(c.policies), maps.Clone(c.users)
	return n
}

// minioNode is a running server with the settings that it has read.
type minioNode struct {
	cluster *minioCluster
	addr    string
	root    minio.Credentials
	seal    *minio.Sealer
}

func minioPackages(u *Universe) {
	u.provide(map[string]Package{
		"minio": {Version: "2025-1", Files: []Laid{program("/usr/bin/minio")}},
	}, map[string]Program{
		"minio.service": {Reads: []string{"/etc/default/minio", "/home/minio/.minio/certs"}, Reloads: []string{"/home/minio/.minio/certs"}, Takes: time.Second, Start: startMinio, Stop: stopMinio},
	}, nil)
}

var nodeRange = regexp.MustCompile(`^https?://[^/]*\{(\d+)\.\.\.(\d+)\}[^/]*/`)

func startMinio(d *Daemon) error {
	env := d.Read["/etc/default/minio"]
	get := func(name string) string { return unescaped(strings.TrimSpace(after(env, name+"="))) }
	volumes := get("MINIO_VOLUMES")
	if volumes == "" {
		return errors.New("minio: no volumes")
	}
	key := "minio " + volumes
	if !strings.Contains(volumes, "://") {
		key += " of " + d.Machine.addr
	}
	c := Shared(d.Machine.world, key, newMinioCluster)
	c.mu.Lock()
	if m := nodeRange.FindStringSubmatch(volumes); m != nil {
		c.nodes = number(m[2]) - number(m[1]) + 1
	}
	_, c.running[d.Machine.addr], _ = strings.Cut(env, "\n") // without the node's own name
	c.mu.Unlock()
	d.Machine.mu.Lock()
	for _, path := range minio.Paths(volumes) {
		for _, dir := range minio.Dirs(path) {
			d.Machine.lay(Laid{Path: dir + "/.minio.sys/format.json", Content: "{}"})
		}
	}
	d.Machine.mu.Unlock()
	root := minio.Credentials{AccessKey: get("MINIO_ROOT_USER"), SecretKey: get("MINIO_ROOT_PASSWORD")}
	n := &minioNode{c, d.Machine.addr, root, minio.NewSealer(root.SecretKey)}
	d.State = n
	opts := get("MINIO_OPTS")
	for _, port := range []string{between(opts, "--address :", " ", "9000"), between(opts, "--console-address :", " ", "9001")} {
		if err := d.Listen("*", port, Listener{HTTP: n}); err != nil {
			return err
		}
	}
	return nil
}

// unescaped is what systemd makes of a value in a file of environment variables (systemd.exec(5), EnvironmentFile=).
func unescaped(v string) string {
	inner, quoted := strings.CutPrefix(v, `"`)
	if !quoted {
		return v
	}
	return strings.NewReplacer(`\"`, `"`, `\\`, `\`, "\\`", "`", `\$`, "$").Replace(strings.TrimSuffix(inner, `"`))
}

func stopMinio(d *Daemon) {
	if n, ok := d.State.(*minioNode); ok {
		n.cluster.mu.Lock()
		defer n.cluster.mu.Unlock()
		delete(n.cluster.running, n.addr)
	}
}

// refuse answers as MinIO does when it does not do what it was asked for.
func refuse(w http.ResponseWriter, status int, code string) {
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"Code": code, "Message": code}) //nolint:errchkjson // a map of texts
}

// ServeHTTP is the S3 interface and that of administration.
func (n *minioNode) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := n.cluster
	c.mu.Lock()
	defer c.mu.Unlock()
	if strings.HasPrefix(r.URL.Path, "/minio/health/") {
		up := 0
		for _, settings := range c.running {
			if settings == c.running[n.addr] {
				up++
			}
		}
		if r.URL.Query().Get("maintenance") == "true" {
			up--
		}
		if up < c.nodes/2+1 && !(c.nodes == 1 && up == 1) {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		refuse(w, http.StatusBadRequest, "IncompleteBody")
		return
	}
	who, status, code := n.caller(r, body)
	if code != "" {
		refuse(w, status, code)
		return
	}
	if who != n.root.AccessKey {
		refuse(w, http.StatusForbidden, "AccessDenied")
		return
	}
	if action, ok := strings.CutPrefix(r.URL.Path, "/minio/admin/v3/"); ok {
		n.administer(w, r, action, body)
		return
	}
	c.bucket(w, r, strings.Trim(r.URL.Path, "/"), string(body))
}

// caller finds out who signed a request.
func (n *minioNode) caller(r *http.Request, body []byte) (who string, status int, code string) {
	authorization := r.Header.Get("Authorization")
	who = between(authorization, "Credential=", "/", "")
	secret := n.root.SecretKey
	if who != n.root.AccessKey {
		u, ok := n.cluster.users[who]
		if !ok {
			return "", http.StatusForbidden, "InvalidAccessKeyId"
		}
		secret = u.secret
	}
	extra := map[string]string{}
	if v := r.Header.Get("X-Amz-Bucket-Object-Lock-Enabled"); v != "" {
		extra["X-Amz-Bucket-Object-Lock-Enabled"] = v
	}
	at, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
	if err != nil {
		return "", http.StatusForbidden, "AccessDenied"
	}
	signed, err := minio.Credentials{AccessKey: who, SecretKey: secret}.Sign(r.Method, r.URL.String(), extra, body, at)
	if err != nil || signed["Authorization"] != authorization {
		return "", http.StatusForbidden, "SignatureDoesNotMatch"
	}
	return who, 0, ""
}

func (c *minioCluster) bucket(w http.ResponseWriter, r *http.Request, name, body string) {
	versions, there := c.buckets[name]
	asks := r.URL.Query().Has("versioning")
	switch {
	case name == "":
	case r.Method == http.MethodPut && !asks:
		c.buckets[name] = r.Header.Get("X-Amz-Bucket-Object-Lock-Enabled") != ""
	case !there:
		refuse(w, http.StatusNotFound, "NoSuchBucket")
	case r.Method == http.MethodPut:
		c.buckets[name] = strings.Contains(body, "Enabled")
	case asks && versions:
		_, _ = io.WriteString(w, "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>")
	}
}

func (n *minioNode) administer(w http.ResponseWriter, r *http.Request, action string, body []byte) {
	c, q := n.cluster, r.URL.Query()
	switch action {
	case "info":
		reply(w, http.StatusOK, map[string]any{"servers": []any{}})
	case "info-canned-policy":
		policy, ok := c.policies[q.Get("name")]
		if !ok {
			refuse(w, http.StatusNotFound, "XMinioAdminNoSuchPolicy")
			return
		}
		_, _ = io.WriteString(w, policy)
	case "add-canned-policy":
		c.policies[q.Get("name")] = string(body)
	case "user-info":
		u, ok := c.users[q.Get("accessKey")]
		if !ok {
			refuse(w, http.StatusNotFound, "XMinioAdminNoSuchUser")
			return
		}
		reply(w, http.StatusOK, map[string]string{"policyName": u.policy, "status": "enabled"})
	case "add-user":
		var u struct{ SecretKey string }
		text, err := n.seal.Unseal(body)
		if err == nil {
			err = json.Unmarshal(text, &u)
		}
		if err != nil {
			refuse(w, http.StatusBadRequest, "XMinioAdminConfigBadJSON")
			return
		}
		c.users[q.Get("accessKey")] = minioUser{u.SecretKey, c.users[q.Get("accessKey")].policy}
	case "set-user-or-group-policy":
		u := c.users[q.Get("userOrGroup")]
		u.policy = q.Get("policyName")
		c.users[q.Get("userOrGroup")] = u
	default:
		refuse(w, http.StatusNotImplemented, "the imitation's MinIO does not know "+strconv.Quote(action))
	}
}
