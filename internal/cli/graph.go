package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"pig/internal/diag"
	"pig/internal/graph"
	"pig/internal/product"
)

func (a *app) graph() *cobra.Command {
	o := &sourceOptions{}
	var dot bool
	c := &cobra.Command{
		Use:   "graph [MODULE|CLUSTER ...]",
		Short: "Show the order in which clusters are created",
		Long: `Show the units of the inventory, one for each module and cluster, and the units that each one waits for. Units that do
not wait for each other run at the same time.

  pig graph
  pig graph --dot | dot -Tsvg > pigsty.svg

` + exitHelp,
		RunE: func(c *cobra.Command, args []string) error {
			s, err := a.read(c.Context(), o)
			if err != nil {
				return err
			}
			defer s.close()
			env, err := s.environment()
			if err != nil {
				return err
			}
			g, err := s.units(env, args)
			if err != nil {
				return err
			}
			text := graphText
			if dot {
				text = graphDOT
			}
			out, err := text(g)
			if err != nil {
				return err
			}
			_, err = fmt.Fprint(a.out, out)
			return err
		},
	}
	o.AddFlags(c.Flags())
	o.limitFlag(c.Flags())
	c.Flags().BoolVar(&dot, "dot", false, "output for Graphviz")
	return c
}

// graphText lists the units in an order in which they could run one by one.
func graphText(g *graph.Graph[product.Unit]) (string, error) {
	order, err := g.Sort()
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, name := range order {
		u, _ := g.Node(name)
		fmt.Fprintf(&b, "%s: %s\n", name, strings.Join(u.Hosts, " "))
		if needs := g.Needs(name); len(needs) > 0 {
			fmt.Fprintf(&b, "  after %s\n", strings.Join(needs, ", "))
		}
	}
	return b.String(), nil
}

func graphDOT(g *graph.Graph[product.Unit]) (string, error) {
	order, err := g.Sort()
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString("digraph pig {\n  rankdir=LR;\n  node [shape=box];\n")
	for _, name := range order {
		u, _ := g.Node(name)
		fmt.Fprintf(&b, "  %q [label=%q];\n", name, name+"\n"+strings.Join(u.Hosts, "\n"))
		for _, need := range g.Needs(name) {
			fmt.Fprintf(&b, "  %q -> %q;\n", need, name)
		}
	}
	b.WriteString("}\n")
	return b.String(), nil
}

// noCluster says that there is no such cluster, and which one may be meant.
func (s *source) noCluster(env *product.Environment, name string) error {
	var names []string
	for _, p := range env.Products() {
		for _, c := range p.Clusters(env) {
			if c.Name == name {
				return diag.Errorf(diag.Pos{}, "cluster %q belongs to %s, which this command does not support", name, p.Name()).WithHint("pig --help lists the verbs of %s", p.Name())
			}
			if c.Name != "" {
				names = append(names, c.Name)
			}
		}
	}
	d := diag.Errorf(diag.Pos{}, "cluster %q not found in the inventory", name)
	if near := diag.DidYouMean(name, names); near != "" {
		return d.WithHint("%s", near)
	}
	return d.WithHint("the inventory declares %s", strings.Join(names, ", "))
}
