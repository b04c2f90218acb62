package cli

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"pig/internal/params"
	"pig/internal/value"
)

func (a *app) schema() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print a JSON Schema of pigsty.yml, for editors",
		Long: `Print a JSON Schema (draft 2020-12) of inventories, so that an editor completes and checks pigsty.yml.

  pig schema > pigsty.schema.json
  sed -i '1i # yaml-language-server: $schema=pigsty.schema.json' pigsty.yml

` + exitHelp,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			var b bytes.Buffer
			if err := json.Indent(&b, value.JSON(params.Schema()), "", "  "); err != nil {
				return err
			}
			_, err := fmt.Fprintln(a.out, b.String())
			return err
		},
	}
}
