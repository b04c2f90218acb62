//go:build linux

package acceptance

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pig/internal/sandbox"
)

const etcdInventory = `
all:
  children:
    infra: { hosts: { 10.10.10.10: { infra_seq: 1 } } }
    etcd:
      hosts:
        10.10.10.10: { etcd_seq: 1 }
        10.10.10.11: { etcd_seq: 2 }
        10.10.10.12: { etcd_seq: 3 }
      vars: { etcd_cluster: etcd, etcd_root_password: Canary.Etcd.4148, etcd_heartbeat_interval: 100 }
  vars: { admin_ip: 10.10.10.10, node_repo_modules: local, node_tune: none }
`

const (
	etcdctl = "ETCDCTL_API=3 ETCDCTL_USER=root:Canary.Etcd.4148 etcdctl --cacert=/etc/pki/ca.crt --cert=/etc/pki/etcdctl.crt --key=/etc/pki/etcdctl.key --endpoints=https://10.10.10.10:2379,https://10.10.10.11:2379,https://10.10.10.12:2379 "
	// A client that writes all along. What it was told is written, has to be there in the end.
	etcdWriter = `i=0; while [ $i -lt 2400 ] && [ ! -e /run/ledger.stop ]; do i=$((i+1))
` + etcdctl + `--command-timeout=2s put /ledger/$i x >/dev/null 2>&1 && echo "$(date +%s%N) $i" >>/run/ledger; sleep 0.1; done`
)

// TestEtcd changes the members of a cluster that is written to all along.
func TestEtcd(t *testing.T) {
	thorough(t)
	l := labOf(t, sandbox.Config{Prepared: true}, etcdInventory, "10.10.10.10", "10.10.10.11", "10.10.10.12", "10.10.10.13")
	l.must(0, "apply", "--yes")
	l.node("10.10.10.13", "sh", "-c", "mkdir -p /etc/pki; apt-get -q -y install etcd-client >/dev/null 2>&1; command -v etcdctl")
	for _, f := range []string{"/etc/pki/ca.crt", "/etc/pki/etcdctl.crt", "/etc/pki/etcdctl.key"} {
		l.node("10.10.10.13", "sh", "-c", "cat >"+f+" <<'X'\n"+l.node("10.10.10.10", "cat", f)+"X\n")
	}
	l.node("10.10.10.13", "systemd-run", "--unit=ledger", "sh", "-c", etcdWriter)
	step := func(name string, f func(t *testing.T)) {
		l.sub(t, name, func(t *testing.T) {
			f(t)
			l.eventually(20*time.Second, "three members that are well", func() error { return l.etcdMembers(3) })
			if got := changes(l.plan("--detailed-exitcode")); len(got) > 0 {
				t.Errorf("the plan is not empty:\n%s", strings.Join(got, "\n"))
			}
		})
	}
	step("a setting rolls through the members", func(t *testing.T) {
		l.write("etcd_heartbeat_interval: 100", "etcd_heartbeat_interval: 150")
		restarts := 0
		for _, c := range changes(l.plan()) {
			if strings.Contains(c, "[restart]") {
				restarts++
			}
		}
		if restarts != 3 {
			t.Errorf("%d restarts planned, want 3", restarts)
		}
		l.must(0, "apply", "--yes")
	})
	step("certificates are renewed", func(t *testing.T) {
		before := l.node("10.10.10.11", "sha256sum", "/etc/etcd/server.crt")
		for _, f := range []string{"etcd-1", "etcd-2", "etcd-3"} {
			if err := os.Remove(l.dir + "/files/pki/etcd/" + f + ".crt"); err != nil {
				t.Fatal(err)
			}
		}
		l.must(0, "apply", "--yes")
		if l.node("10.10.10.11", "sha256sum", "/etc/etcd/server.crt") == before {
			t.Error("it has the old certificate")
		}
	})
	step("a member is removed and added", func(t *testing.T) {
		if code, out := l.run("etcd-rm", "10.10.10.12"); code != exitConfirm {
			t.Errorf("exit %d without a confirmation\n%s", code, tail(out))
		}
		for _, f := range []string{"server.crt", "server.key"} {
			l.node("10.10.10.12", "cp", "/etc/etcd/"+f, "/root/gone-"+f)
		}
		// What a member sees of the others, at their ports for members and for clients. It asks from its own address: another one is refused at once.
		gone := func() (ports string) {
			for _, at := range []string{"2380/members", "2379/health"} {
				if out, code := l.try("10.10.10.12", "curl", "-sSf", "--http1.1", "-m", "5", "--cacert", "/etc/pki/ca.crt", "--cert", "/root/gone-server.crt", "--key", "/root/gone-server.key", "https://10.10.10.10:"+at); code == 0 {
					ports += at + " "
				} else {
					t.Logf("%s refuses: %s", at, strings.TrimSpace(out))
				}
			}
			return ports
		}
		if got := gone(); got != "2380/members 2379/health " {
			t.Errorf("before, the certificate of the member opens only %q: what follows proves nothing", got)
		}
		l.must(0, "etcd-rm", "10.10.10.12", "--confirm", "etcd")
		if err := l.etcdMembers(2); err != nil {
			t.Error(err)
		}
		l.must(0, "etcd-add", "10.10.10.12")
		l.must(0, "apply", "--yes") // all learn what is revoked
		if got := gone(); got != "" {
			t.Errorf("the certificate of the removed member opens %q", got)
		}
	})
	step("a member that lost its disk is replaced", func(t *testing.T) {
		l.node("10.10.10.11", "sh", "-c", "systemctl stop etcd && rm -rf /data/etcd/*")
		if got := strings.Join(changes(l.plan()), "\n"); !strings.Contains(got, "etcd member etcd-2 delete") || !strings.Contains(got, "etcd member etcd-2 create") {
			t.Errorf("planned:\n%s", got)
		}
		l.must(0, "apply", "--yes")
	})
	l.node("10.10.10.13", "sh", "-c", "touch /run/ledger.stop; sleep 3")
	l.etcdLedger()
}

