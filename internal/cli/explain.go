package cli

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"pig/internal/params"
)

func (a *app) explain() *cobra.Command {
	return &cobra.Command{
		Use:   "explain PARAMETER[.FIELD...] | MODULE | SECTION",
		Short: "Explain a parameter of the inventory",
		Long: `Explain a parameter: what it is for, its type, its default, where it is set, and the fields inside it.

  pig explain pg_conf
  pig explain pg_users.roles
  pig explain PG_BOOTSTRAP      the parameters of a section, or of a module such as pgsql

` + exitHelp,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if some := params.Load().Of(args[0]); some != nil {
				return explainList(a.out, some)
			}
			p, err := params.Find(args[0])
			if err != nil {
				return err
			}
			return a.explainOne(args[0], p)
		},
	}
}

func (a *app) explainOne(path string, p *params.Param) error {
	name := path
	if !strings.Contains(path, ".") {
		name = p.Name // an older name explains the one of today
	}
	fmt.Fprintf(a.out, "%s: %s\n", a.paint.Bold(name), p.Doc)
	w := tabwriter.NewWriter(a.out, 0, 8, 2, ' ', 0)
	for _, f := range p.Facts() {
		fmt.Fprintf(w, "  %s\t%s\n", f.Name, f.Text)
	}
	if err := w.Flush(); err != nil || p.Type.Object == nil {
		return err
	}
	fmt.Fprintf(a.out, "\nFields (pig explain %s.FIELD):\n", name)
	return explainList(a.out, p.Type.Object.Fields)
}

// explainList is a line for each parameter or field.
func explainList(out io.Writer, some []*params.Param) error {
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	for _, p := range some {
		doc := p.Doc
		if p.Unused != "" {
			doc += " (no effect: " + p.Unused + ")"
		}
		fmt.Fprintf(w, "  %s\t%s\t%s\n", p.Name, p.Type, doc)
	}
	return w.Flush()
}
