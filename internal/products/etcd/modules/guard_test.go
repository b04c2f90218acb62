package modules

import (
	"errors"
	"strings"
	"testing"

	"pig/internal/module/fake"
	"pig/internal/module/moduletest"
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
		f := &fake.Node{Contents: map[string]string{}, OnHTTP: func(node.Request) (node.Response, error) { return node.Response{}, errors.New("connection refused") }}
		if config != "" {
			f.Contents["/etc/etcd/etcd.conf"] = config
		}
		args := value.DictOf("endpoints", value.NewList("a:2379"), "name", "e-1", "peer_url", "https://a:2380", "initial_cluster", "declared")
		if r := moduletest.Run(t, Table(), f, "etcd_member", args); r.Failed != "" || r.Values.At("open") != want {
			t.Errorf("%q: %v, %s", config, r.Values, r.Failed)
		}
	}
}

func TestEtcdRestartWaitsForTheCertificatesOfTheOthers(t *testing.T) {
	t.Parallel()
	members := `{"members": [{"ID": "1", "name": "e-1", "peerURLs": ["https://a:2380"], "clientURLs": ["https://a:2379"]}, {"ID": "2", "name": "e-2", "peerURLs": ["https://b:2380"], "clientURLs": ["https://b:2379"]}]}`
	for _, have := range []bool{false, true} {
		f := &fake.Node{States: map[string]node.Unit{"etcd.service": {Name: "etcd.service", Exists: true, Active: "active"}},
			OnExec: func(node.Cmd) (node.Output, error) { return node.Output{RC: 1}, nil },
			OnHTTP: func(r node.Request) (node.Response, error) {
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
		r := moduletest.Run(t, Table(), f, "etcd_restart", args)
		if have != (fake.Keys(r.Changes) == "service etcd.service restart") || !have && !strings.Contains(r.Failed, "the certificate of e-2") {
			t.Errorf("%v: %s, %s", have, fake.Keys(r.Changes), r.Failed)
		}
	}
}
