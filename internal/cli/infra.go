package cli

import (
	"github.com/spf13/cobra"

	"pig/internal/product"
)

func (a *app) infraVerbs() []*cobra.Command {
	return []*cobra.Command{a.removalVerb(removal{
		use: "infra-rm [HOST ...]", short: "Remove monitoring and the portal from infra hosts",
		long:    "Remove monitoring and the portal from infra hosts, with all metrics. The package repository, DNS names and the CA stay:\nother hosts need them. Type the word infra to confirm, or give it with --confirm.",
		example: "  pig infra-rm --confirm infra\n  pig infra-rm 10.10.10.11 --confirm infra", args: cobra.ArbitraryArgs,
		module: "infra",
		name:   func(*product.Environment, []string) string { return "infra" },
		hint: func(*product.Environment, []string) string {
			return "Monitoring and the portal are removed. To create them again, run: pig apply"
		},
	})}
}
