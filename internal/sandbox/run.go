//go:build linux

package sandbox

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"
	"time"
)

// run executes a command of this machine and returns what it printed. A failure carries the command's own words.
func run(ctx context.Context, stdin string, argv ...string) (string, error) {
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.WaitDelay = 2 * time.Second
	if stdin != "" {
		cmd.Stdin = strings.NewReader(stdin)
	}
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	if err := cmd.Run(); err != nil {
		said := strings.TrimSpace(errOut.String())
		if said == "" {
			said = strings.TrimSpace(out.String())
		}
		return out.String(), fmt.Errorf("cannot run %s: %w: %s", strings.Join(argv, " "), err, said)
	}
	return out.String(), nil
}

// needTools says at once, and all at once, what the machine lacks.
func needTools(uid int, tools ...string) error {
	if uid != 0 {
		return fmt.Errorf("the sandbox needs root to create namespaces, cgroups and mounts")
	}
	var missing []string
	for _, t := range tools {
		if _, err := exec.LookPath(t); err != nil {
			missing = append(missing, t)
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("the sandbox needs %s: run scripts/setup.sh, or apt-get install systemd-container mmdebstrap iproute2 util-linux",
			strings.Join(missing, ", "))
	}
	return nil
}
