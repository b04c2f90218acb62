package module

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"pig/internal/node"
)

// Explained is what find makes of cause on a machine that acts. What fails in a plan is told as it is: what stands there is not yet what the
// plan makes of it, and is no evidence.
func Explained(ctx context.Context, c *Call, cause error, find func(ctx context.Context) error) error {
	return c.System.Await(ctx, node.Wait{
		Met:  func(context.Context) error { return node.Final(cause) },
		Late: func(ctx context.Context, _ error) error { return find(ctx) },
	})
}

// Diagnose finds out why a unit did not do what it was told: one probable cause first, then the evidence.
func Diagnose(ctx context.Context, c *Call, unit string, cause error) error {
	return Explained(ctx, c, cause, func(ctx context.Context) error { return unitEvidence(ctx, c, unit, cause) })
}

func unitEvidence(ctx context.Context, c *Call, unit string, cause error) error {
	var evidence []string
	u, err := c.System.Services().Unit(ctx, unit)
	if err == nil {
		evidence = append(evidence, fmt.Sprintf("unit %s is %s (%s), result %s", unit, u.Active, u.Sub, u.Result))
	}
	log := Journal(ctx, c, unit)
	evidence = append(evidence, log...)
	for _, fs := range []string{"/", "/var", "/data", "/tmp"} {
		if full := DiskFull(ctx, c, fs); full != "" {
			evidence = append(evidence, full)
		}
	}
	why := probable(log, evidence)
	if why == "" {
		why = cause.Error()
	}
	return fmt.Errorf("%s: %s\n  %s", unit, why, strings.Join(evidence, "\n  "))
}

// Journal gives the last lines that the unit wrote.
func Journal(ctx context.Context, c *Call, unit string) []string {
	out, err := c.System.Exec(ctx, node.Cmd{Argv: []string{"journalctl", "-u", unit, "-n", "12", "--no-pager", "-o", "cat"}, ReadOnly: true})
	if err != nil || out.RC != 0 {
		return nil
	}
	var lines []string
	for line := range strings.SplitSeq(strings.TrimSpace(string(out.Stdout)), "\n") {
		if line != "" && !strings.HasPrefix(line, "-- ") {
			lines = append(lines, "log: "+line)
		}
	}
	return lines
}

var dfLine = regexp.MustCompile(`\s(9[89]|100)%\s`)

// DiskFull tells that the file system of a path has no room left, as a piece of evidence; "" if it has some.
func DiskFull(ctx context.Context, c *Call, path string) string {
	out, err := c.System.Exec(ctx, node.Cmd{Argv: []string{"df", "-P", path}, ReadOnly: true})
	if err != nil || out.RC != 0 || !dfLine.Match(out.Stdout) {
		return ""
	}
	lines := strings.Split(strings.TrimSpace(string(out.Stdout)), "\n")
	return "disk: " + lines[len(lines)-1]
}

// signs are what logs say, and what it means.
var signs = []struct {
	pattern *regexp.Regexp
	cause   string
}{
	{regexp.MustCompile(`(?i)no space left on device|disk quota exceeded`), "the disk is full"},
	{regexp.MustCompile(`(?i)address already in use|cannot bind socket|could not bind`), "another process uses the port already"},
	{regexp.MustCompile(`(?i)permission denied|operation not permitted`), "permission denied for a file of the service"},
	{regexp.MustCompile(`(?i)system id mismatch|belongs to a different cluster`), "the data directory belongs to another cluster"},
	{regexp.MustCompile(`(?i)certificate (signed by unknown authority|has expired|verify failed)|x509:`), "a certificate does not verify"},
	{regexp.MustCompile(`(?i)(unknown|invalid|unrecognized) (keyword|option|parameter|directive|configuration)|syntax error|yaml:|error(s)? found in configuration`), "the configuration has an error"},
	{regexp.MustCompile(`(?i)no such file or directory|command not found|status=203/EXEC`), "a file of the service is missing"},
	{regexp.MustCompile(`(?i)out of memory|cannot allocate memory|oom-kill`), "not enough memory"},
	{regexp.MustCompile(`(?i)password authentication failed|authentication failed`), "a password is wrong"},
	{regexp.MustCompile(`(?i)connection refused|no route to host|i/o timeout|context deadline exceeded`), "a service that this one depends on does not answer"},
	{regexp.MustCompile(`(?i)start request repeated too quickly`), "the service failed too often in a row"},
}

func probable(logs, evidence []string) string {
	text := strings.Join(append(append([]string(nil), logs...), evidence...), "\n")
	for _, s := range signs {
		if s.pattern.MatchString(text) {
			return "probably " + s.cause
		}
	}
	if strings.Contains(text, "disk: ") {
		return "probably the disk is full"
	}
	return ""
}
