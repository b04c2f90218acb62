package cli

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"pig/internal/plan"
	"pig/internal/ui"
)

type showOptions struct {
	json, markdown, gitlab, diff bool
	verbosity                    int
}

// AddFlags adds the flags to a command.
func (o *showOptions) AddFlags(f *pflag.FlagSet) {
	f.BoolVar(&o.json, "json", false, "the plan as one JSON document")
	f.BoolVar(&o.markdown, "markdown", false, "Markdown for a comment of a merge request, below 60 kB")
	f.BoolVar(&o.gitlab, "gitlab", false, "counts for the report artifact terraform of GitLab")
	f.BoolVarP(&o.diff, "diff", "D", false, "differences of changed contents")
	f.CountVarP(&o.verbosity, "verbose", "v", "every change of a long plan; twice: of every host")
}

func (a *app) show() *cobra.Command {
	o := &showOptions{}
	c := &cobra.Command{
		Use:   "show PLANFILE",
		Short: "Show a plan file",
		Long: `Show a plan file as text, JSON, Markdown, or counts. No host is asked, and no inventory is read.

  pig plan --out my.plan && pig show my.plan
  pig show my.plan --json | jq .summary
  pig show my.plan --markdown >> "$GITHUB_STEP_SUMMARY"
  pig show my.plan --gitlab > plan.json

The output of pig plan --json is read as well. docs/reference/plan.schema.json describes the document.

` + exitHelp,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			d, err := plan.OpenDocument(args[0])
			if err != nil {
				return err
			}
			return a.showDocument(d, o)
		},
	}
	o.AddFlags(c.Flags())
	c.MarkFlagsMutuallyExclusive("json", "markdown", "gitlab")
	return c
}

// unasked tells of a plan that was made with --offline.
const unasked = "This plan was made without connections, for new machines of an assumed size (plan --offline)."

func (a *app) showDocument(d *plan.Document, o *showOptions) error {
	switch {
	case o.json:
		return a.printJSON(d.Public(o.diff))
	case o.gitlab:
		return a.printJSON(gitlabCounts(d.Summary))
	}
	p, err := d.Plan()
	if err != nil {
		return err
	}
	note := ""
	if p.Offline {
		note = unasked
	}
	if o.markdown {
		_, err = fmt.Fprint(a.out, ui.Markdown(p.Units, note))
		return err
	}
	text := ui.Plan(a.paint, p.Units, ui.PlanOptions{Diff: o.diff, Verbosity: o.verbosity}) + ui.Totals(a.paint, p.Units, false)
	if note != "" {
		text += note + "\n"
	}
	_, err = fmt.Fprint(a.out, text)
	return err
}

func (a *app) printJSON(v any) error {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(a.out, string(text))
	return err
}

// gitlabReport is what the report artifact terraform of GitLab has.
type gitlabReport struct {
	Create int `json:"create"`
	Update int `json:"update"`
	Delete int `json:"delete"`
}

// gitlabCounts has three numbers for all: what is run, and tasks of which only a run can tell, count as updates, so that no plan with changes
// looks empty.
func gitlabCounts(s plan.DocumentSummary) gitlabReport {
	return gitlabReport{s.Create, s.Update + s.Run + s.Unknown, s.Delete}
}
