package cli

import (
	"context"
	"fmt"
	"slices"

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
