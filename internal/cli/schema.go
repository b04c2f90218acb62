package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"pig/internal/params"
	"pig/internal/plan"
	"pig/internal/value"
)

func (a *app) schema() *cobra.Command {
	return &cobra.Command{
		Use:   "schema [plan]",
		Short: "Print a JSON Schema of pigsty.yml, for editors",
		Long: `Print a JSON Schema (draft-07) of inventories, so that an editor completes and checks pigsty.yml.

  pig schema > pigsty.schema.json
  sed -i '1i # yaml-language-server: $schema=pigsty.schema.json' pigsty.yml
  pig schema plan > plan.schema.json

pig configure writes that first line. With plan it is the schema of plans: plan files, plan --json, pig show --json.

` + exitHelp,
		Args: cobra.MaximumNArgs(1), ValidArgs: []string{"plan"},
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 {
				if args[0] != "plan" {
					return fmt.Errorf("schema of %q not found: want plan, or no argument", args[0])
				}
				return a.printJSON(plan.Schema())
			}
			text, err := inventorySchema()
			if err != nil {
				return err
			}
			_, err = fmt.Fprint(a.out, text)
			return err
		},
	}
}

// schemaFile is where pig configure writes the schema, hidden from inventories that are folders, and modeline the line by which editors find it.
const (
	schemaFile = ".pigsty.schema.json"
	modeline   = "# yaml-language-server: $schema=" + schemaFile + "\n"
)

func inventorySchema() (string, error) {
	var b bytes.Buffer
	err := json.Indent(&b, value.JSON(params.Schema()), "", "  ")
	return b.String() + "\n", err
}

// writeSchema writes the schema of this version of pig. It is made by pig alone, and says nothing of the environment.
func writeSchema(path string) error {
	text, err := inventorySchema()
	if err != nil {
		return err
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil { //nolint:gosec // as above
		return fmt.Errorf("cannot write the schema: %w", err)
	}
	return nil
}
