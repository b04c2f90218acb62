package node

import (
	"fmt"
	"strings"
)

// CommandError is a command of pig's own that failed.
type CommandError struct {
	Argv   []string
	Output Output
}

func (e *CommandError) Error() string {
	text := strings.TrimSpace(string(e.Output.Stderr))
	if text == "" {
		text = strings.TrimSpace(string(e.Output.Stdout))
	}
	if lines := strings.Split(text, "\n"); len(lines) > 12 {
		text = strings.Join(lines[len(lines)-12:], "\n")
	}
	return fmt.Sprintf("%s: exit status %d: %s", e.Argv[0], e.Output.RC, text)
}
