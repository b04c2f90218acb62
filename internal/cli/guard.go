package cli

import (
	"pig/internal/diag"
	"pig/internal/params"
	"pig/internal/product"
	"pig/internal/value"
)

// unguarded fails if the safeguard is on for any of hosts.
func (s *runner) unguarded(env *product.Environment, safeguard string, hosts []string) error {
	for _, h := range hosts {
		vars := s.vars(env, h)
		if v := vars.At(safeguard); v != nil && !params.IsTemplate(v) && value.Truthy(v) {
			return diag.Errorf(vars.KeyPos(safeguard), "%s is true for %s: nothing is removed", safeguard, h).
				WithHint("to allow the removal, write %s: false in the inventory", safeguard)
		}
	}
	return nil
}
