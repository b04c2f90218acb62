package format

import (
	"os/exec"
	"strings"
	"testing"
)

// readCron takes the command out of a crontab line. both says whether \\ stands for one backslash, as some crons have it.
func readCron(t *testing.T, line string, both bool) string {
	t.Helper()
	command, ok := strings.CutPrefix(line, "* * * * * root ")
	if !ok || strings.ContainsAny(command, "\n") {
		t.Fatalf("%q", line)
	}
	var b []byte
	escaped := false
	for _, c := range []byte(strings.TrimLeft(command, " \t")) {
		switch {
		case escaped:
			if c == '%' || both && c == '\\' {
				b = b[:len(b)-1]
			}
			b = append(b, c)
			escaped = false
		case c == '%':
			t.Fatalf("%q: the rest is the command's input", line)
		default:
			b = append(b, c)
			escaped = c == '\\'
		}
	}
	return string(b)
}

func TestCronReadsCommandsBack(t *testing.T) {
	for _, both := range []bool{false, true} {
		roundTrip(t, CronCommand, func(written string) string { return readCron(t, "* * * * * root "+written, both) }, func(s string) bool {
			return isLine(s) && s != "" && strings.TrimLeft(s, " \t") == s && !strings.Contains(s, `\\`) && !strings.Contains(s, `\%`)
		})
	}
}

func TestLinesStayOneLine(t *testing.T) {
	if got, err := CronLine("00 01 * * * postgres /pg/bin/pg-backup full\n"); err != nil || strings.Contains(got, "\n") {
		t.Errorf("%q, %v", got, err)
	}
	for _, s := range []string{"0 1 * * * postgres true\n* * * * * root id", "0 1 * * * x y\x00", "a\rb"} {
		if got, err := CronLine(s); err == nil {
			t.Errorf("%q was written as %q", s, got)
		}
	}
	for _, s := range []string{"10.10.10.10 a.pigsty a", "::1 ip6", "  10.0.0.1\tx # why", "# only a comment"} {
		if _, err := HostsLine(s); err != nil {
			t.Error(err)
		}
	}
	for _, s := range []string{"10.0.0.1", "x 10.0.0.1", "10.0.0.1 a\n10.0.0.2 b", "10.0.0.1 a;b", "10.0.0.1 a\x00", "10.0.0.1 $(id)"} {
		if got, err := HostsLine(s); err == nil {
			t.Errorf("%q was written as %q", s, got)
		}
	}
}

func TestINIReadsValuesBack(t *testing.T) {
	roundTrip(t, INIValue, func(written string) string {
		_, value, _ := strings.Cut("key = "+written, "=")
		return strings.TrimSpace(strings.SplitN(value, "\n", 2)[0])
	}, func(s string) bool { return isLine(s) && strings.TrimSpace(s) == s })
}

func TestGrafanaReadsValuesBack(t *testing.T) {
	roundTrip(t, GrafanaValue, func(written string) string {
		inner, ok := strings.CutPrefix(written, `"""`)
		if !ok || strings.Contains(written, "\n") {
			t.Fatalf("%q", written)
		}
		value, rest, _ := strings.Cut(inner, `"""`)
		if rest != "" {
			t.Fatalf("%q goes on with %q", written, rest)
		}
		return value
	}, func(s string) bool {
		return isLine(s) && !strings.HasSuffix(s, `"`) && !strings.Contains(s, `"""`) && !expands.MatchString(s)
	})
}

func TestShellsReadWordsBack(t *testing.T) {
	for _, s := range nasty {
		written, err := ShellWord(s)
		if err != nil {
			continue
		}
		out, err := exec.CommandContext(t.Context(), "sh", "-c", "printf '%s|' "+written).Output()
		if err != nil || string(out) != s+"|" {
			t.Errorf("%q was written as %s and read as %q, %v", s, written, out, err)
		}
	}
	for name, ok := range map[string]bool{"ll": true, "pg-list": true, "p": true, "": false, "-x": false, "a b": false, "a=b": false, "x;id": false, "a\nb": false} {
		if _, err := AliasName(name); (err == nil) != ok {
			t.Errorf("%q: %v", name, err)
		}
	}
}
