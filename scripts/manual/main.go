// Command manual writes the manual pages of pig: manual VERSION DIRECTORY. $SOURCE_DATE_EPOCH is their date.
package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"pig/internal/cli"
	"pig/internal/products"
	"pig/internal/products/onnode"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: manual VERSION DIRECTORY")
		os.Exit(1)
	}
	if err := write(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func write(version, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	root := cli.Command(cli.Build{Products: products.All(), Modules: onnode.Modules()})
	prepare(root)
	return doc.GenManTree(root, &doc.GenManHeader{Section: "1", Source: "pig " + version, Manual: "pig"}, dir)
}

// prepare makes the help of c and of the commands below Markdown, which pages are made of.
func prepare(c *cobra.Command) {
	c.DisableAutoGenTag = true
	c.Long = markdown(c.Long)
	for _, sub := range c.Commands() {
		prepare(sub)
	}
}

// markdown is the text of a --help as Markdown: indented lines are examples, and the exit status has a heading.
func markdown(help string) string {
	var b strings.Builder
	code, exits := false, false
	fence := func(on bool) {
		if on != code {
			b.WriteString("```\n")
			code = on
		}
	}
	for line := range strings.Lines(help) {
		text := strings.TrimRight(line, "\n")
		switch {
		case text == "Exit status:":
			fence(false)
			b.WriteString("# EXIT STATUS\n\n")
			exits = true // a table, to the end
			continue
		case exits || strings.HasPrefix(text, "  "):
			fence(true)
			b.WriteString(strings.TrimPrefix(text, "  ") + "\n")
			continue
		}
		fence(false)
		b.WriteString(escape(text) + "\n")
	}
	fence(false)
	return b.String()
}

// escape keeps characters as they are that mean something in Markdown.
func escape(text string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "_", `\_`, "`", "\\`", "<", `\<`, "[", `\[`).Replace(text)
}
