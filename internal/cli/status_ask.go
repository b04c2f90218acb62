package cli

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"

	"pig/internal/health"
	"pig/internal/value"
)

// question is what a node is asked.
type question struct {
	patroni string      // the URL of Patroni's view, "" for none
	redis   *value.Dict // the arguments of redis_state, nil for none
	minio   *value.Dict // the arguments of minio_state, nil for none
	units   []string
}

// runs adds units that the node should run.
func (q *question) runs(units ...string) *question {
	for _, u := range units {
		if u += ".service"; !slices.Contains(q.units, u) {
			q.units = append(q.units, u)
		}
	}
	return q
}

// askAll asks all nodes at once: for the state of their units, for Patroni's view of the cluster, for their Redis instances and their part of the object storage.
func (s *session) askAll(ctx context.Context, questions map[string]*question) map[string]health.Answer {
	e := s.engine(s.base, s.quiet())
	answers := map[string]health.Answer{}
	var mu sync.Mutex
	var all sync.WaitGroup
	for host, q := range questions {
		all.Go(func() {
			var both sync.WaitGroup
			var a health.Answer
			var seen, instances, storage value.Value
			if q.redis != nil {
				both.Go(func() {
					if r := e.Everywhere(ctx, []string{host}, "redis_state", q.redis)[host]; !r.Failed {
						instances = r.Values.At("instances")
					}
				})
			}
			if q.minio != nil {
				both.Go(func() {
					if r := e.Everywhere(ctx, []string{host}, "minio_state", q.minio)[host]; !r.Failed {
						storage = r.Values
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
				"argv", value.Strings(append([]string{"systemctl", "show", "--property=Id,LoadState,ActiveState"}, q.units...))))[host]
			both.Wait()
			a.Patroni, a.Redis, a.Minio = seen, instances, storage
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

// unitStates reads what systemctl show prints of each unit. One that is not there at all is "not-found".
func unitStates(text string) map[string]string {
	states := map[string]string{}
	for block := range strings.SplitSeq(text, "\n\n") {
		id, state := "", ""
		for line := range strings.SplitSeq(block, "\n") {
			switch key, v, _ := strings.Cut(line, "="); key {
			case "Id":
				id = strings.TrimSuffix(v, ".service")
			case "LoadState":
				if v == health.NotFound {
					state = v
				}
			case "ActiveState":
				state = cmp.Or(state, v)
			}
		}
		states[id] = state
	}
	return states
}
