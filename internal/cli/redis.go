package cli

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"pig/internal/diag"
	"pig/internal/inventory"
	"pig/internal/product"
	prredis "pig/internal/products/redis"
)

// redisVerb is a verb about one Redis cluster, a node of it, or single instances.
type redisVerb struct {
	use, short, long string
	example          string
	run              func(ctx context.Context, w *redisWork) error
}

// redisWork is a session with what the operator named.
type redisWork struct {
	*session
	verb    string
	env     *product.Environment
	cluster *prredis.Cluster
	hosts   []string
	ports   []int // of the one host; none means all instances
	confirm string
}

func (a *app) redisVerbs() []*cobra.Command {
	verbs := []redisVerb{
		{
			"redis-add CLUSTER|HOST|INSTANCE [PORT ...]", "Create a Redis cluster, or add a host or instances",
			"Create a Redis cluster. With a host: only the instances of that host. With ports: only the instances at those ports. An\ninstance joins a native cluster without slots: pig redis-rebalance moves slots to new primaries.",
			"  pig redis-add redis-ms\n  pig redis-add 10.10.10.14\n  pig redis-add 10.10.10.10 6381\n  pig redis-add redis-ms-1-6381", redisAdd,
		},
		{
			"redis-rm CLUSTER|HOST|INSTANCE [PORT ...]", "Remove a Redis cluster, a host or instances",
			"Remove a Redis cluster with its data, the instances of one host, or the instances at some ports. A replica that stays\ntakes over from a removed primary. The inventory must have redis_safeguard: false. Type the name of the cluster to\nconfirm, or give it with --confirm.",
			"  pig redis-rm redis-ms\n  pig redis-rm 10.10.10.14 --confirm redis-test\n  pig redis-rm 10.10.10.10 6381", redisRemove,
		},
		{
			"redis-rebalance CLUSTER", "Rebalance the slots of a native Redis cluster",
			"Move slots with their keys until every primary of a native cluster has an equal share. Clients go on meanwhile. --check\nshows the slots that would move.",
			"  pig redis-rebalance redis-test --check\n  pig redis-rebalance redis-test", redisRebalance,
		},
	}
	var all []*cobra.Command
	for _, v := range verbs {
		all = append(all, a.redisVerb(v))
	}
	return all
}

func (a *app) redisVerb(v redisVerb) *cobra.Command {
	o := &runOptions{}
	name, _, _ := strings.Cut(v.use, " ")
	w := &redisWork{verb: name}
	c := &cobra.Command{
		Use: v.use, Short: v.short, Args: orLimit(o, cobra.MinimumNArgs(1)),
		Long: v.long + "\n\n" + v.example + "\n\n" + exitHelp,
		RunE: func(c *cobra.Command, args []string) error {
			s, env, err := a.openEnvironment(c.Context(), o)
			if err != nil {
				return err
			}
			defer s.close()
			w.session, w.env = s, env
			if len(args) == 0 {
				name, err := s.clusterOf(env.ClusterAt("redis"))
				if err != nil {
					return err
				}
				args = []string{name}
			}
			if err := w.find(args[0], args[1:]); err != nil {
				return err
			}
			return v.run(c.Context(), w)
		},
	}
	o.AddFlags(c.Flags())
	if name == "redis-rm" {
		c.Flags().StringVar(&w.confirm, "confirm", "", "name of the cluster, instead of typing it")
	}
	return c
}

// find finds what the operator means: a cluster, a host of one, or an instance by its name.
func (w *redisWork) find(name string, ports []string) error {
	for _, c := range prredis.Of(w.env) {
		for _, m := range c.Members {
			for _, i := range m.Instances {
				if i.Name == name {
					w.cluster, w.hosts, w.ports = c, []string{m.Name}, []int{i.Port}
				}
			}
			if m.Name == name {
				w.cluster, w.hosts = c, []string{m.Name}
			}
		}
		if c.Name == name {
			w.cluster, w.hosts = c, c.Hosts()
		}
	}
	if w.cluster == nil {
		return w.noCluster(w.env, name)
	}
	limited, err := w.session.hosts()
	if err != nil {
		return err
	}
	w.hosts = slices.DeleteFunc(w.hosts, func(h string) bool {
		return !slices.ContainsFunc(limited, func(l *inventory.Host) bool { return l.Name == h })
	})
	if len(w.hosts) == 0 {
		return fmt.Errorf("no node of %s matches %s", w.cluster.Name, w.opt.limit)
	}
	return w.findPorts(ports)
}

func (w *redisWork) findPorts(ports []string) error {
	if len(ports) > 0 && len(w.hosts) > 1 {
		return fmt.Errorf("%s has %d hosts: name the host of the instances", w.cluster.Name, len(w.hosts))
	}
	for _, text := range ports {
		port, err := strconv.Atoi(text)
		if err != nil || !slices.Contains(w.declared(w.hosts[0]), port) {
			var all []string
			for _, p := range w.declared(w.hosts[0]) {
				all = append(all, strconv.Itoa(p))
			}
			return diag.Errorf(w.cluster.Pos, "%s has no instance at port %s on %s", w.cluster.Name, text, w.hosts[0]).WithHint("declared there: %s", strings.Join(all, ", "))
		}
		w.ports = append(w.ports, port)
	}
	return nil
}

// declared are the ports of a host's instances.
func (w *redisWork) declared(host string) []int {
	var ports []int
	for _, m := range w.cluster.Members {
		for _, i := range m.Instances {
			if m.Name == host {
				ports = append(ports, i.Port)
			}
		}
	}
	return ports
}

// each runs a playbook for all instances, or for one port after the other.
func (w *redisWork) each(ctx context.Context, playbook string) error {
	if len(w.ports) == 0 {
		return w.runModule(ctx, w.verb, playbook, w.hosts)
	}
	for _, port := range w.ports {
		w.extra.Set("redis_port", int64(port))
		w.base.ExtraVars = w.extra
		if err := w.runModule(ctx, w.verb, playbook, w.hosts); err != nil {
			return err
		}
	}
	return nil
}

func redisAdd(ctx context.Context, w *redisWork) error { return w.each(ctx, "redis") }

func redisRebalance(ctx context.Context, w *redisWork) error {
	if w.cluster.Mode != "cluster" {
		return diag.Errorf(w.cluster.Pos, "%s has no slots: redis_mode is %s", w.cluster.Name, w.cluster.Mode)
	}
	w.base.Tags = []string{"redis_rebalance"}
	return w.runModule(ctx, w.verb, "redis", w.hosts)
}

func redisRemove(ctx context.Context, w *redisWork) error {
	if err := w.unguarded(w.env, "redis_safeguard", w.hosts); err != nil {
		return err
	}
	if !w.base.Plan {
		if err := w.typed(w.cluster.Name, w.confirm, removed(w.cluster.Name, w.hosts)); err != nil {
			return err
		}
	}
	err := w.each(ctx, "redis-rm")
	if w.base.Plan {
		return err
	}
	if departed(err) && !w.staysOn() {
		w.tellKnown(w.env, "redis", w.hosts)
	}
	if err != nil {
		return err
	}
	if len(w.ports) > 0 || len(w.hosts) < len(w.cluster.Hosts()) {
		fmt.Fprintf(w.app.err, "Delete the removed instances from the inventory: the next pig apply would create them again.\n")
	}
	return nil
}

// staysOn tells whether instances stay on the one host of which some are removed: that host goes on to know their password.
func (w *redisWork) staysOn() bool {
	return len(w.ports) > 0 && slices.ContainsFunc(w.declared(w.hosts[0]), func(port int) bool { return !slices.Contains(w.ports, port) })
}
