//go:build linux

package acceptance

import (
	"os"
	"path/filepath"
	"strings"
)

// takeAlong copies the certificates and keys of a member to the infra node, as somebody who has its disk would: they are in /root/NAME.
func (l *lab) takeAlong(member, name string) {
	l.t.Helper()
	l.node("10.10.10.10", "mkdir", "-p", "-m", "0700", "/root/"+name)
	for _, f := range []string{"/pg/cert/server.crt", "/pg/cert/server.key", "/etc/pki/node.crt", "/etc/pki/node.key"} {
		l.node("10.10.10.10", "sh", "-c", "umask 077; cat >/root/"+name+"/"+filepath.Base(f)+" <<'X'\n"+l.node(member, "cat", f)+"X\n")
	}
}

// stillLetIn are the programs that let in who shows what was taken along: etcd and PostgreSQL the certificate of the member, the infra node and HAProxy
// that of the node. PostgreSQL has a user of that name, who needs a certificate.
func (l *lab) stillLetIn(name string) string {
	l.t.Helper()
	curl := "curl -s -m 5 --cacert /etc/pki/ca.crt --cert /root/" + name + "/KIND.crt --key /root/" + name + "/KIND.key "
	var in []string
	for _, t := range []struct{ what, kind, command string }{
		{"etcd", "server", curl + "-f https://10.10.10.10:2379/health"},
		{"etcd for the node", "node", curl + "-f https://10.10.10.10:2379/health"},
		{"infra", "node", curl + "-o /dev/null -w '%{http_code}' https://10.10.10.10:8428/metrics | grep 403"}, // known, and may not read that
		{"haproxy", "node", curl + "-f https://10.10.10.11:9101/metrics"},
		{"postgres", "server", "PGCONNECT_TIMEOUT=5 psql -XAtq 'host=10.10.10.11 port=5432 dbname=test user=" + name + " sslmode=verify-ca sslrootcert=/etc/pki/ca.crt sslcert=/root/" + name + "/KIND.crt sslkey=/root/" + name + "/KIND.key' -c 'select 1'"},
	} {
		if out, code := l.try("10.10.10.10", "sh", "-c", strings.ReplaceAll(t.command, "KIND", t.kind)); code == 0 {
			in = append(in, t.what)
		} else {
			l.t.Logf("%s refuses %s: %s", t.what, name, strings.TrimSpace(out))
		}
	}
	return strings.Join(in, ", ")
}

// everywhere is what lets in a member and its node.
const everywhere = "etcd, etcd for the node, infra, haproxy, postgres"

// hasKey tells whether the controller has a key, named below files/pki.
func (l *lab) hasKey(name string) bool {
	_, err := os.Stat(filepath.Join(l.dir, "files/pki", name+".key"))
	return err == nil
}
