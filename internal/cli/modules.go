package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"pig/internal/inventory"
	"pig/internal/product"
)

// moduleVerb makes the verb of a module: its playbook, at once, on the hosts that -l selects.
func (a *app) moduleVerb(module, short, example string) *cobra.Command {
	o := &runOptions{}
	c := &cobra.Command{
		Use:   module,
		Short: short,
		Long: short + `, without a plan and without a question.

` + example + `
Tags are Pigsty's. --check tells what would change, --diff how.

` + exitHelp,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.module(c.Context(), o, module, module)
		},
	}
	o.AddFlags(c.Flags())
	if module == "pgsql" {
		confirmFlag(c, &o.confirm)
	}
	return c
}

func confirmFlag(c *cobra.Command, names *[]string) {
	c.Flags().StringSliceVar(names, "confirm", nil, "names of the objects that may lose their data; may be repeated")
}

func (a *app) modules() []*cobra.Command {
	return []*cobra.Command{
		a.moduleVerb("infra", "Apply the infra module to its hosts", "  pig infra\n  pig infra -t repo\n"),
		a.moduleVerb("etcd", "Apply the etcd module to its hosts", "  pig etcd\n  pig etcd -t etcd_config --check --diff\n"),
		a.moduleVerb("minio", "Apply the minio module to its hosts", "  pig minio\n  pig minio -t minio_provision --check\n"),
		a.moduleVerb("pgsql", "Apply the pgsql module to its hosts", "  pig pgsql -l pg-test\n  pig pgsql -l pg-test -t pg_hba --check --diff\n"),
		a.moduleVerb("redis", "Apply the redis module to its hosts", "  pig redis -l redis-test\n  pig redis -l redis-ms -t redis_config --check --diff\n"),
	}
}

// node is the module, and the parent of verbs about nodes themselves.
func (a *app) node() *cobra.Command {
	c := a.moduleVerb("node", "Apply the node module to its hosts", "  pig node -l pg-test\n  pig node -t node_repo\n  pig node trust\n")
	c.AddCommand(a.nodeTrust())
	return c
}

// module runs the playbook of that name on the hosts of module.
func (a *app) module(ctx context.Context, o *runOptions, module, playbook string) error {
	s, env, err := a.openEnvironment(ctx, o)
	if err != nil {
		return err
	}
	defer s.close()
	hosts, err := s.moduleHosts(env, module)
	if err != nil {
		return err
	}
	if module == "pgsql" { // what its roles do once is done in each cluster
		s.base.Cluster = env.ClusterAt("pgsql")
	}
	return s.runModule(ctx, module, playbook, hosts)
}

// runModule runs one of pig's own playbooks on hosts.
func (s *session) runModule(ctx context.Context, verb, playbook string, hosts []string) error {
	if err := s.checkTags(playbook); err != nil {
		return err
	}
	plays, err := s.load([]string{playbookPath(playbook)})
	if err != nil {
		return err
	}
	s.recreate, s.confirmed = s.opt.confirm, append([]string{}, s.opt.confirm...)
	if !s.base.Plan {
		release, err := s.lockHosts(ctx, hosts)
		if err != nil {
			return err
		}
		defer release()
	}
	o := s.base
	o.FreeByDefault = true
	return s.run(ctx, verb, s.engine(o, s.sink()), plays, hosts...)
}

// orLimit lets -l stand for the name of a cluster, as playbooks have it: ./playbooks/pgsql-rm.yml -l pg-test.
func orLimit(o *runOptions, args cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, given []string) error {
		if len(given) == 0 && o.limit != "" && args(c, []string{o.limit}) == nil {
			return nil
		}
		return args(c, given)
	}
}

// clusterOf is the one cluster of which -l selects hosts; of gives the cluster of a host, "" for none.
func (s *session) clusterOf(of func(host string) string) (string, error) {
	hosts, err := s.hosts()
	if err != nil {
		return "", err
	}
	var names []string
	for _, h := range hosts {
		if name := of(h.Name); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) != 1 {
		return "", fmt.Errorf("invalid -l %q: selects hosts of %d clusters (%s): name one cluster", s.opt.limit, len(names), strings.Join(names, ", "))
	}
	return names[0], nil
}

// moduleHosts are the hosts of a module that -l leaves.
func (s *session) moduleHosts(env *product.Environment, module string) ([]string, error) {
	members := env.HostsOf(module)
	limited, err := s.hosts()
	if err != nil {
		return nil, err
	}
	limited = slices.DeleteFunc(slices.Clone(limited), func(h *inventory.Host) bool { return !slices.Contains(members, h.Name) })
	var names []string
	for _, h := range limited {
		names = append(names, h.Name)
	}
	switch {
	case len(members) == 0:
		return nil, fmt.Errorf("the inventory declares no %s hosts", module)
	case len(names) == 0:
		return nil, fmt.Errorf("no %s host matches %s", module, s.opt.limit)
	}
	return names, nil
}
