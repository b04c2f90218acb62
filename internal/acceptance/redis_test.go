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
	"pig/internal/sandbox"
)

// The passwords of the clusters: they must show up nowhere.
const (
	redisMS   = "Canary.Redis.2215"
	redisMeta = "Canary.Sentinel.8842"
	redisTest = "Canary.Native.6617"
)

// redisAsk speaks to an instance as an application would.
func (l *lab) redisAsk(addr, password string, commands ...string) ([]redis.Reply, error) {
	conn, err := l.box.DialContext(l.ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	c := redis.NewClient(conn)
	if password != "" {
		if _, err := c.Do("AUTH", password); err != nil {
			return nil, err
		}
	}
	var replies []redis.Reply
	for _, command := range commands {
		r, err := c.Do(strings.Fields(command)...)
		if err != nil {
			return replies, fmt.Errorf("%s: %s: %w", addr, command, err)
		}
		replies = append(replies, r)
	}
	return replies, nil
}

func (l *lab) redisRole(addr, password string) (redis.Role, error) {
	r, err := l.redisAsk(addr, password, "ROLE")
	if err != nil {
		return redis.Role{}, err
	}
	return redis.ParseRole(r[0])
}

// keys sets or counts numbered keys of the native cluster, on whichever primary has each.
func (l *lab) keys(seed string, n int, set bool) (int, error) {
	view, err := l.nativeView(seed)
	if err != nil {
		return 0, err
	}
	found := 0
	for _, m := range view {
		if !m.Primary() || m.Slots() == 0 {
			continue
		}
		conn, err := l.box.DialContext(l.ctx, "tcp", m.Addr.String())
		if err != nil {
			return found, err
		}
		c := redis.NewClient(conn)
		_, err = c.Do("AUTH", redisTest)
		for i := 0; i < n && err == nil; i++ {
			command := []string{"GET", fmt.Sprint("key", i)}
			if set {
				command = []string{"SET", fmt.Sprint("key", i), fmt.Sprint("value", i)}
			}
			r, e := c.Do(command...)
			switch {
			case redis.Refused(e, "MOVED"): // another one has it
			case e != nil:
				err = e
			case set || redis.Text(r) == fmt.Sprint("value", i):
				found++
			}
		}
		conn.Close()
		if err != nil {
			return found, err
		}
	}
	return found, nil
}

// redisUnits are the identities of the running units: one that restarts gets another.
func (l *lab) redisUnits() string {
	var all strings.Builder
	for _, h := range l.hosts {
		all.WriteString(l.node(h, "sh", "-c", "for u in $(systemctl list-units --plain --no-legend 'redis*' | cut -d' ' -f1); do echo $u $(systemctl show -p InvocationID --value $u); done"))
	}
	return all.String()
}

// redisLawful applies, and holds the outcome to the law: nothing else than planned, and then an empty plan.
func (l *lab) redisLawful(args ...string) string {
	l.t.Helper()
	out := l.must(0, append([]string{"apply", "--yes", "-D"}, args...)...)
	if strings.Contains(out, "not as planned") {
		l.t.Errorf("the plan was wrong:\n%s", tail(out))
	}
	if got := changes(l.plan(append([]string{"--detailed-exitcode"}, args...)...)); len(got) > 0 {
		l.t.Fatalf("the plan is not empty:\n%s", strings.Join(got, "\n"))
	}
	return out
}

// TestRedis takes the clusters of inventory/redis.yml through their life, on both systems: Redis 8 and 7.
func TestRedis(t *testing.T) {
	thorough(t)
	for _, system := range []string{"debian13", "debian12"} {
		t.Run(system, func(t *testing.T) { redisLife(t, system) })
	}
}

func redisLife(t *testing.T, system string) {
	text := strings.NewReplacer("'redis.ms'", redisMS, "redis.ms,", redisMS+",", "'redis.meta'", redisMeta, "'redis.test'", redisTest,
		"quorum: 2 }", "quorum: 2, down_after_milliseconds: 3000 }", "node_tune: none", "node_tune: none\n    vmetrics_scrape_interval: 5s\n    vmetrics_scrape_timeout: 4s").Replace(sampleInventory(t, "redis"))
	l := labOf(t, sandbox.Config{Prepared: true, OS: system}, text, addresses...)
	said := ""
	step := func(name string, f func(t *testing.T)) {
		if !t.Failed() {
			l.sub(t, name, f)
		}
	}
	step("several clusters in one run, as planned", func(t *testing.T) {
		for _, c := range changes(l.plan()) {
			if strings.Contains(c, "FAILED") {
				t.Fatal(c)
			}
		}
		said += l.redisLawful()
		before := l.redisUnits()
		if out := l.must(0, "redis"); strings.Contains(out, "changed=1") || strings.Count(out, "changed=0") != 4 {
			t.Errorf("once more:\n%s", tail(out))
		}
		if after := l.redisUnits(); after != before {
			t.Errorf("units restarted:\n%s\nwas\n%s", after, before)
		}
	})
	step("they are what they are declared to be", func(t *testing.T) { redisWorks(t, l) })
	step("they are watched", func(*testing.T) { l.queriesHaveData(15, func(name string) bool { return name == "redis" }) })
	step("a failover stays as it is", func(t *testing.T) { redisFailover(t, l) })
	step("edits do as little as they can", func(t *testing.T) { said += redisEdits(t, l) })
	step("the native cluster goes on without a primary", func(t *testing.T) { nativeFailover(t, l) })
	step("who comes back without data takes nobody else's", func(t *testing.T) { redisWiped(t, l) })
	step("it grows and shrinks without losing a key", func(t *testing.T) { said += nativeGrows(t, l) })
	step("removal needs the name, and leaves nothing", func(t *testing.T) { said += redisRemoval(t, l) })
	step("no secret shows", func(t *testing.T) {
		for _, h := range l.hosts {
			said += l.node(h, "sh", "-c", "journalctl --no-pager -o cat; ps axww -o args; cat /tmp/* /var/tmp/* /var/log/redis/* /home/*/.cache/pig/*.log 2>/dev/null; true")
		}
		for _, c := range []string{redisMS, redisMeta, redisTest} {
			if at := strings.Index(said, c); at >= 0 {
				t.Errorf("a password shows: %s", strings.ReplaceAll(said[max(0, at-200):at], c, "..."))
			}
		}
		if !strings.Contains(l.node("10.10.10.11", "sh", "-c", "cat /etc/redis/*.conf"), redisMeta) {
			t.Error("the detector is blind: the password is not even where it belongs")
		}
	})
}

// redisWorks asks the running system whether it is what was declared.
func redisWorks(t *testing.T, l *lab) {
	if _, err := l.redisAsk("10.10.10.10:6379", "", "GET x"); !redis.Refused(err, "NOAUTH") {
		t.Errorf("without a password: %v", err)
	}
	if _, err := l.redisAsk("10.10.10.10:6379", redisMS, "SET x 1", "WAIT 1 2000"); err != nil {
		t.Fatal(err)
	}
	l.eventually(5*time.Second, "reading from the replica", func() error {
		r, err := l.redisAsk("10.10.10.10:6380", redisMS, "GET x")
		if err == nil && redis.Text(r[0]) != "1" {
			err = fmt.Errorf("got %v", r)
		}
		return err
	})
	l.eventually(15*time.Second, "the sentinels' view", func() error {
		for _, port := range []int{26379, 26380, 26381} {
			r, err := l.redisAsk(fmt.Sprintf("10.10.10.11:%d", port), redisMeta, "SENTINEL MASTERS", "SENTINEL CKQUORUM redis-ms")
			if err != nil {
				return err
			}
			w := redis.ParseMasters(r[0])["redis-ms"]
			if w.Primary != (redis.Addr{Host: "10.10.10.10", Port: 6379}) || w.Values["num-slaves"] != "1" || w.Values["num-other-sentinels"] != "2" {
				return fmt.Errorf("%d sees %+v", port, w)
			}
		}
		return nil
	})
	view, err := l.nativeView("10.10.10.12:6379")
	if err != nil {
		t.Fatal(err)
	}
	hosts := map[string]bool{}
	for _, n := range view {
		if n.Primary() {
			hosts[n.Addr.Host] = true
			continue
		}
		if leader, _ := view.ByID(n.Leader); leader.Addr.Host == n.Addr.Host {
			t.Errorf("%s replicates %s, which is on its own node", n.Addr, leader.Addr)
		}
	}
	if view.Covered() != redis.Slots || len(view) != 6 || len(hosts) != 2 {
		t.Errorf("%d slots, %d instances, primaries on %v", view.Covered(), len(view), hosts)
	}
	for _, target := range []string{"10.10.10.10:6380", "10.10.10.11:26379", "10.10.10.13:6381"} {
		host, _, _ := net.SplitHostPort(target)
		if out := l.node("10.10.10.10", "curl", "-s", "--cacert", "/etc/pki/ca.crt", "--cert", "/etc/pki/infra.crt", "--key", "/etc/pki/infra.key", "https://"+host+":9121/scrape?target=redis://"+target); !strings.Contains(out, "\nredis_up 1") {
			t.Errorf("the exporter does not see %s", target)
		}
	}
	out := l.must(0, "status")
	for _, want := range []string{"redis-ms: healthy", "redis-meta: healthy", "redis-test: healthy, slots 16384/16384", "connected"} {
		if !strings.Contains(out, want) {
			t.Errorf("status does not say %q:\n%s", want, out)
		}
	}
}

// redisFailover kills the primary: sentinels make the replica lead, and nothing of pig takes that back.
func redisFailover(t *testing.T, l *lab) {
	l.node("10.10.10.10", "systemctl", "kill", "-s", "KILL", "redis-ms-1-6379")
	begin := time.Now()
	l.eventually(20*time.Second, "writing after the primary died", func() error {
		_, err := l.redisAsk("10.10.10.10:6380", redisMS, "SET y 2")
		return err
	})
	t.Logf("writes went on after %s", time.Since(begin).Round(100*time.Millisecond))
	if code, out := l.run("status", "redis-ms"); code == 0 || !strings.Contains(out, "redis-ms-1-6379") {
		t.Errorf("status does not tell of the dead one (exit %d):\n%s", code, out)
	}
	if out := l.must(0, "apply", "--yes", "redis-ms"); strings.Contains(out, "not as planned") {
		t.Errorf("the plan was wrong:\n%s", tail(out))
	}
	for addr, primary := range map[string]bool{"10.10.10.10:6379": false, "10.10.10.10:6380": true} {
		l.eventually(15*time.Second, "the roles", func() error {
			role, err := l.redisRole(addr, redisMS)
			if err == nil && role.Primary != primary {
				err = fmt.Errorf("%s is %+v", addr, role)
			}
			return err
		})
	}
	if got := changes(l.plan("--detailed-exitcode")); len(got) > 0 {
		t.Errorf("the plan is not empty although only the primary has moved:\n%s", strings.Join(got, "\n"))
	}
	l.must(0, "redis", "-l", "redis-ms")
	if role, err := l.redisRole("10.10.10.10:6380", redisMS); err != nil || !role.Primary {
		t.Errorf("a run turned the promoted one back: %+v, %v", role, err)
	}
	l.eventually(15*time.Second, "status", func() error {
		if code, out := l.run("status"); code != 0 {
			return fmt.Errorf("%s", out)
		}
		return nil
	})
}

// redisEdits changes settings that the running servers take, and others that they take only when they start.
func redisEdits(t *testing.T, l *lab) (said string) {
	if n, err := l.keys("10.10.10.12:6379", 300, true); err != nil || n != 300 {
		t.Fatalf("%d keys written, %v", n, err)
	}
	before := l.redisUnits()
	l.text = strings.NewReplacer("redis_max_memory: 64MB", "redis_max_memory: 48MB, redis_mem_policy: noeviction, redis_rdb_save: [ '900 1', '60 1000' ]").Replace(l.text)
	l.write()
	for _, c := range changes(l.plan()) {
		if !strings.Contains(c, "redis settings redis-ms-1-") && !strings.Contains(c, "/etc/redis/redis-ms-1-") {
			t.Errorf("it also plans: %s", c)
		}
	}
	said += l.redisLawful("redis")
	r, err := l.redisAsk("10.10.10.10:6380", redisMS, "CONFIG GET maxmemory", "CONFIG GET save")
	if err != nil || redis.Pairs(r[0])["maxmemory"] != fmt.Sprint(48<<20) || redis.Pairs(r[1])["save"] != "900 1 60 1000" {
		t.Errorf("%v, %v", r, err)
	}
	if after := l.redisUnits(); after != before {
		t.Errorf("units restarted:\n%s\nwas\n%s", after, before)
	}
	// A renamed command takes a restart: of replicas first, then of primaries that have handed their lead on.
	l.text = strings.Replace(l.text, "redis_mode: cluster", "redis_mode: cluster, redis_rename_commands: { FLUSHALL: '' }", 1)
	l.write()
	got := changes(l.plan("redis-test"))
	count := func(what string) int {
		return len(slices.DeleteFunc(slices.Clone(got), func(c string) bool { return !strings.Contains(c, what) }))
	}
	if count("restart [restart]") != 6 || count("failover [failover]") != 3 {
		t.Errorf("planned:\n%s", strings.Join(got, "\n"))
	}
	said += l.redisLawful("redis-test")
	if _, err := l.redisAsk("10.10.10.12:6379", redisTest, "FLUSHALL"); !redis.Refused(err, "ERR unknown command") {
		t.Errorf("FLUSHALL: %v", err)
	}
	if n, err := l.keys("10.10.10.12:6379", 300, false); err != nil || n != 300 {
		t.Errorf("%d of 300 keys are left, %v", n, err)
	}
	return said
}

// redisRemoval removes two clusters and looks for what is left of them.
func redisRemoval(t *testing.T, l *lab) (said string) {
	l.write("redis_cluster: redis-ms,", "redis_cluster: redis-ms, redis_safeguard: true,")
	if code, out := l.run("redis-rm", "redis-ms", "--confirm", "redis-ms"); code != 1 || !strings.Contains(out, "redis_safeguard is on") {
		t.Errorf("with the safeguard on: exit %d\n%s", code, tail(out))
	}
	l.write()
	if code, _ := l.run("redis-rm", "redis-ms"); code != exitConfirm {
		t.Errorf("exit %d without a confirmation", code)
	}
	if code, _ := l.run("redis-rm", "redis-ms", "--confirm", "redis-test"); code != 1 {
		t.Errorf("exit %d with another name", code)
	}
	said += l.must(0, "redis-rm", "redis-ms", "--confirm", "redis-ms")
	said += l.must(0, "redis-rm", "redis-test", "--confirm", "redis-test")
	for _, h := range []string{"10.10.10.10", "10.10.10.12", "10.10.10.13"} {
		left, _ := l.try(h, "sh", "-c", `find /etc /var /data /run /infra -xdev \( -name 'redis-ms*' -o -name 'redis-test*' -o -name 'redis_exporter*' \) 2>/dev/null; ls -d /data/redis 2>/dev/null; systemctl list-units --all --plain --no-legend 'redis*'`)
		if strings.TrimSpace(left) != "" {
			t.Errorf("left on %s:\n%s", h, left)
		}
	}
	r, err := l.redisAsk("10.10.10.11:26379", redisMeta, "SENTINEL MASTERS")
	if err != nil || len(redis.List(r[0])) != 0 {
		t.Errorf("a sentinel still watches: %v, %v", r, err)
	}
	if out := l.must(0, "redis-rm", "redis-test", "--confirm", "redis-test"); strings.Contains(out, "changed=1") {
		t.Errorf("once more:\n%s", tail(out))
	}
	return said
}
