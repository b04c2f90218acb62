package cli

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"pig/internal/health"
	"pig/internal/params"
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
			s, env, err := a.openEnvironment(c.Context(), o)
			if err != nil {
				return err
			}
			defer s.close()
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
	questions := map[string]*question{}
	ask := func(host string) *question {
		if questions[host] == nil {
			questions[host] = &question{units: []string{"patroni.service", "pgbouncer.service", "haproxy.service", "etcd.service"}}
		}
		return questions[host]
	}
	if env.Etcd != nil && wanted(env.Etcd.Name) {
		for _, m := range env.Etcd.Members {
			ask(m.Name)
		}
	}
	for _, c := range env.Pg {
		for _, m := range c.Members {
			if wanted(c.Name) {
				ask(m.Name).patroni = patroniURL(m.Name, s.vars(env, m.Name))
			}
		}
	}
	for _, c := range env.Redis {
		for _, m := range c.Members {
			if wanted(c.Name) {
				s.askRedis(ask(m.Name), c, m, s.vars(env, m.Name))
			}
		}
	}
	for _, name := range args {
		if env.PgCluster(name) == nil && env.RedisCluster(name) == nil && (env.Etcd == nil || env.Etcd.Name != name) {
			return report, s.noCluster(env, name)
		}
	}
	answers := s.askAll(ctx, questions)
	if env.Etcd != nil && wanted(env.Etcd.Name) {
		report.Clusters = append(report.Clusters, health.Etcd(env.Etcd, answers))
	}
	for _, c := range env.Pg {
		if wanted(c.Name) {
			report.Clusters = append(report.Clusters, health.Pg(c, answers, func(host string) []string { return pgUnits(s.vars(env, host)) }))
		}
	}
	for _, c := range env.Redis {
		if wanted(c.Name) {
			report.Clusters = append(report.Clusters, health.Redis(c, answers))
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

// askRedis adds the instances of a node to what it is asked.
func (s *session) askRedis(q *question, c *resolve.RedisCluster, m *resolve.RedisMember, vars *value.Dict) {
	ports := value.NewList()
	for _, i := range m.Instances {
		ports.Append(int64(i.Port))
		q.units = append(q.units, i.Name+".service")
	}
	host := m.Name
	if bind := value.Str(vars.At("redis_bind_address")); bind != "" && bind != "0.0.0.0" && bind != "*" && bind != "::" {
		host = bind
	}
	q.redis = params.Protect(value.DictOf("host", host, "ports", ports, "mode", c.Mode, "password", vars.At("redis_password"), "renames", vars.At("redis_rename_commands")))
}

func patroniURL(host string, vars *value.Dict) string {
	scheme := "http"
	if value.Truthy(vars.At("patroni_ssl_enabled")) {
		scheme = "https"
	}
	return fmt.Sprintf("%s://%s:%s/cluster", scheme, host, value.Str(vars.At("patroni_port")))
}
