//go:build !linux

package cli

import (
	"errors"

	"github.com/spf13/cobra"

	"pig/internal/transport"
)

var errNeedsLinux = errors.New("the sandbox needs Linux: its nodes are containers and network namespaces of this machine")

// sandbox refuses all its verbs: they stay known, so that who types one is told why.
func (a *app) sandbox() *cobra.Command {
	return &cobra.Command{
		Use: "sandbox", Short: "Manage local test nodes (on Linux)", DisableFlagParsing: true,
		RunE: func(*cobra.Command, []string) error { return errNeedsLinux },
	}
}

// reachSandbox refuses --sandbox.
func reachSandbox(string) (transport.Config, string, error) {
	return transport.Config{}, "", errNeedsLinux
}

// insideSandbox refuses --sandbox.
func insideSandbox(string, []string) ([]string, error) { return nil, errNeedsLinux }
