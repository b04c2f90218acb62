package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"pig/internal/diag"
	"pig/internal/inventory"
	"pig/internal/params"
	"pig/internal/value"
	"pig/internal/yaml"
)

type inventoryOptions struct {
	sourceOptions
	yaml        bool
	vars        bool
	showSecrets bool
}

func (a *app) inventory() *cobra.Command {
	c := &cobra.Command{
		Use:   "inventory",
		Short: "Show what the inventory declares",
		Long: `Show the hosts, groups and variables as Ansible reads them, and the clusters that they declare.

  pig inventory graph
  pig inventory host 10.10.10.11
  pig inventory resolve pg-test

The output of list, graph and host has the form of ansible-inventory. Secrets are masked.

` + exitHelp,
	}
	c.AddCommand(
		a.inventoryVerb("list", "Show all groups, hosts and variables as JSON", cobra.NoArgs, (*session).inventoryList),
		a.inventoryVerb("graph [GROUP]", "Show the tree of groups", cobra.MaximumNArgs(1), (*session).inventoryGraph),
		a.inventoryVerb("host HOST", "Show the variables of one host as JSON", cobra.ExactArgs(1), (*session).inventoryHost),
		a.inventoryVerb("resolve [CLUSTER|HOST]", "Show clusters with their members, services and rules as YAML", cobra.MaximumNArgs(1), (*session).inventoryResolve),
	)
	return c
}

func (a *app) inventoryVerb(use, short string, args cobra.PositionalArgs, run func(*session, *inventoryOptions, []string) error) *cobra.Command {
	o := &inventoryOptions{}
	c := &cobra.Command{
		Use: use, Short: short, Args: args,
		Long: short + ".\n\n  pig inventory " + strings.NewReplacer("[", "", "]", "", "CLUSTER|HOST", "pg-test", "GROUP", "pg-test", "HOST", "10.10.10.11").Replace(use) + "\n\n" + exitHelp,
		RunE: func(c *cobra.Command, args []string) error {
			s, err := a.read(c.Context(), &o.sourceOptions)
			if err != nil {
				return err
			}
			defer s.close()
			return run(s, o, args)
		},
	}
	o.AddFlags(c.Flags())
	o.limitFlag(c.Flags())
	c.Flags().BoolVar(&o.showSecrets, "show-secrets", false, "passwords and keys in clear text")
	switch {
	case strings.HasPrefix(use, "graph"):
		c.Flags().BoolVar(&o.vars, "vars", false, "variables too")
	case !strings.HasPrefix(use, "resolve"):
		c.Flags().BoolVarP(&o.yaml, "yaml", "y", false, "YAML instead of JSON")
	}
	return c
}

func (o *inventoryOptions) view() inventory.View {
	v := inventory.View{Vars: o.vars}
	if !o.showSecrets {
		v.Mask = params.Protect
	}
	return v
}

func (s *source) inventoryList(o *inventoryOptions, _ []string) error {
	list := s.inventory.List(o.view())
	if o.limit != "" {
		hosts, err := s.hosts()
		if err != nil {
			return err
		}
		keepHosts(list, hosts)
	}
	return s.dump(o, list)
}

// keepHosts takes all other hosts out of a list.
func keepHosts(list *value.Dict, hosts []*inventory.Host) {
	kept := func(name value.Value) bool {
		return slices.ContainsFunc(hosts, func(h *inventory.Host) bool { return h.Name == name })
	}
	for _, g := range list.All() {
		d, ok := g.(*value.Dict)
		if !ok {
			continue
		}
		if vars, ok := d.At("hostvars").(*value.Dict); ok {
			for _, h := range vars.StringKeys() {
				if !kept(h) {
					vars.Delete(h)
				}
			}
		}
		if names, ok := d.At("hosts").(*value.List); ok {
			names.Items = slices.DeleteFunc(slices.Clone(names.Items), func(v value.Value) bool { return !kept(v) })
		}
	}
}

func (s *source) inventoryGraph(o *inventoryOptions, args []string) error {
	name := "all"
	if len(args) > 0 {
		name = args[0]
	}
	g := s.inventory.Group(name)
	if g == nil {
		var names []string
		for _, g := range s.inventory.Groups() {
			names = append(names, g.Name)
		}
		return diag.Errorf(diag.Pos{}, "group %q not found in the inventory", name).WithHint("%s", diag.DidYouMean(name, names))
	}
	_, err := fmt.Fprint(s.app.out, s.inventory.Graph(g, o.view()))
	return err
}

func (s *source) inventoryHost(o *inventoryOptions, args []string) error {
	h := s.inventory.Host(args[0])
	if h == nil {
		return s.noHost(args[0])
	}
	return s.dump(o, s.inventory.HostView(h, o.view()))
}

func (s *source) noHost(name string) error {
	var names []string
	for _, h := range s.inventory.Hosts() {
		names = append(names, h.Name)
	}
	return diag.Errorf(diag.Pos{}, "host %q not found in the inventory", name).WithHint("%s", diag.DidYouMean(name, names))
}

func (s *runner) inventoryResolve(o *inventoryOptions, args []string) error {
	env, err := s.environment()
	if err != nil {
		return err
	}
	var v value.Value = env.View()
	if len(args) > 0 {
		if v = one(env.View(), args[0]); v == nil {
			vars := env.Vars(args[0])
			if vars == nil {
				return s.noCluster(env, args[0])
			}
			v = vars
		}
	}
	if d, ok := v.(*value.Dict); ok && !o.showSecrets {
		v = params.Protect(d)
	}
	text := yaml.Dump(v, yaml.DumpOptions{Mask: !o.showSecrets})
	if !o.showSecrets {
		text = s.redacted(text) // facts repeat variables of other members under names of their own
	}
	_, err = fmt.Fprint(s.app.out, text)
	return err
}

// one finds a cluster in a view by its name.
func one(view *value.Dict, name string) value.Value {
	for _, list := range view.All() {
		switch l := list.(type) {
		case *value.List:
			for _, item := range l.Items {
				if d, ok := item.(*value.Dict); ok && d.At("cluster") == name && d.Has("members") {
					return d
				}
			}
		case *value.Dict:
			if l.At("cluster") == name {
				return l
			}
		}
	}
	return nil
}

func (s *screen) dump(o *inventoryOptions, v value.Value) error {
	if o.yaml {
		_, err := fmt.Fprint(s.app.out, yaml.Dump(v, yaml.DumpOptions{}))
		return err
	}
	text, err := prettyJSON(v)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(s.app.out, text)
	return err
}

// prettyJSON is v as ansible-inventory prints it: sorted, four blanks deep.
func prettyJSON(v value.Value) (string, error) {
	d := json.NewDecoder(bytes.NewReader(value.PlainJSON(v)))
	d.UseNumber()
	var tree any
	if err := d.Decode(&tree); err != nil {
		return "", err
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "    ")
	err := e.Encode(tree)
	return strings.TrimSuffix(b.String(), "\n"), err
}
