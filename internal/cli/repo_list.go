package cli

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"pig/internal/engine"
	"pig/internal/format"
	"pig/internal/health"
	"pig/internal/ui"
	"pig/internal/value"
)

func (a *app) repoList() *cobra.Command {
	o := &runOptions{}
	contents := false
	c := &cobra.Command{
		Use: "list", Short: "List the packages of the repository", Args: cobra.NoArgs,
		Long: `List the packages in the index of the repository on each infra host, and files that differ from the index.

  pig repo list
  pig repo list --contents

Hosts cannot install a package file that the index does not have: pig repo add or pig repo build adds the file to the
index. If a file differs, the exit status is 2.

` + exitHelp,
		RunE: func(c *cobra.Command, _ []string) error { return a.listPackages(c.Context(), o, contents) },
	}
	o.AddFlags(c.Flags())
	c.Flags().BoolVar(&contents, "contents", false, "comparison of checksums in addition to sizes")
	return c
}

func (a *app) listPackages(ctx context.Context, o *runOptions, contents bool) error {
	s, err := a.openRepository(ctx, o)
	if err != nil {
		return err
	}
	defer s.close()
	e := s.engine(s.base, s.quiet())
	failed, unreachable := false, false
	for _, host := range s.hosts {
		args := value.DictOf("path", s.packager.RepositoryPath(s.vars(s.env, host)), "contents", contents)
		r := e.Everywhere(ctx, []string{host}, "package_list", args)[host]
		if r.Failed {
			unreachable = unreachable || r.Unreachable
			failed = failed || !r.Unreachable
			fmt.Fprintln(a.err, a.paint.Red("! "+host+": "+r.Msg))
			continue
		}
		failed = failed || len(health.Items(r.Values.At("problems"))) > 0
		if err := s.showRepository(host, r); err != nil {
			return err
		}
	}
	return hostStatus(failed, unreachable)
}

// showRepository shows what a host's repository holds.
func (s *screen) showRepository(host string, r engine.Result) error {
	event := ui.RepositoryEvent{Host: host, Packages: []ui.PackageFields{}, Problems: []string{}}
	for _, p := range health.Items(r.Values.At("problems")) {
		event.Problems = append(event.Problems, value.Str(p))
	}
	for _, item := range health.Items(r.Values.At("packages")) {
		if d, ok := item.(*value.Dict); ok {
			size, _ := d.At("size").(int64)
			event.Packages = append(event.Packages, ui.PackageFields{
				Package: value.Str(d.At("package")), Version: value.Str(d.At("version")), Architecture: value.Str(d.At("architecture")), File: value.Str(d.At("file")), Size: size,
			})
		}
	}
	if s.opt.json {
		return s.app.emit(event)
	}
	var b strings.Builder
	bytes, _ := r.Values.At("bytes").(int64)
	fmt.Fprintf(&b, "repository of %s: %s, %d MB\n", s.app.paint.Bold(host), format.Plural(len(event.Packages), "package"), bytes>>20)
	w := tabwriter.NewWriter(&b, 0, 8, 2, ' ', 0)
	for _, p := range event.Packages {
		fmt.Fprintf(w, "  %s\t%s\t%s\t%d kB\n", p.Package, p.Version, p.Architecture, (p.Size+1023)>>10)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, p := range event.Problems {
		fmt.Fprintf(&b, "  %s %s\n", s.app.paint.Red("!"), p)
	}
	_, err := fmt.Fprint(s.app.out, b.String())
	return err
}
