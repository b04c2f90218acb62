package cli

import (
	"pig/internal/products"
	"pig/internal/products/onnode"
)

// built is what pig can do.
func built() Build { return Build{Products: products.All(), Modules: onnode.Modules()} }
