package pgsql

import (
	"context"
	"fmt"

	"pig/internal/diag"
	"pig/internal/product"
	"pig/internal/value"
)

func monitorVerb() product.Verb {
	return product.Verb{
		Use: "pgsql-monitor [CLUSTER ...]", Aliases: []string{"pgmon-add"}, Short: "Monitor external PostgreSQL instances", Group: group,
		Long: `Monitor the external PostgreSQL instances of pg_exporters of the infra hosts: of a cloud, of another environment. Each
instance gets an exporter on the infra hosts. pig infra and pig apply do this too. With CLUSTER, only the instances of
these clusters are updated.`,
		Example: "  pig pgsql-monitor\n  pig pgsql-monitor pg-rds --check --diff",
		Args:    product.Args{Most: product.Many},
		Offer:   watchedClusters,
		Run:     monitor,
	}
}

// monitor updates all external instances, or those of the clusters that the arguments name, one after another.
func monitor(ctx context.Context, w product.Work) error {
	hosts, err := product.ModuleHosts(w, "infra")
	if err != nil {
		return err
	}
	p := product.Play{Playbook: "pgsql-monitor", Hosts: hosts}
	if len(w.Args()) == 0 {
		return w.Play(ctx, p)
	}
	for _, cluster := range w.Args() {
		if !watches(w.Environment(), hosts, cluster) {
			return diag.Errorf(diag.Pos{}, "cluster %q not found in pg_exporters of the infra hosts", cluster).WithHint("add the instances of the cluster to pg_exporters of the infra hosts")
		}
		p.Extra = value.DictOf("clsname", cluster)
		if err := w.Play(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// watches tells whether one of hosts watches a cluster that others run.
func watches(e *product.Environment, hosts []string, cluster string) bool {
	for _, name := range hosts {
		for _, entry := range watchedBy(e, name) {
			if fmt.Sprint(entry.At("pg_cluster")) == cluster {
				return true
			}
		}
	}
	return false
}
