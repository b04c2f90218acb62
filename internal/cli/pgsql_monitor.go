package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"pig/internal/diag"
	"pig/internal/value"
)

func (a *app) pgsqlMonitor() *cobra.Command {
	o := &runOptions{}
	c := &cobra.Command{
		Use: "pgsql-monitor [CLUSTER ...]", Aliases: []string{"pgmon-add"}, Short: "Monitor external PostgreSQL instances",
		Long: `Monitor the external PostgreSQL instances of pg_exporters of the infra hosts: of a cloud, of another environment. Each
instance gets an exporter on the infra hosts. pig infra and pig apply do this too. With CLUSTER, only the instances of
these clusters are updated.

  pig pgsql-monitor
  pig pgsql-monitor pg-rds --check --diff

` + exitHelp,
		RunE: func(c *cobra.Command, args []string) error {
			s, env, err := a.openEnvironment(c.Context(), o)
			if err != nil {
				return err
			}
			defer s.close()
			hosts, err := s.moduleHosts(env, "infra")
			if err != nil {
				return err
			}
			if len(args) == 0 {
				return s.runModule(c.Context(), "pgsql-monitor", "pgsql-monitor", hosts)
			}
			for _, cluster := range args {
				if !s.watches(hosts, cluster) {
					return diag.Errorf(diag.Pos{}, "cluster %q not found in pg_exporters of the infra hosts", cluster).WithHint("add the instances of the cluster to pg_exporters of the infra hosts")
				}
				s.extra.Set("clsname", cluster)
				s.base.ExtraVars = s.extra
				if err := s.runModule(c.Context(), "pgsql-monitor", "pgsql-monitor", hosts); err != nil {
					return err
				}
			}
			return nil
		},
	}
	o.AddFlags(c.Flags())
	return c
}

// watches tells whether one of hosts watches a cluster that others run.
func (s *session) watches(hosts []string, cluster string) bool {
	for _, name := range hosts {
		entries, _ := s.inventory.Vars(s.inventory.Host(name)).At("pg_exporters").(*value.Dict)
		if entries == nil {
			continue
		}
		for _, e := range entries.All() {
			if d, ok := e.(*value.Dict); ok && fmt.Sprint(d.At("pg_cluster")) == cluster {
				return true
			}
		}
	}
	return false
}
