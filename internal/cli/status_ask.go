package cli

import (
	"cmp"
	"context"
	"strings"
	"sync"

	"pig/internal/engine"
	"pig/internal/health"
	"pig/internal/value"
)

// askAll asks all nodes at once, each for the state of its units and whatever else it is asked, and adds what they say to answers.
func (s *runner) askAll(ctx context.Context, e *engine.Engine, questions map[string]*health.Question, answers map[string]health.Answer) {
	var mu sync.Mutex
	var all sync.WaitGroup
	for host := range questions { // before anybody answers
		a := answers[host]
		if a.Said == nil {
			a.Said = map[string]health.Said{}
			answers[host] = a
		}
	}
	for host, q := range questions {
		for _, one := range q.Asks {
			all.Go(func() {
				var said health.Said
				if r := e.Everywhere(ctx, []string{host}, one.Module, one.Args)[host]; r.Failed {
					said.Err = r.Msg
				} else {
					said.Values = r.Values
				}
				mu.Lock()
				defer mu.Unlock()
				answers[host].Said[one.About] = said
			})
		}
		if len(q.Units) == 0 {
			continue
		}
		all.Go(func() {
			r := e.Everywhere(ctx, []string{host}, "command", value.DictOf("read_only", true,
				"argv", value.Strings(append([]string{"systemctl", "show", "--property=Id,LoadState,ActiveState"}, q.Units...))))[host]
			mu.Lock()
			defer mu.Unlock()
			a := answers[host]
			if r.Failed {
				a.Err = r.Msg
			} else {
				a.Units = unitStates(value.Str(r.Values.At("stdout")))
			}
			answers[host] = a
		})
	}
	all.Wait()
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
