package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// mostTried is how many arguments are tried to learn whether a verb wants more of them.
const mostTried = 8

// takes tells whether a verb that refuses these arguments would take more of them, or fewer.
func takes(c *cobra.Command, check cobra.PositionalArgs, args []string) (more, fewer bool) {
	for n := len(args) - 1; n >= 0 && !fewer; n-- {
		fewer = check(c, args[:n]) == nil
	}
	for n := len(args) + 1; n <= mostTried && !fewer && !more; n++ {
		more = check(c, append(slices.Clone(args), slices.Repeat([]string{"x"}, n-len(args))...)) == nil
	}
	return more, fewer
}

// argumentNames are those that the usage line of a verb has: CLUSTER, [PORT ...], PARAMETER | MODULE.
func argumentNames(c *cobra.Command) []string {
	_, rest, _ := strings.Cut(c.Use, " ")
	return namesOfUse(rest)
}

func namesOfUse(rest string) []string {
	var names []string
	for rest = strings.TrimSpace(rest); rest != ""; rest = strings.TrimSpace(rest) {
		end := strings.IndexByte(rest, ' ')
		if rest[0] == '[' {
			end = strings.IndexByte(rest, ']') + 1
		}
		if end <= 0 {
			end = len(rest)
		}
		switch name := rest[:end]; {
		case len(names) > 0 && (name == "..." || name == "|" || strings.HasSuffix(names[len(names)-1], " |")):
			names[len(names)-1] += " " + name
		default:
			names = append(names, name)
		}
		rest = rest[end:]
	}
	return names
}

func takesNone(c *cobra.Command) bool { return len(argumentNames(c)) == 0 }

// argumentsOf says which arguments a verb takes.
func argumentsOf(c *cobra.Command) string { return strings.Join(argumentNames(c), " and ") }

// missingArgument says which one is the next that a verb lacks.
func missingArgument(c *cobra.Command, given int) string {
	names := argumentNames(c)
	if given >= len(names) {
		return "an argument is missing"
	}
	return strings.TrimSuffix(strings.TrimSuffix(names[given], "..."), " ") + " is missing"
}
