package cli

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"

	"pig/internal/engine"
	"pig/internal/health"
	"pig/internal/value"
)

// question is what a node is asked.
type question struct {
	units []string
	asks  []ask
}

// ask is a module that answers a question, and what it is asked about.
type ask struct {
	about  string
	module string
	args   *value.Dict
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

// ask adds a question for a module.
func (q *question) ask(about, module string, args *value.Dict) *question {
	q.asks = append(q.asks, ask{about, module, args})
	return q
}

// askAll asks all nodes at once, each for the state of its units and whatever else it is asked, and adds what they say to answers.
func (s *session) askAll(ctx context.Context, e *engine.Engine, questions map[string]*question, answers map[string]health.Answer) {
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
		for _, one := range q.asks {
			all.Go(func() {
				var said health.Said
				if r := e.Everywhere(ctx, []string{host}, one.module, one.args)[host]; r.Failed {
					said.Err = r.Msg
				} else {
					said.Values = r.Values
				}
				mu.Lock()
				defer mu.Unlock()
				answers[host].Said[one.about] = said
			})
		}
		if len(q.units) == 0 {
			continue
		}
		all.Go(func() {
			r := e.Everywhere(ctx, []string{host}, "command", value.DictOf("read_only", true,
				"argv", value.Strings(append([]string{"systemctl", "show", "--property=Id,LoadState,ActiveState"}, q.units...))))[host]
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
