package redis

import (
	"strconv"

	"pig/internal/product"
)

// ports are those of the instances on the host that the first argument names.
func ports(e *product.Environment, kind string, args []string) (all []string) {
	if kind != "PORT" || len(args) == 0 {
		return nil
	}
	for _, c := range Of(e) {
		for _, m := range c.Members {
			if m.Name != args[0] {
				continue
			}
			for _, i := range m.Instances {
				all = append(all, strconv.Itoa(i.Port))
			}
		}
	}
	return all
}
