package engine

import (
	"context"
	"sync"

	"pig/internal/playbook"
	"pig/internal/value"
)

// Everywhere runs one module as root on each of hosts at once, outside of any play.
func (e *Engine) Everywhere(ctx context.Context, hosts []string, module string, args *value.Dict) map[string]Result {
	return e.everywhere(ctx, &playRun{e: e, play: &playbook.Play{Keywords: playbook.Keywords{Become: true}}, root: true}, hosts, module, args)
}

// EverywhereIn does the same as the tasks of p would, over their connections and with the rights of their agents.
func (e *Engine) EverywhereIn(ctx context.Context, p *playbook.Play, hosts []string, module string, args *value.Dict) map[string]Result {
	return e.everywhere(ctx, &playRun{e: e, play: p, root: e.opt.Become || playBecomes(p)}, hosts, module, args)
}

func (e *Engine) everywhere(ctx context.Context, pr *playRun, hosts []string, module string, args *value.Dict) map[string]Result {
	results := map[string]Result{}
	var mu sync.Mutex
	var all sync.WaitGroup
	for i, name := range hosts {
		h := e.host(name)
		if h == nil {
			continue
		}
		r := &run{playRun: pr, host: h, index: i}
		t := &playbook.Task{Action: module, Args: args}
		all.Go(func() {
			c := &call{run: r, task: t, scope: pr.scope(h, t, nil), args: args}
			res := c.node(ctx, module, value.Clone(args).(*value.Dict)) //nolint:forcetypeassert // a clone has the type of its original
			mu.Lock()
			defer mu.Unlock()
			results[name] = res
		})
	}
	all.Wait()
	return results
}
