// Command pig turns a pigsty.yml into running clusters.
package main

import (
	"os"

	"pig/internal/cli"
	"pig/internal/products"
	"pig/internal/products/onnode"
)

func main() {
	os.Exit(cli.Main(cli.Build{Products: products.All(), Modules: onnode.Modules()}, os.Args, os.Stdin, os.Stdout, os.Stderr))
}
