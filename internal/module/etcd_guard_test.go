package module

import (
	"errors"
	"strings"
	"testing"

	"pig/internal/node"
	"pig/internal/value"
)

func TestEtcdMemberTellsWhetherClientsNeedNoCertificate(t *testing.T) {
	t.Parallel()
	const peers = "peer-transport-security:\n  cert-file: x\n  trusted-ca-file: z\n  client-cert-auth: true\n"
	for config, want := range map[string]bool{
		"": false, // there is none: a new member is closed from its first start
		"name: x\nclient-transport-security:\n  cert-file: x\n  key-file: y\n" + peers:        true,
		"name: x\nclient-transport-security:\n  cert-file: x\n  trusted-ca-file: z\n" + peers: false,
		"client-transport-security:\n  auto-tls: false\n" + peers:                             true,
		"name: x\n" + peers: true,
	} {
		f := &fakeNode{files: map[string]string{}, http: func(node.Request) (node.Response, error) { return node.Response{}, errors.New("connection refused") }}
		if config != "" {
			f.files["/etc/etcd/etcd.conf"] = config
		}
		args := value.DictOf("endpoints", value.NewList("a:2379"), "name", "e-1", "peer_url", "https://a:2380", "initial_cluster", "declared")
		if r := runFake(t, f, "etcd_member", args); r.Failed != "" || r.Values.At("open") != want {
			t.Errorf("%q: %v, %s", config, r.Values, r.Failed)
		}
	}
}

func TestEtcdRestartWaitsForTheCertificatesOfTheOthers(t *testing.T) {
	t.Parallel()
	members := `{"members": [{"ID": "1", "name": "e-1", "peerURLs": ["https://a:2380"], "clientURLs": ["https://a:2379"]}, {"ID": "2", "name": "e-2", "peerURLs": ["https://b:2380"], "clientURLs": ["https://b:2379"]}]}`
	for _, have := range []bool{false, true} {
		f := &fakeNode{units: map[string]node.Unit{"etcd.service": {Name: "etcd.service", Exists: true, Active: "active"}},
			exec: func(node.Cmd) (node.Output, error) { return node.Output{RC: 1}, nil },
			http: func(r node.Request) (node.Response, error) {
				switch {
				case strings.HasSuffix(r.URL, "/health"):
					return node.Response{Status: 200, Body: []byte(`{"health": "true"}`)}, nil
				case r.URL == "https://b:2380/version":
					if r.CAFile != "/etc/etcd/members.crt" || !have {
						return node.Response{}, errors.New("certificate signed by unknown authority")
					}
					return node.Response{Status: 200}, nil
				}
				return fakeEtcd(map[string]string{"v3/auth/user/list": "{}", "v3/cluster/member/list": members}, new([]string))(r)
			}}
		args := value.DictOf("endpoints", value.NewList("a:2379"), "name", "e-1", "timeout", int64(0), "reads", value.NewList(), "peer_ca", "/etc/etcd/members.crt")
		r := runFake(t, f, "etcd_restart", args)
		if have != (keysOf(r) == "service etcd.service restart") || !have && !strings.Contains(r.Failed, "the certificate of e-2") {
			t.Errorf("%v: %s, %s", have, keysOf(r), r.Failed)
		}
	}
}

// What pauses the cluster for a restart of Patroni resumes it, and nobody else's pause.
func TestPatroniProcess(t *testing.T) {
	t.Parallel()
	const self = "pig, for Patroni of a"
	const pauses, resumes = `patch {"pause":true,"paused_by":"` + self + `"}`, `patch {"pause":null,"paused_by":null}`
	for name, c := range map[string]struct {
		config  map[string]any
		started string
		calls   string
		changes string
	}{
		"older than its unit":            {config: map[string]any{"ttl": 30}, started: "0", calls: pauses + ", " + resumes, changes: "patroni cluster pg pause; service patroni.service restart; patroni cluster pg resume"},
		"paused by somebody":             {config: map[string]any{"pause": true}, started: "0", changes: "service patroni.service restart"},
		"interrupted before the restart": {config: map[string]any{"pause": true, "paused_by": self}, started: "0", calls: resumes, changes: "service patroni.service restart; patroni cluster pg resume"},
		"interrupted after the restart":  {config: map[string]any{"pause": true, "paused_by": self}, started: "9000000000000", calls: resumes, changes: "patroni cluster pg resume"},
		"paused for another's restart":   {config: map[string]any{"pause": true, "paused_by": "pig, for Patroni of b"}, started: "9000000000000"},
		"younger than its unit":          {config: map[string]any{"ttl": 30}, started: "9000000000000"},
	} {
		k := &fakeCluster{leader: "a", members: []string{"a", "b"}, config: c.config}
		f := &fakeNode{http: k.http, files: map[string]string{"/proc/uptime": "100.0 1", "/unit": "x"},
			units: map[string]node.Unit{"patroni.service": {Name: "patroni.service", Exists: true, Active: "active", PID: 7}},
			exec:  func(node.Cmd) (node.Output, error) { return node.Output{Stdout: []byte(c.started + "\n")}, nil }}
		r := runFake(t, f, "patroni_process", value.DictOf("url", "http://a", "cluster", "pg", "name", "a", "reads", value.NewList("/unit"), "timeout", int64(5)))
		if r.Failed != "" || keysOf(r) != c.changes || strings.Join(k.calls, ", ") != c.calls {
			t.Errorf("%s: %s, %v, %s", name, keysOf(r), k.calls, r.Failed)
		}
	}
}
