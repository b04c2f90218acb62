package lookups

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"pig/internal/jinja/runtime"
	"pig/internal/value"
)

// commandTime bounds a command of a lookup: a template that waits forever would hold up its host without a word.
const commandTime = 10 * time.Minute

// lookupPipe gives what commands print. They are the author's own; one in which a node had a say is refused.
func lookupPipe(s *runtime.Scope, args []value.Value, _ *value.Dict) (*value.List, error) {
	found := value.NewList()
	for _, a := range args {
		out, err := output(s, a, "pipe")
		if err != nil {
			return nil, err
		}
		found.Append(strings.TrimRight(out, "\r\n \t"))
	}
	return found, nil
}

// lookupLines gives the lines that commands print.
func lookupLines(s *runtime.Scope, args []value.Value, _ *value.Dict) (*value.List, error) {
	found := value.NewList()
	for _, a := range args {
		out, err := output(s, a, "lines")
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(out) {
			found.Append(strings.TrimRight(line, "\r\n"))
		}
	}
	return found, nil
}

func output(s *runtime.Scope, command value.Value, name string) (string, error) {
	if err := settled([]value.Value{command}); err != nil {
		return "", err
	}
	if s.ChosenByNode() {
		return "", errors.New("the command comes from a host, and a host cannot choose what runs here")
	}
	ctx, cancel := context.WithTimeout(context.Background(), commandTime)
	defer cancel()
	out, err := exec.CommandContext(ctx, "/bin/sh", "-c", value.Str(command)).Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return "", fmt.Errorf("lookup_plugin.%s(%s) returned %d", name, value.Str(command), exit.ExitCode())
	}
	return string(out), err
}
