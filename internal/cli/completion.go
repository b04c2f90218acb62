package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"pig/internal/diag"
)

func (a *app) completion() *cobra.Command {
	return &cobra.Command{
		Use:   "completion bash|zsh|fish",
		Short: "Print a script that completes commands in a shell",
		Long: `Print a script with which a shell completes the commands, flags, clusters, hosts, members, users and databases of pig. The
names come from the inventory of the directory, or that of -i. No host is asked. The packages of pig install the scripts.

  pig completion bash >/etc/bash_completion.d/pig
  pig completion zsh >"${fpath[1]}/_pig"
  pig completion fish >~/.config/fish/completions/pig.fish

` + exitHelp,
		Args: cobra.ExactArgs(1), ValidArgs: []string{"bash", "zsh", "fish"},
		RunE: func(c *cobra.Command, args []string) error {
			switch args[0] {
			case "bash":
				return c.Root().GenBashCompletionV2(a.out, true)
			case "zsh":
				return c.Root().GenZshCompletion(a.out)
			case "fish":
				return c.Root().GenFishCompletion(a.out, true)
			}
			return misused{diag.Errorf(diag.Pos{}, "invalid shell %q: want one of %s", args[0], strings.Join(c.ValidArgs, ", "))}
		},
	}
}
