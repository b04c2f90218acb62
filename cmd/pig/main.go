// Command pig turns a pigsty.yml into running clusters.
package main

import (
	"os"

	"pig/internal/cli"
)

func main() {
	os.Exit(cli.Main(os.Args, os.Stdin, os.Stdout, os.Stderr))
}
