package cli

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"pig/internal/inventory"
	"pig/internal/params"
	"pig/internal/value"
)

func (a *app) why() *cobra.Command {
	o := &sourceOptions{}
	c := &cobra.Command{
		Use:   "why HOST PARAMETER",
		Short: "Show the source of the value of a parameter",
		Long: `Show where the value of a parameter of a host comes from: each place that sets it, the later overriding the
earlier. The value that counts is marked. Secrets are masked. No host is asked.

  pig why 10.10.10.11 pg_version
  pig why 10.10.10.11 pg_conf -e pg_conf=tiny.yml

` + exitHelp,
		Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			s, err := a.read(c.Context(), o)
			if err != nil {
				return err
			}
			defer s.close()
			h := s.inventory.Host(args[0])
			if h == nil {
				return s.noHost(args[0])
			}
			return s.tellWhy(h, args[1])
		},
	}
	o.AddFlags(c.Flags())
	return c
}

// tellWhy prints the places that set a variable of a host.
func (s *session) tellWhy(h *inventory.Host, name string) error {
	if p := params.Lookup(name); p != nil {
		name = p.Name // an older name has the value of today's
	}
	places := s.settings(h, name)
	if len(places) == 0 {
		if _, err := params.Find(name); err != nil {
			return err
		}
		_, err := fmt.Fprintf(s.app.out, "%s of %s has no value and no default.\n", name, h.Name)
		return err
	}
	last := places[len(places)-1].Value
	if rendered, err := s.render(h, nil, last); err == nil {
		last = rendered
	}
	fmt.Fprintf(s.app.out, "%s of %s is %s\n", name, h.Name, shownValue(name, last))
	w := tabwriter.NewWriter(s.app.out, 0, 8, 2, ' ', 0)
	for i, p := range places {
		mark, at := " ", "-"
		if i == len(places)-1 {
			mark = "*"
		}
		if p.Pos.Known() {
			at = p.Pos.String()
		}
		fmt.Fprintf(w, "%s %s\t%s\t%s\n", mark, p.By, at, shownValue(name, p.Value))
	}
	return w.Flush()
}

// settings are all places that set a variable of a host: pig's default, what follows from the whole inventory, the inventory, -e.
func (s *session) settings(h *inventory.Host, name string) (all []inventory.Setting) {
	if p := params.Lookup(name); p != nil && p.Default != nil {
		all = append(all, inventory.Setting{By: "default", Value: p.Default})
	}
	if env, _ := s.mistakes(); env != nil {
		if vars := env.Vars(h.Name); vars != nil && vars.Has(name) {
			all = append(all, inventory.Setting{By: "follows from the inventory", Value: vars.At(name)})
		}
	}
	all = append(all, s.inventory.Settings(h, name)...)
	if v, ok := s.extra.Get(name); ok {
		all = append(all, inventory.Setting{By: "--extra-vars", Value: v})
	}
	return all
}

// longestShown is how many characters of a value are shown in a line.
const longestShown = 72

// shownValue is a value in one line, as YAML has it, without what is secret.
func shownValue(name string, v value.Value) string {
	v = params.ProtectValue(name, v)
	text, ok := v.(string)
	if !ok {
		text = strings.Trim(string(value.JSON(v)), `"`) // a password is six dots
	}
	if runes := []rune(text); len(runes) > longestShown {
		return string(runes[:longestShown-3]) + "..."
	}
	return text
}
