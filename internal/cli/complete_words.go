package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"pig"
	"pig/internal/inventory"
	"pig/internal/params"
	"pig/internal/playbook"
	"pig/internal/product"
	"pig/internal/secret"
)

// words are those that a kind of argument can be: of the catalog, or of the inventory.
func (o completer) words(c *cobra.Command, kind string, args []string, begun string) []string {
	switch kind {
	case "PARAMETER":
		return parameters(begun)
	case "SECTION":
		return params.Load().Sections()
	case "MODULE":
		var names []string
		for _, p := range o.app.Products {
			names = append(names, p.Name())
		}
		return names
	case "GROUP", "PATTERN":
		inv := o.glance(c)
		if inv == nil {
			return nil
		}
		names := groupsOf(inv)
		if kind == "PATTERN" {
			hosts, _ := namesOf(inv.Hosts(), nil)
			names = append(names, hosts...)
		}
		return names
	case "", "COMMAND", "OPTION":
		return nil
	}
	inv := o.glance(c)
	if inv == nil {
		return nil
	}
	env, _ := product.Resolve(inv, o.app.Products, product.Options{})
	if o.offer != nil {
		if words := o.offer(env, kind, args); words != nil {
			return words
		}
	}
	return env.Offers(o.product, kind, args)
}

// parameters are those of the catalog, or the fields of the one that is begun: pg_users.
func parameters(begun string) []string {
	dot := strings.LastIndexByte(begun, '.')
	if dot < 0 {
		return params.Load().Names()
	}
	p, err := params.Find(begun[:dot])
	if err != nil || p.Type.Object == nil {
		return nil
	}
	var fields []string
	for _, f := range p.Type.Object.Fields {
		fields = append(fields, begun[:dot+1]+f.Name)
	}
	return fields
}

// limits are the groups and hosts of the inventory.
func (o completer) limits(c *cobra.Command, args []string, begun string) []string {
	return o.words(c, "PATTERN", args, begun)
}

// tags are those of the tasks that a verb can run: of its playbook, of its product's, or of all products'.
func (o completer) tags(c *cobra.Command, args []string, _ string) []string {
	s := o.runner()
	known := func(name string) bool {
		_, err := s.files.Read(playbookPath(name))
		return err == nil
	}
	var names []string
	switch {
	case c.Name() == "play":
		return nil // its playbooks may be anybody's
	case known(c.Name()):
		names = []string{c.Name()}
	case o.product != nil:
		names = []string{o.product.Name()}
	default:
		for _, p := range o.app.Products {
			if known(p.Name()) {
				names = append(names, p.Name())
			}
		}
	}
	tags, _, err := s.tagsOf(names)
	if err != nil {
		return nil
	}
	return append(tags, everyTag...)
}

// runner reads pig's own playbooks, and reaches no host.
func (o completer) runner() *runner {
	return newRunner(newSource(newScreen(o.app, &runOptions{}, secret.NewRedactor()), playbook.NewFiles(pig.Content())), o.app.Modules)
}

// glance reads the inventory that a verb would read, as far as its files tell: no script is run, no database and no password asked.
// nil is an inventory that cannot be read so.
func (o completer) glance(c *cobra.Command) *inventory.Inventory {
	sources := []string{defaultInventory}
	if given, err := c.Flags().GetStringArray("inventory"); err == nil && len(given) > 0 {
		sources = given
	} else if enabled(".") {
		return nil
	}
	inv, _, err := inventory.Load(sources, inventory.Options{Closed: true, NoScripts: true})
	if err != nil || inv.ByAddress(params.Addresses(inv)) != nil {
		return nil
	}
	return inv
}

func groupsOf(inv *inventory.Inventory) (names []string) {
	for _, g := range inv.Groups() {
		names = append(names, g.Name)
	}
	return names
}
