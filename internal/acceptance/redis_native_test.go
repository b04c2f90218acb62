//go:build linux

package acceptance

import (
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	redis "pig/internal/products/redis/model"
)

// nativeView is the cluster as an instance of it sees it.
func (l *lab) nativeView(addr string) (redis.View, error) {
	r, err := l.redisAsk(addr, redisTest, "CLUSTER INFO", "CLUSTER NODES")
	if err != nil {
		return nil, err
	}
	if info := redis.ParseInfo(redis.Text(r[0])); info["cluster_state"] != "ok" {
		return nil, fmt.Errorf("%s says that the state is %s", addr, info["cluster_state"])
	}
	host, _, _ := net.SplitHostPort(addr)
	return redis.ParseNodes(redis.Text(r[1]), host)
}

// nativeFailover kills a primary of the native cluster.
func nativeFailover(t *testing.T, l *lab) {
	view, err := l.nativeView("10.10.10.12:6379")
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(view, func(n redis.Node) bool { return n.Primary() && n.Addr.Host == "10.10.10.13" })
	dead := view[at]
	seed := "10.10.10.12:6379"
	unit := fmt.Sprintf("redis-test-2-%d", dead.Addr.Port)
	l.node(dead.Addr.Host, "systemctl", "kill", "-s", "KILL", unit)
	begin := time.Now()
	l.eventually(45*time.Second, "the cluster without a primary", func() error {
		view, err := l.nativeView(seed)
		if err != nil {
			return err
		}
		if n, ok := view.ByID(dead.ID); !ok || n.Slots() > 0 {
			return fmt.Errorf("nobody has taken its slots")
		}
		return nil
	})
	t.Logf("its slots were taken after %s", time.Since(begin).Round(100*time.Millisecond))
	if n, err := l.keys(seed, 300, false); err != nil || n != 300 {
		t.Errorf("%d of 300 keys, %v", n, err)
	}
	if out := l.must(0, "apply", "--yes", "redis-test"); strings.Contains(out, "not as planned") {
		t.Errorf("the plan was wrong:\n%s", tail(out))
	}
	l.eventually(20*time.Second, "its return as a replica", func() error {
		role, err := l.redisRole(dead.Addr.String(), redisTest)
		if err == nil && (role.Primary || role.Link != "connected") {
			err = fmt.Errorf("it is %+v", role)
		}
		return err
	})
	if got := changes(l.plan("--detailed-exitcode")); len(got) > 0 {
		t.Errorf("the plan is not empty:\n%s", strings.Join(got, "\n"))
	}
}

// redisWiped takes away everything of primaries whose replicas hold the data, and applies at once: nobody has noticed yet, and a new
// instance at the old address would make the replicas drop what they have.
func redisWiped(t *testing.T, l *lab) {
	wipe := func(host, name string) {
		l.node(host, "sh", "-c", fmt.Sprintf("systemctl stop %[1]s; rm -rf /data/redis/%[1]s /etc/redis/%[1]s.conf /etc/systemd/system/%[1]s.service; systemctl daemon-reload", name))
	}
	primary := "10.10.10.10:6379"
	if role, err := l.redisRole(primary, redisMS); err != nil || !role.Primary {
		primary = "10.10.10.10:6380"
	}
	if _, err := l.redisAsk(primary, redisMS, "SET kept 1", "WAIT 1 2000"); err != nil {
		t.Fatal(err)
	}
	wipe("10.10.10.10", "redis-ms-1-"+primary[len(primary)-4:])
	view, err := l.nativeView("10.10.10.12:6379")
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(view, func(n redis.Node) bool { return n.Primary() && n.Slots() > 0 && n.Addr.Host == "10.10.10.13" })
	if at < 0 {
		t.Fatalf("no primary on 10.10.10.13: %+v", view)
	}
	lost := view[at].Addr
	wipe(lost.Host, fmt.Sprintf("redis-test-2-%d", lost.Port))
	l.must(0, "apply", "--yes", "redis")
	for _, addr := range []string{"10.10.10.10:6379", "10.10.10.10:6380"} {
		l.eventually(15*time.Second, "the key on both", func() error {
			r, err := l.redisAsk(addr, redisMS, "GET kept")
			if err == nil && redis.Text(r[0]) != "1" {
				err = fmt.Errorf("%s has lost it", addr)
			}
			return err
		})
	}
	if n, err := l.keys("10.10.10.12:6379", 300, false); err != nil || n != 300 {
		t.Errorf("%d of 300 keys, %v", n, err)
	}
	if role, err := l.redisRole(lost.String(), redisTest); err != nil || role.Primary {
		t.Errorf("%s is %+v, %v", lost, role, err)
	}
	if got := changes(l.plan("--detailed-exitcode")); len(got) > 0 {
		t.Errorf("the plan is not empty:\n%s", strings.Join(got, "\n"))
	}
}

// nativeGrows adds an instance on each node, gives them slots, and takes them away again.
func nativeGrows(t *testing.T, l *lab) (said string) {
	l.write("6381: {} } }", "6381: {}, 6382: {} } }")
	said += l.redisLawful("redis-test")
	view, err := l.nativeView("10.10.10.12:6382")
	if err != nil || len(view) != 8 {
		t.Fatalf("%d instances, %v", len(view), err)
	}
	said += l.must(0, "redis-rebalance", "redis-test")
	if view, err = l.nativeView("10.10.10.12:6379"); err != nil {
		t.Fatal(err)
	}
	for _, n := range view {
		if n.Primary() && n.Slots() != redis.Slots/4 {
			t.Errorf("%s has %d slots", n.Addr, n.Slots())
		}
	}
	if n, err := l.keys("10.10.10.12:6379", 300, false); err != nil || n != 300 {
		t.Errorf("after slots moved: %d of 300 keys, %v", n, err)
	}
	for _, host := range []string{"10.10.10.12", "10.10.10.13"} { // the one hands its slots to the other, which moves them
		said += l.must(0, "redis-rm", host, "6382", "--confirm", "redis-test")
	}
	l.write()
	if got := changes(l.plan("--detailed-exitcode")); len(got) > 0 {
		t.Errorf("the plan is not empty:\n%s", strings.Join(got, "\n"))
	}
	if n, err := l.keys("10.10.10.12:6379", 300, false); err != nil || n != 300 {
		t.Errorf("after instances left: %d of 300 keys, %v", n, err)
	}
	if out := l.must(0, "status", "redis-test"); !strings.Contains(out, "16384/16384") {
		t.Errorf("%s", out)
	}
	return said
}
