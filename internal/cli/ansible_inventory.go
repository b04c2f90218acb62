package cli

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"pig/internal/inventory"
	"pig/internal/secret"
	"pig/internal/toml"
	"pig/internal/value"
	"pig/internal/vault"
	"pig/internal/yaml"
)

// inventoryProgram is ansible-inventory.
type inventoryProgram struct {
	runOptions
	list, graph, vars, yaml, toml, export bool
	host, output, playbookDir             string
}

func (a *app) ansibleInventory() *cobra.Command {
	o := &inventoryProgram{}
	c := &cobra.Command{
		Use: "ansible-inventory [GROUP]", Short: "Show the inventory as Ansible reads it", Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			actions := 0
			for _, asked := range []bool{o.list, o.graph, o.host != ""} {
				if asked {
					actions++
				}
			}
			switch {
			case actions == 0:
				return options("No action selected, at least one of --host, --graph or --list needs to be specified.")
			case actions > 1:
				return options("Conflicting options used, only one of --host, --graph or --list can be used at the same time.")
			}
			return a.showInventory(c, o, args)
		},
	}
	f := c.Flags()
	o.passwords.vaultFlags(f)
	f.StringArrayVarP(&o.inventory, "inventory", "i", nil, "inventory file, directory, script or host list; may be repeated")
	f.StringVarP(&o.limit, "limit", "l", "", "pattern of the hosts to show")
	f.StringArrayVarP(&o.extraVars, "extra-vars", "e", nil, "variables of the highest precedence: key=value, JSON, or @file; may be repeated")
	f.CountVarP(&o.verbosity, "verbose", "v", "more output; may be repeated")
	f.StringVar(&o.playbookDir, "playbook-dir", "", "directory with additional group_vars and host_vars")
	f.BoolVar(&o.list, "list", false, "all hosts and groups, as an inventory script prints them")
	f.StringVar(&o.host, "host", "", "variables of one host, as an inventory script prints them")
	f.BoolVar(&o.graph, "graph", false, "tree of groups")
	f.BoolVar(&o.vars, "vars", false, "variables in the tree")
	f.BoolVarP(&o.yaml, "yaml", "y", false, "YAML in place of JSON")
	f.BoolVar(&o.toml, "toml", false, "TOML in place of JSON")
	f.BoolVar(&o.export, "export", false, "group variables in the groups, instead of repeated for each host")
	f.StringVar(&o.output, "output", "", "file to write")
	return c
}

func (a *app) showInventory(c *cobra.Command, o *inventoryProgram, args []string) error {
	if err := a.configuredFrom(&o.runOptions, c); err != nil {
		return err
	}
	o.playbooks = o.playbookDir
	s, err := a.open(c.Context(), &o.runOptions)
	if err != nil {
		return err
	}
	defer s.close()
	view := inventory.Listing{Export: o.export, Extra: s.extra, Seal: s.sealed}
	var text string
	switch {
	case o.graph:
		name := "all"
		if len(args) > 0 {
			name = args[0]
		}
		g := s.inventory.Group(name)
		if g == nil {
			return options("Pattern must be valid group name when using --graph")
		}
		text = strings.TrimSuffix(s.inventory.Graph(g, inventory.View{Vars: o.vars}), "\n")
	case o.host != "":
		found, err := s.inventory.Match(o.host)
		if err != nil || len(found) != 1 {
			return options("You must pass a single valid host to --host parameter")
		}
		text, err = o.text(view.Vars(s.inventory, found[0]))
		if err != nil {
			return err
		}
	default:
		hosts, err := s.hosts()
		if err != nil {
			return err
		}
		view.Shows = func(h *inventory.Host) bool { return slices.Contains(hosts, h) }
		d := view.Script(s.inventory)
		switch {
		case o.yaml:
			d = view.Tree(s.inventory, false)
		case o.toml:
			d = view.Tree(s.inventory, true)
		}
		if text, err = o.text(d); err != nil {
			return err
		}
	}
	if o.output != "" {
		return os.WriteFile(o.output, []byte(text), 0o644) //nolint:gosec // as Ansible writes it
	}
	_, err = fmt.Fprintln(a.out, text)
	return err
}

// text is a mapping in the form that was asked for.
func (o *inventoryProgram) text(d *value.Dict) (string, error) {
	switch {
	case o.yaml:
		return yaml.Dump(d, yaml.DumpOptions{Flow: yaml.FlowNever, SortKeys: true, Vault: true}), nil
	case o.toml:
		return toml.Dump(d)
	}
	return prettyJSON(d)
}

// sealed is a value that was encrypted in the inventory as it can be read again, encrypted.
func (s *source) sealed(v value.Value, asYAML bool) value.Value {
	text, ok := v.(secret.Text)
	if !ok || len(s.secrets) == 0 {
		return v
	}
	with := s.secrets[0]
	sealed, err := vault.EncryptAs(with.id, []byte(text.Plain()), with.password)
	if err != nil {
		return text.Masked()
	}
	if asYAML {
		return secret.New(string(sealed))
	}
	return value.DictOf("__ansible_vault", string(sealed))
}
