package cli

import (
	"github.com/spf13/cobra"

	"pig/internal/resolve"
)

func (a *app) infraVerbs() []*cobra.Command {
	return []*cobra.Command{a.removalVerb(removal{
		use: "infra-rm [HOST ...]", short: "Remove monitoring and the portal",
		long:    "Remove monitoring and the portal from infra nodes, with all metrics. The package repository, names and the CA stay: other\nnodes need them. The word infra has to be typed, or given with --confirm.",
		example: "  pig infra-rm --confirm infra\n  pig infra-rm 10.10.10.11 --confirm infra", args: cobra.ArbitraryArgs,
		module: "infra",
		name:   func(*resolve.Environment, []string) string { return "infra" },
		hint: func(*resolve.Environment, []string) string {
			return "Monitoring and the portal are gone. pig apply makes them again."
		},
	})}
}
