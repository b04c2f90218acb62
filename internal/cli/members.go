package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"pig/internal/product"
	"pig/internal/products/etcd"
	prminio "pig/internal/products/minio"
)

func (a *app) etcdVerbs() []*cobra.Command {
	return []*cobra.Command{
		a.membersVerb("etcd", "etcd-add [HOST ...]", "Create the etcd cluster, or add members",
			"Create the etcd cluster. With hosts: add them to the running cluster, one after another, then update the other members.",
			"  pig etcd-add\n  pig etcd-add 10.10.10.11 10.10.10.12", cobra.ArbitraryArgs),
		a.removalVerb(removal{
			use: "etcd-rm [HOST ...]", short: "Remove the etcd cluster, or some members",
			long:    "Remove the etcd cluster with its data, or the members on some hosts, one after another, while the other members go on.\nThe inventory must have etcd_safeguard: false. Type the name of the cluster to confirm, or give it with --confirm.",
			example: "  pig etcd-rm 10.10.10.12 --confirm etcd\n  pig etcd-rm", args: cobra.ArbitraryArgs,
			module: "etcd", safeguard: "etcd_safeguard",
			name: func(env *product.Environment, _ []string) string { return etcd.Of(env).Name },
			hint: func(env *product.Environment, hosts []string) string {
				if len(hosts) == len(etcd.Of(env).Members) {
					return "The etcd cluster is removed. Patroni needs etcd: remaining PostgreSQL clusters are read-only now."
				}
				return fmt.Sprintf("Remove %s from the inventory, then update the other hosts: pig apply", strings.Join(hosts, ", "))
			},
		}),
	}
}

func (a *app) minioVerbs() []*cobra.Command {
	return []*cobra.Command{
		a.membersVerb("minio", "minio-add [HOST ...]", "Create MinIO clusters, or some of their members", "Create the MinIO clusters, or only the members on the named hosts.",
			"  pig minio-add\n  pig minio-add 10.10.10.13", cobra.ArbitraryArgs),
		a.removalVerb(removal{
			use: "minio-rm [HOST ...]", short: "Remove MinIO clusters, or some of their members",
			long:    "Remove MinIO with its data from the named hosts, or from all hosts without HOST. The inventory must have\nminio_safeguard: false. Type the names of the clusters to confirm, or give them with --confirm.",
			example: "  pig minio-rm --confirm minio", args: cobra.ArbitraryArgs,
			module: "minio", safeguard: "minio_safeguard",
			name: func(env *product.Environment, hosts []string) string {
				var names []string
				for _, c := range prminio.Of(env) {
					if slices.ContainsFunc(c.Members, func(m *prminio.Member) bool { return slices.Contains(hosts, m.Name) }) {
						names = append(names, c.Name)
					}
				}
				return strings.Join(names, ",")
			},
		}),
	}
}

func (a *app) nodeVerbs() []*cobra.Command {
	return []*cobra.Command{
		a.membersVerb("node", "node-add PATTERN ...", "Add hosts to the environment", "Apply the node module to hosts, as pig node does.", "  pig node-add 10.10.10.14\n  pig node-add pg-test", cobra.MinimumNArgs(1)),
		a.removalVerb(removal{
			use: "node-rm PATTERN ...", short: "Remove hosts from the environment",
			long:    "Remove hosts from the environment: services, exporters and DNS names. Packages, users and data stay. Remove clusters\nfrom the hosts before. Type the names of the hosts to confirm, or give them with --confirm.",
			example: "  pig node-rm 10.10.10.14 --confirm 10.10.10.14", args: cobra.MinimumNArgs(1),
			module: "node",
			name:   func(_ *product.Environment, hosts []string) string { return strings.Join(hosts, ",") },
			hint: func(_ *product.Environment, hosts []string) string {
				return fmt.Sprintf("Remove %s from the inventory.", strings.Join(hosts, ", "))
			},
		}),
	}
}

// membersVerb makes the verb that makes members of a module: those on the hosts that are named, all if there is none.
func (a *app) membersVerb(module, use, short, long, example string, args cobra.PositionalArgs) *cobra.Command {
	o := &runOptions{}
	c := &cobra.Command{
		Use: use, Short: short, Args: args,
		Long: long + "\n\n" + example + "\n\n" + exitHelp,
		RunE: func(c *cobra.Command, args []string) error {
			s, env, err := a.openEnvironment(c.Context(), o)
			if err != nil {
				return err
			}
			defer s.close()
			hosts, err := s.namedHosts(env, module, args)
			if err != nil {
				return err
			}
			verb := module + "-add"
			if err := s.runModule(c.Context(), verb, module, hosts); err != nil || module != "etcd" {
				return err
			}
			all, err := s.moduleHosts(env, module)
			if err != nil {
				return err
			}
			others := slices.DeleteFunc(all, func(h string) bool { return slices.Contains(hosts, h) })
			if len(others) == 0 {
				return nil
			}
			return s.runModule(c.Context(), verb, module, others)
		},
	}
	o.AddFlags(c.Flags())
	return c
}