const exitConfirm = 7

// etcdMembers fails unless there are n members, all of them started and answering.
func (l *lab) etcdMembers(n int) error {
	out, _ := l.try("10.10.10.13", "sh", "-c", etcdctl+"member list")
	started := strings.Count(out, ", started, ")
	if started != n || strings.Count(strings.TrimSpace(out), "\n")+1 != n {
		return fmt.Errorf("%d of %d started:\n%s", started, n, out)
	}
	return nil
}

// etcdLedger holds what the writer was told against what is there, and looks for the longest silence.
func (l *lab) etcdLedger() {
	told := strings.Split(strings.TrimSpace(l.node("10.10.10.13", "cat", "/run/ledger")), "\n")
	there := strings.Fields(l.node("10.10.10.13", "sh", "-c", etcdctl+"get /ledger/ --prefix --keys-only"))
	var last, silence int64
	for _, line := range told {
		when, key, _ := strings.Cut(line, " ")
		if !slices.Contains(there, "/ledger/"+key) {
			l.t.Errorf("%s was acknowledged and is not there", key)
		}
		now, err := strconv.ParseInt(when, 10, 64)
		if err != nil {
			l.t.Fatal(err)
		}
		if last > 0 {
			silence = max(silence, now-last)
		}
		last = now
	}
	if len(told) < 50 {
		l.t.Errorf("only %d writes: the writer proves nothing", len(told))
	}
	if d := time.Duration(silence); d > 10*time.Second {
		l.t.Errorf("nothing could be written for %s", d)
	}
	l.t.Logf("%d writes acknowledged, the longest silence %s", len(told), time.Duration(silence).Round(10*time.Millisecond))
}
