// Command pig turns a pigsty.yml into running clusters.
package main

import (
	"os"

	"pig/internal/cli"
	"pig/internal/products"
)

func main() {
	os.Exit(cli.Main(products.All(), os.Args, os.Stdin, os.Stdout, os.Stderr))
}
