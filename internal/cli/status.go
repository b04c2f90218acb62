package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"pig/internal/health"
	"pig/internal/resolve"
	"pig/internal/value"
)

func (a *app) status() *cobra.Command {
	o := &runOptions{}
	c := &cobra.Command{
		Use:   "status [CLUSTER ...]",
		Short: "Tell how clusters are",
		Long: `Ask every node once, and tell for each cluster who leads, who follows how closely, and which services run.

  pig status
  pig status pg-test --json

A member that is stopped, unreachable, missing or far behind is named, and the exit status is 2.

` + exitHelp,
		RunE: func(c *cobra.Command, args []string) error {
			s, err := a.open(c.Context(), o)
			if err != nil {
				return err
			}
			defer s.close()
			env, err := s.environment()
			if err != nil {
				return err
			}
			s.withEnvironment(env)
			report, err := s.report(c.Context(), env, args)
			if err != nil {
				return err
			}
			if err := s.showStatus(report); err != nil {
				return err
			}
			if !report.Well() {
				return exitStatus(exitFailed)
			}
			return nil
		},
	}
	o.AddFlags(c.Flags())
	return c
}

// units are what a member of a PostgreSQL cluster runs.
func pgUnits(vars *value.Dict) []string {
	units := []string{"patroni"}
	for _, u := range []struct{ param, unit string }{{"pgbouncer_enabled", "pgbouncer"}, {"haproxy_enabled", "haproxy"}} {
		if v := vars.At(u.param); v == nil || value.Truthy(v) {
			units = append(units, u.unit)
		}
	}
	return units
}

// report asks the nodes of the clusters that args name, of all if it names none.
func (s *session) report(ctx context.Context, env *resolve.Environment, args []string) (health.Report, error) {
	wanted := func(name string) bool { return len(args) == 0 || slices.Contains(args, name) }
	var report health.Report
	hosts := map[string]string{} // host: the URL of Patroni there, "" for none
	if env.Etcd != nil && wanted(env.Etcd.Name) {
		for _, m := range env.Etcd.Members {
			hosts[m.Name] = ""
		}
	}
	found := 0
	for _, c := range env.Pg {
		if !wanted(c.Name) {
			continue
		}
		found++
		for _, m := range c.Members {
			hosts[m.Name] = patroniURL(m.Name, s.vars(env, m.Name))
		}
	}
	for _, name := range args {
		if env.PgCluster(name) == nil && (env.Etcd == nil || env.Etcd.Name != name) {
			return report, s.noCluster(env, name)
		}
	}
	answers := s.askAll(ctx, hosts)
	if env.Etcd != nil && wanted(env.Etcd.Name) {
		report.Clusters = append(report.Clusters, health.Etcd(env.Etcd, answers))
	}
	for _, c := range env.Pg {
		if wanted(c.Name) {
			report.Clusters = append(report.Clusters, health.Pg(c, answers, func(host string) []string { return pgUnits(s.vars(env, host)) }))
		}
	}
	return report, nil
}

// vars are a host's variables: what -e says, what follows from the inventory, what it says, defaults.
func (s *session) vars(env *resolve.Environment, host string) *value.Dict {
	d := s.defaults.Clone()
	if h := s.inventory.Host(host); h != nil {
		d.Update(s.inventory.Vars(h))
	}
	if v := env.Vars(host); v != nil {
		d.Update(v)
	}
	d.Update(s.extra)
	return d
}

func patroniURL(host string, vars *value.Dict) string {
	scheme := "http"
	if value.Truthy(vars.At("patroni_ssl_enabled")) {
		scheme = "https"
	}
	return fmt.Sprintf("%s://%s:%s/cluster", scheme, host, value.Str(vars.At("patroni_port")))
}

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

func (s *session) showStatus(r health.Report) error {
	if s.opt.json {
		line, err := json.Marshal(map[string]any{"v": 1, "event": "status", "well": r.Well(), "clusters": r.Clusters})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(s.app.out, s.redactor.Redact(string(line)))
		return err
	}
	var b strings.Builder
	paint := s.app.paint
	for _, c := range r.Clusters {
		head := paint.Green("well")
		if len(c.Problems) > 0 {
			head = paint.Red("not well")
		}
		fmt.Fprintf(&b, "%s %s: %s\n", c.Module, paint.Bold(c.Name), head)
		w := tabwriter.NewWriter(&b, 0, 8, 2, ' ', 0)
		fmt.Fprintln(w, "  MEMBER\tHOST\tDECLARED\tLIVE\tSTATE\tLAG\tSERVICES")
		for _, m := range c.Members {
			fmt.Fprintf(w, "  %s\t%s\t%s\t%s\t%s\t%s\t%s\n", m.Name, m.Host, dash(m.Declared), dash(m.Live), dash(m.State), lag(m), services(m))
		}
		if err := w.Flush(); err != nil {
			return err
		}
		for _, p := range c.Problems {
			fmt.Fprintf(&b, "  %s %s\n", paint.Red("!"), p)
		}
	}
	_, err := fmt.Fprint(s.app.out, s.redactor.Redact(b.String()))
	return err
}

func dash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

func lag(m health.Member) string {
	if m.Lag == nil {
		return "-"
	}
	return health.Bytes(*m.Lag)
}

// services names the units that run, and the state of those that do not.
func services(m health.Member) string {
	var all []string
	for _, u := range m.Units {
		if u.State == "active" {
			all = append(all, u.Name)
		} else {
			all = append(all, u.Name+":"+u.State)
		}
	}
	return dash(strings.Join(all, " "))
}
