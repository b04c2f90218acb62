package cli

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// Every command says what it is for, shows an example, and tells its exit status.
func TestHelp(t *testing.T) {
	t.Parallel()
	a := &app{Build: built(), in: strings.NewReader(""), out: io.Discard, err: io.Discard}
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		if isProgram(c.Name()) { // their help is Ansible's
			return
		}
		for _, sub := range c.Commands() {
			walk(sub)
		}
		if c.Hidden || c.Name() == "help" || c.Name() == "version" {
			return
		}
		switch {
		case c.Short == "" || strings.HasSuffix(c.Short, "."):
			t.Errorf("%s: a line of its own, without a full stop, in place of %q", c.CommandPath(), c.Short)
		case !strings.Contains(c.Long, "\n  pig "):
			t.Errorf("%s: no example", c.CommandPath())
		case !strings.Contains(c.Long, exitHelp+"\n  0  done\n  1  "):
			t.Errorf("%s: no exit status at the end", c.CommandPath())
		}
		for line := range strings.SplitSeq(c.Long, "\n") {
			if len(line) > 124 {
				t.Errorf("%s: a line of %d characters: %s", c.CommandPath(), len(line), line)
			}
		}
	}
	walk(a.root())
}

func TestSamplesCanBePlannedWithoutTheirNodes(t *testing.T) {
	t.Parallel()
	for _, name := range samples() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if testing.Short() && name != "mixed" {
				t.Skip("a plan takes a second, and that of mixed has all products")
			}
			var out bytes.Buffer
			if code := Main(built(), []string{"pig", "plan", "--offline", "-i", "../../inventory/" + name + ".yml"}, strings.NewReader(""), &out, &out); code != 0 {
				t.Errorf("exit status %d\n%s", code, out.String())
			}
		})
	}
}

// The help of a command has the exit codes that the command can end with, and no others.
func TestHelpHasTheCommandsOwnExitCodes(t *testing.T) {
	t.Parallel()
	a := &app{Build: built(), in: strings.NewReader(""), out: io.Discard, err: io.Discard}
	root := a.root()
	for path, want := range map[string]string{
		"explain":           "0 1",
		"validate":          "0 1",
		"plan":              "0 1 2 4 130",
		"apply":             "0 1 2 4 7 130",
		"cmdb diff":         "0 1 2",
		"pgsql-switchover":  "0 1 2 4 7 130",
		"pgsql-backup":      "0 1 2 4 130",
		"inventory resolve": "0 1",
		"ssh":               "0 1 4 130",
	} {
		c, _, err := root.Find(strings.Fields(path))
		if err != nil {
			t.Fatal(err)
		}
		_, table, _ := strings.Cut(c.Long, exitHelp+"\n")
		var codes []string
		for line := range strings.SplitSeq(table, "\n") {
			codes = append(codes, strings.Fields(line)[0])
		}
		if got := strings.Join(codes, " "); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	for path := range exitWords {
		if c, _, err := root.Find(strings.Fields(path)[1:]); err != nil || c.CommandPath() != path {
			t.Errorf("no command %q", path)
		}
	}
}
