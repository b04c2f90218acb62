package cli

import (
	"context"
	"errors"
	"os/exec"

	"pig/internal/diag"
	"pig/internal/health"
	"pig/internal/product"
	"pig/internal/transport"
)

// openTerminal runs a command on a host as the operator's own ssh would, in the operator's terminal: a login shell without a command. It ends
// with the status of the command.
func (s *runner) openTerminal(ctx context.Context, host string, argv []string) error {
	h, err := s.engine(s.base, s.quiet()).Reach(host)
	if err != nil {
		return err
	}
	tty := isTerminal(s.app.in)
	line := argv
	switch {
	case !h.Local:
		if line, err = transport.Command(h.Target, tty, argv); err == nil && s.opt.sandbox != "" {
			line, err = insideSandbox(s.opt.sandbox, line)
		}
		if err != nil {
			return err
		}
	case len(argv) == 0:
		line = []string{"sh", "-l"}
	}
	c := exec.CommandContext(ctx, line[0], line[1:]...) //nolint:gosec // what the operator asks for
	c.Stdin, c.Stdout, c.Stderr = s.app.in, s.app.out, s.app.err
	err = c.Run()
	var ended *exec.ExitError
	if errors.As(err, &ended) && ended.ExitCode() >= 0 {
		return exitStatus(ended.ExitCode())
	}
	return err
}

// serving is the host of a cluster's leader; of the replica that is the least behind, if replica says so.
func (s *runner) serving(ctx context.Context, env *product.Environment, cluster string, replica bool) (string, error) {
	report, err := s.report(ctx, env, []string{cluster})
	if err != nil {
		return "", err
	}
	c := report.Clusters[0]
	if host := choose(c, replica); host != "" {
		return host, nil
	}
	role := "leader"
	if replica {
		role = "replica"
	}
	d := diag.Errorf(diag.Pos{}, "cluster %s has no reachable %s", cluster, role)
	if len(c.Members) > 0 {
		return "", d.WithHint("name a host instead, such as %s; pig status %s shows the members", c.Members[0].Host, cluster)
	}
	return "", d
}

// choose picks the host of the leader, or of the running replica that is the least behind; "" if there is none.
func choose(c health.Cluster, replica bool) string {
	best, behind := "", int64(-1)
	for _, m := range c.Members {
		leads := m.Name == c.Leader
		switch {
		case !replica && leads:
			return m.Host
		case !replica || leads || m.Lag == nil || m.State != "running" && m.State != "streaming":
		case behind < 0 || *m.Lag < behind:
			best, behind = m.Host, *m.Lag
		}
	}
	return best
}
