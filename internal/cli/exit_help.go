package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// exitHelp stands at the end of the help of a command for the exit codes that the command has: see tellExits.
const exitHelp = "Exit status:"

// exitWords are the codes of single commands that mean something else there, or that no other command of its kind has.
var exitWords = map[string]map[int]string{
	"pig plan": {
		exitError:  "an error before any host was asked; with --detailed-exitcode any failure",
		exitFailed: "some host failed; with --detailed-exitcode changes are pending",
	},
	"pig drift":      {exitError: "an error, or some host failed", exitPending: "hosts differ from the inventory"},
	"pig status":     {exitFailed: "a cluster is not as declared, or some host failed"},
	"pig ssh":        {exitFailed: ""},
	"pig lint":       {exitFailed: "a rule found something"},
	"pig cmdb diff":  {exitPending: "the two inventories differ"},
	"pig node trust": {exitFailed: "a host has another key than the known one"},
	"pig pki status": {exitFailed: "a host trusts another CA, or some host failed"},
}

// tellExits ends the help of c, and of the commands below it, with the exit codes that each of them has.
func tellExits(c *cobra.Command) {
	if before, found := strings.CutSuffix(c.Long, exitHelp); found {
		c.Long = before + exitTable(c)
	}
	for _, sub := range c.Commands() {
		tellExits(sub)
	}
}

func exitTable(c *cobra.Command) string {
	has := func(flags ...string) bool {
		for _, f := range flags {
			if c.Flags().Lookup(f) != nil {
				return true
			}
		}
		return false
	}
	own := exitWords[c.CommandPath()]
	lines := []string{exitHelp}
	for _, e := range exitCodes {
		words, said := own[e.code]
		if !said {
			words = e.short
			switch e.code {
			case exitFailed, exitUnreachable, exitInterrupted:
				said = has("forks")
			case exitConfirm:
				said = has("yes", "confirm")
			default:
				said = true
			}
		}
		if said && words != "" {
			lines = append(lines, fmt.Sprintf("%3d  %s", e.code, words))
		}
	}
	return strings.Join(lines, "\n")
}
