package cli

import (
	"context"
	"strings"
	"sync"

	"pig/internal/health"
	"pig/internal/value"
)

// question is what a node is asked.
type question struct {
	patroni string      // the URL of Patroni's view, "" for none
	redis   *value.Dict // the arguments of redis_state, nil for none
	units   []string
}

// askAll asks all nodes at once: for the state of their units, for Patroni's view of the cluster, for their Redis instances.
func (s *session) askAll(ctx context.Context, questions map[string]*question) map[string]health.Answer {
	e := s.engine(s.base, s.quiet())
	answers := map[string]health.Answer{}
	var mu sync.Mutex
	var all sync.WaitGroup
	for host, q := range questions {
		all.Go(func() {
			var both sync.WaitGroup
			var a health.Answer
			var seen, instances value.Value
			if q.redis != nil {
				both.Go(func() {
					if r := e.Everywhere(ctx, []string{host}, "redis_state", q.redis)[host]; !r.Failed {
						instances = r.Values.At("instances")
					}
				})
			}
			if q.patroni != "" {
				both.Go(func() {
					args := value.DictOf("url", q.patroni, "ca_path", "/pg/cert/ca.crt", "timeout", int64(5), "read_only", true)
					if r := e.Everywhere(ctx, []string{host}, "uri", args)[host]; !r.Failed {
						seen = r.Values.At("json")
					}
				})
			}
			r := e.Everywhere(ctx, []string{host}, "command", value.DictOf("read_only", true,
				"argv", value.Strings(append([]string{"systemctl", "show", "--property=Id,ActiveState"}, q.units...))))[host]
			both.Wait()
			a.Patroni, a.Redis = seen, instances
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
