package cli

import (
	"github.com/spf13/cobra"

	"pig/internal/agent"
	"pig/internal/node"
)

// agent serves a node when this build carries no agents of their own and pig sends itself.
func (a *app) agent() *cobra.Command {
	var stdio bool
	c := &cobra.Command{
		Use: "agent", Hidden: true, Args: cobra.MaximumNArgs(1), Short: "Run the agent of this host",
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 1 {
				agent.Settle(args[0])
			}
			return agent.NewServer(node.NewLive(), a.Modules).Serve(c.Context(), a.in, a.out)
		},
	}
	c.Flags().BoolVar(&stdio, "stdio", false, "protocol on standard input and output")
	return c
}
