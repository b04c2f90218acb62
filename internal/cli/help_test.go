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
		case !strings.HasSuffix(c.Long, exitHelp):
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
