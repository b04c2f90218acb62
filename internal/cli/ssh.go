package cli

import (
	"github.com/spf13/cobra"
)

func (a *app) ssh() *cobra.Command {
	o := &runOptions{}
	replica := false
	c := &cobra.Command{
		Use:   "ssh HOST|CLUSTER [-- COMMAND ...]",
		Short: "Open a shell on a host, or on the leader of a cluster",
		Long: `Open a shell on a host with the ssh of this machine, over the connection that the inventory declares. CLUSTER stands for the
host that leads it now. The exit status is that of the shell or the command.

  pig ssh 10.10.10.11
  pig ssh pg-test -- sudo journalctl -u patroni -n 50
  pig ssh pg-test --replica

` + exitHelp,
		Args: func(c *cobra.Command, args []string) error {
			if dash := c.ArgsLenAtDash(); dash >= 0 {
				args = args[:dash]
			}
			return cobra.ExactArgs(1)(c, args)
		},
		RunE: func(c *cobra.Command, args []string) error {
			s, env, err := a.openEnvironment(c.Context(), o)
			if err != nil {
				return err
			}
			defer s.close()
			host := args[0]
			if h := s.inventory.Host(host); h != nil {
				host = h.Name
			} else if host, err = s.serving(c.Context(), env, host, replica); err != nil {
				return err
			}
			return s.openTerminal(c.Context(), host, args[1:])
		},
	}
	o.AddFlags(c.Flags())
	c.Flags().BoolVar(&replica, "replica", false, "the replica with the smallest lag, instead of the leader")
	return c
}
