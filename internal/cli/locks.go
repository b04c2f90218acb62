package cli

import (
	"bufio"
	"context"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"pig/internal/diag"
	"pig/internal/format"
	"pig/internal/inventory"
	"pig/internal/ui"
	"pig/internal/value"
)

func (a *app) lock() *cobra.Command {
	c := &cobra.Command{
		Use:   "lock",
		Short: "Show and break the locks of hosts",
		Long: `Show which run holds the lock of which host, and break locks. A run that changes a host holds its lock, and the lock ends
with the run, also if the run is killed.

  pig lock list
  pig lock break 10.10.10.11

` + exitHelp,
	}
	c.AddCommand(a.lockList(), a.lockBreak())
	return c
}

func (a *app) lockList() *cobra.Command {
	o := &runOptions{}
	c := &cobra.Command{
		Use: "list", Short: "List the locked hosts and the holders of the locks", Args: cobra.NoArgs,
		Long: "List the locked hosts and the holders of the locks.\n\n  pig lock list -l pg-test\n\n" + exitHelp,
		RunE: func(c *cobra.Command, _ []string) error {
			s, err := a.open(c.Context(), o)
			if err != nil {
				return err
			}
			defer s.close()
			hosts, err := namesOf(s.hosts())
			if err != nil {
				return err
			}
			found, status := s.locks(c.Context(), hosts, "shown")
			if err := s.showLocks(found); err != nil {
				return err
			}
			return status
		},
	}
	o.reachFlags(c.Flags())
	c.Flags().BoolVar(&o.json, "json", false, "output as JSON, one event a line")
	return c
}

func (a *app) lockBreak() *cobra.Command {
	o := &runOptions{}
	yes := false
	c := &cobra.Command{
		Use: "break HOST ...", Short: "End the runs that hold the locks of hosts", Args: cobra.MinimumNArgs(1),
		Long: `End the agents that hold the locks of hosts, in the middle of what they do. The next run takes up what is left.

  pig lock break 10.10.10.11

Stop the other run where it was started, if you can: it ends its tasks first.

` + exitHelp,
		RunE: func(c *cobra.Command, args []string) error {
			s, err := a.open(c.Context(), o)
			if err != nil {
				return err
			}
			defer s.close()
			hosts, err := exactHosts(s.inventory, args)
			if err != nil {
				return err
			}
			return s.breakLocks(c.Context(), hosts, yes)
		},
	}
	o.reachFlags(c.Flags())
	c.Flags().BoolVarP(&yes, "yes", "y", false, "no question before breaking")
	return c
}

// exactHosts are the hosts of an inventory that have these names. A pattern is none: who breaks a lock has read the name of the host.
func exactHosts(inv *inventory.Inventory, names []string) ([]string, error) {
	var hosts, known []string
	for _, h := range inv.Hosts() {
		known = append(known, h.Name)
	}
	for _, n := range names {
		h := inv.Host(n)
		if h == nil {
			d := diag.Errorf(diag.Pos{}, "host %q not found in the inventory", n)
			if near := diag.DidYouMean(n, known); near != "" {
				d = d.WithHint("%s", near)
			}
			return nil, d
		}
		hosts = append(hosts, h.Name)
	}
	return hosts, nil
}

// heldLock is the lock of a host.
type heldLock struct{ host, holder, err string }

// locks asks hosts for their locks, or breaks them. The error is the exit status of hosts that did not answer.
func (s *runner) locks(ctx context.Context, hosts []string, state string) (found []heldLock, status error) {
	results := s.locker().Everywhere(ctx, hosts, "node_lock", value.DictOf("state", state))
	for _, h := range hosts {
		r := results[h]
		l := heldLock{host: h}
		switch {
		case r.Unreachable:
			l.err = r.Reason()
			if status == nil {
				status = exitStatus(exitUnreachable)
			}
		case r.Failed:
			l.err, status = r.Reason(), exitStatus(exitFailed)
		case r.Values != nil:
			l.holder = diag.OneLine(value.Str(r.Values.At("holder")))
		}
		found = append(found, l)
	}
	return found, status
}

func (s *screen) showLocks(found []heldLock) error {
	if s.opt.json {
		for _, l := range found {
			if err := s.app.emit(ui.LockEvent{Host: l.host, Locked: l.holder != "", Holder: l.holder, Msg: l.err}); err != nil {
				return err
			}
		}
		return nil
	}
	w := tabwriter.NewWriter(s.app.out, 0, 8, 2, ' ', 0)
	held, none := 0, "No host is locked."
	for _, l := range found {
		switch {
		case l.err != "":
			none = "No other host is locked."
			fmt.Fprintf(s.app.err, "%s: %s\n", l.host, diag.Visible(l.err))
			continue
		case l.holder == "":
			continue
		case held == 0:
			fmt.Fprintln(w, "HOST\tHOLDER")
		}
		held++
		fmt.Fprintf(w, "%s\t%s\n", l.host, l.holder)
	}
	if held == 0 {
		fmt.Fprintln(w, none)
	}
	return w.Flush()
}

// breakLocks ends who holds the locks of hosts, once the operator has seen who it is.
func (s *session) breakLocks(ctx context.Context, hosts []string, yes bool) error {
	found, status := s.locks(ctx, hosts, "shown")
	if err := s.showLocks(found); err != nil {
		return err
	}
	var held []string
	for _, l := range found {
		if l.holder != "" {
			held = append(held, l.host)
		}
	}
	if len(held) == 0 {
		return status
	}
	if !yes {
		if !s.terminal() {
			fmt.Fprintln(s.app.err, "Nothing was changed: no terminal to confirm on. Add --yes.")
			return exitStatus(exitConfirm)
		}
		if !s.answers(bufio.NewReader(s.in), fmt.Sprintf("End the runs on %s? [y/N] ", format.Plural(len(held), "host")), "y", "yes") {
			return exitStatus(exitConfirm)
		}
	}
	broken, failed := s.locks(ctx, held, "broken")
	for _, l := range broken {
		switch {
		case l.err != "":
			fmt.Fprintf(s.app.err, "%s: %s\n", l.host, diag.Visible(l.err))
		case l.holder != "":
			fmt.Fprintf(s.app.err, "Lock of %s broken: %s\n", l.host, l.holder)
		}
	}
	if failed != nil {
		return failed
	}
	return status
}
