package cli

import (
	"errors"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"pig/internal/diag"
)

// nearFlag is a line about the flag that may be meant by one that c does not have; "" if none is near.
func nearFlag(c *cobra.Command, err error) string {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) || unknown.GetSpecifiedShortnames() != "" {
		return ""
	}
	var names []string
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	if near := diag.Nearest(unknown.GetSpecifiedName(), names); near != "" {
		return "\n  hint: did you mean --" + near + "?"
	}
	return ""
}
