package engine

import (
	"context"
	"fmt"
	"sync"
	"time"

	"pig/internal/diag"
	"pig/internal/value"
)

// A task with async and poll: 0 is a job: it goes on while the play does, and async_status asks for it. The run ends when its jobs have, and
// they end with it when it is interrupted.

// jobs are those of a run, by their host and number.
type jobs struct {
	mu     sync.Mutex
	all    map[string]*job
	at     sync.WaitGroup
	number int
	stop   context.CancelCauseFunc
	within context.Context //nolint:containedctx // jobs outlive their tasks: this is the run's, without the limits of a task
}

func newJobs() *jobs {
	j := &jobs{all: map[string]*job{}}
	j.within, j.stop = context.WithCancelCause(context.Background())
	return j
}

// during has jobs stop when a run is interrupted. What it gives waits for them at the end of the run.
func (j *jobs) during(ctx context.Context) (wait func()) {
	forget := context.AfterFunc(ctx, func() { j.stop(context.Cause(ctx)) })
	return func() {
		j.at.Wait()
		forget()
	}
}

type job struct {
	done   chan struct{}
	result Result
}

// background tells whether the call is to become a job, and how long that may take.
func (c *call) background(planned bool) (limit time.Duration, ok bool, err error) {
	t := c.task
	if c.launched || planned || t.Async == nil || t.Poll == nil {
		return 0, false, nil
	}
	if limit, err = c.scope.seconds(t.Async, t.Pos); err != nil || limit == 0 {
		return 0, false, err
	}
	poll, err := c.scope.seconds(t.Poll, t.Pos)
	return limit, poll == 0 && err == nil, err
}

// launch begins a job.
func (c *call) launch(name string, args *value.Dict, limit time.Duration) Result {
	j := &job{done: make(chan struct{})}
	c.e.jobs.mu.Lock()
	c.e.jobs.number++
	id := fmt.Sprintf("j%d.%d", c.e.Now().UnixNano()%1e12, c.e.jobs.number)
	c.e.jobs.all[c.Name+" "+id] = j
	c.e.jobs.mu.Unlock()
	own := *c
	own.launched = true
	own.scope = c.playRun.scope(c.host, c.task, c.scope.vars.local.Clone())
	c.e.jobs.at.Go(func() {
		defer close(j.done)
		ctx, cancel := context.WithTimeoutCause(c.e.jobs.within, limit, fmt.Errorf("timed out after %s", limit))
		defer cancel()
		j.result = own.node(ctx, name, args)
	})
	r := ok(value.DictOf("ansible_job_id", id, "started", true, "finished", false, "results_file", jobFile(id)))
	r.Changed = true
	return r
}

// jobFile is the name of a file that Ansible has for a job, and pig does not need.
func jobFile(id string) string { return "/root/.ansible_async/" + id }

// asyncStatus tells how a job is, and what came of one that is done.
func asyncStatus(_ context.Context, c *call) Result {
	v := c.args.At("jid")
	if v == nil {
		return failed(diag.Errorf(c.task.Pos, "missing required arguments: jid"))
	}
	id := value.Str(v)
	if mode := c.args.At("mode"); mode == "cleanup" {
		return ok(value.DictOf("ansible_job_id", id, "erased", jobFile(id)))
	}
	c.e.jobs.mu.Lock()
	name, _, _ := c.target()
	j := c.e.jobs.all[name+" "+id]
	if j == nil {
		j = c.e.jobs.all[c.Name+" "+id]
	}
	c.e.jobs.mu.Unlock()
	about := value.DictOf("ansible_job_id", id, "started", true, "finished", false, "results_file", jobFile(id), "stdout", "", "stdout_lines", value.NewList(),
		"stderr", "", "stderr_lines", value.NewList())
	if j == nil {
		r := failure("could not find job")
		about.Set("finished", true)
		about.Set("msg", r.Msg)
		r.Values, r.Of = about, "Module"
		return r
	}
	select {
	case <-j.done:
	default:
		return ok(about)
	}
	r := j.result
	about.Set("finished", true)
	about.Update(r.Values)
	r.Values = about
	return r
}

// notInCheck is the result of a command that check_mode of its task kept from running.
func notInCheck() Result {
	r := skipped("Command would have run if not in check mode")
	r.Values.Set("msg", r.Msg)
	return r
}
