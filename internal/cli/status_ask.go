package cli

import (
	"context"
	"strings"
	"sync"

	"pig/internal/health"
	"pig/internal/value"
)

// askAll asks all nodes at once: for the state of their units, and for Patroni's view of the cluster.
func (s *session) askAll(ctx context.Context, urls map[string]string) map[string]health.Answer {
	e := s.engine(s.base, s.quiet())
	answers := map[string]health.Answer{}
	var mu sync.Mutex
	var all sync.WaitGroup
	for host, url := range urls {
		all.Go(func() {
			var both sync.WaitGroup
			var a health.Answer
			var seen value.Value
			if url != "" {
				both.Go(func() {
					args := value.DictOf("url", url, "ca_path", "/pg/cert/ca.crt", "timeout", int64(5), "read_only", true)
					if r := e.Everywhere(ctx, []string{host}, "uri", args)[host]; !r.Failed {
						seen = r.Values.At("json")
					}
				})
			}
			r := e.Everywhere(ctx, []string{host}, "command", value.DictOf("read_only", true,
				"argv", value.Strings([]string{"systemctl", "show", "--property=Id,ActiveState", "patroni.service", "pgbouncer.service", "haproxy.service", "etcd.service"})))[host]
			both.Wait()
			a.Patroni = seen
			if r.Failed {
				a.Err = r.Msg
			} else {
				a.Units = unitStates(value.Str(r.Values.At("stdout")))
			}
			mu.Lock()
			defer mu.Unlock()
			answers[host] = a
		})
	}
	all.Wait()
	return answers
}

// unitStates reads what systemctl show prints: Id= and ActiveState= of each unit.
func unitStates(text string) map[string]string {
	states := map[string]string{}
	for block := range strings.SplitSeq(text, "\n\n") {
		id, state := "", ""
		for line := range strings.SplitSeq(block, "\n") {
			switch key, v, _ := strings.Cut(line, "="); key {
			case "Id":
				id = strings.TrimSuffix(v, ".service")
			case "ActiveState":
				state = v
			}
		}
		states[id] = state
	}
	return states
}
