package cli

import (
	"fmt"

	"github.com/spf13/cobra"
)

// Version is set when pig is built for release.
var Version = "dev" //nolint:gochecknoglobals // the linker sets it

func (a *app) version() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Show the version", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(a.out, "pig", Version)
			return err
		},
	}
}
