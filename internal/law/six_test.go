package law

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"unicode/utf8"
)

var update = flag.Bool("update", false, "write the golden files anew")

// threeSixes are three members of everything that others know by IPv6 addresses.
const threeSixes = `
all:
  children:
    infra: { hosts: { "2001:db8::10": { infra_seq: 1 }, "2001:db8::11": { infra_seq: 2 } } }
    etcd:
      hosts: { "2001:db8::10": { etcd_seq: 1 }, "2001:db8::11": { etcd_seq: 2 }, "2001:db8::12": { etcd_seq: 3 } }
      vars: { etcd_cluster: etcd }
    minio:
      hosts: { "2001:db8::10": { minio_seq: 1 }, "2001:db8::11": { minio_seq: 2 }, "2001:db8::12": { minio_seq: 3 } }
      vars: { minio_cluster: minio, minio_data: '/data{1...2}' }
    pg-six:
      hosts:
        "2001:db8::10": { pg_seq: 1, pg_role: primary }
        "2001:db8::11": { pg_seq: 2, pg_role: replica, pg_listen: '${ip}, ${lo}' }
        "2001:db8::12": { pg_seq: 3, pg_role: replica, pg_upstream: "2001:db8::11", pg_listen: '::' }
      vars:
        pg_cluster: pg-six
        pg_hba_rules: [ { user: all, db: all, addr: intra, auth: ssl } ]
        pg_services: [ { name: own, port: 5439, ip: "2001:db8::10", selector: '[]' } ]
    redis-ms:
      hosts: { "2001:db8::10": { redis_node: 1, redis_instances: { 6379: {}, 6380: { replica_of: '2001:db8::10 6379' } } } }
      vars: { redis_cluster: redis-ms, redis_password: a1b2c3d4 }
    redis-sentinel:
      hosts: { "2001:db8::11": { redis_node: 1, redis_instances: { 26379: {}, 26380: {}, 26381: {} } } }
      vars:
        redis_cluster: redis-sentinel
        redis_mode: sentinel
        redis_password: a1b2c3d5
        redis_sentinel_monitor: [ { name: redis-ms, host: "2001:db8::10", port: 6379, password: a1b2c3d4, quorum: 2 } ]
    redis-native:
      hosts:
        "2001:db8::12": { redis_node: 1, redis_instances: { 6501: {}, 6502: {}, 6503: {} } }
        "2001:db8::13": { redis_node: 2, redis_instances: { 6501: {}, 6502: {}, 6503: {} } }
      vars: { redis_cluster: redis-native, redis_mode: cluster, redis_password: a1b2c3d6, redis_bind_address: "" }
  vars:
    admin_ip: "2001:db8::10"
    pg_version: 17
    pg_conf: tiny.yml
    node_repo_modules: local
    node_tune: none
    node_timezone: UTC
    pgbackrest_method: s3
    pgbackrest_repo:
      s3: { type: s3, path: /pgbackrest, s3_endpoint: '${admin_ip}', storage_port: 9000, s3_bucket: pgsql, s3_region: us-east-1, s3_key: pgbackrest, s3_key_secret: a1b2c3d7, s3_uri_style: path }
    node_firewall_mode: zone
    node_firewall_intranet: [ "2001:db8:1::/48", 10.0.0.0/8 ]
    infra_portal: { home: { domain: i.pigsty }, wiki: { domain: wiki.pigsty, endpoint: '${admin_ip}:8080' } }
`

var sixes = []string{"2001:db8::10", "2001:db8::11", "2001:db8::12", "2001:db8::13"}

func newSixes(t *testing.T) *lab {
	l := newLab(t, threeSixes, sixes...)
	for _, a := range sixes[:2] {
		if err := l.world.Machine(a).HoldRepository("/www/pigsty"); err != nil {
			t.Fatal(err)
		}
	}
	return l
}

// Members with IPv6 addresses come up, and the law of plans holds for them. What their files say of addresses is in testdata/six.golden.
func TestPlanLawOfIPv6(t *testing.T) {
	bubble(t, func(t *testing.T) {
		l := newSixes(t)
		holds(t, l)
		if out, code := l.pig("status"); code != 0 {
			t.Errorf("pig status: exit status %d\n%s", code, out)
		}
		const golden = "testdata/six.golden"
		got := l.addressLines()
		if *update {
			if err := os.WriteFile(golden, got, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if want, err := os.ReadFile(golden); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%v: go test ./internal/law -run IPv6 -update writes\n%s", err, got)
		}
	})
}

// addressLines are the lines of files that name IPv6 addresses, of each file where a machine has another one than those before it.
func (l *lab) addressLines() []byte {
	var all bytes.Buffer
	seen := map[string]bool{}
	for _, m := range l.world.Machines() {
		for _, path := range m.Below("/") {
			var lines strings.Builder
			for line := range strings.Lines(m.Content(path)) {
				if strings.Contains(line, "::") && utf8.ValidString(line) {
					lines.WriteString(strings.TrimRight(line, "\n") + "\n")
				}
			}
			if text := path + "\n" + lines.String(); lines.Len() > 0 && !seen[text] {
				seen[text] = true
				fmt.Fprintf(&all, "== %s %s", m.Addr(), text)
			}
		}
	}
	return all.Bytes()
}

// Members are found by their addresses when they leave, and the others go on.
func TestIPv6MembersLeave(t *testing.T) {
	bubble(t, func(t *testing.T) {
		l := newSixes(t)
		l.must("apply", "--yes")
		text := strings.NewReplacer("etcd_cluster: etcd }", "etcd_cluster: etcd, etcd_safeguard: false }",
			"redis_cluster: redis-ms, ", "redis_cluster: redis-ms, redis_safeguard: false, ").Replace(threeSixes)
		l.write(text)
		l.must("etcd-rm", "2001:db8::12", "--confirm", "etcd")
		l.must("redis-rm", "2001:db8::10", "6380", "--confirm", "redis-ms")
		l.write(strings.NewReplacer(`, "2001:db8::12": { etcd_seq: 3 }`, "", ", 6380: { replica_of: '2001:db8::10 6379' }", "").Replace(text))
		l.must("apply", "--yes")
		if left := changes(l.plan()); len(left) > 0 {
			t.Errorf("left after apply:\n%s", strings.Join(left, "\n"))
		}
		if got := l.world.Machine("2001:db8::10").Content("/infra/conf/patronictl.yml"); !strings.Contains(got, `"[2001:db8::10]:2379,[2001:db8::11]:2379"`) {
			t.Errorf("the endpoints of etcd are %s", got)
		}
	})
}
