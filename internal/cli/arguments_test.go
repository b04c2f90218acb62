package cli

import (
	"bytes"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

func TestWrongNumbersOfArgumentsNameThem(t *testing.T) {
	for line, want := range map[string]string{
		"pgsql-user pg-test": "error: pig pgsql-user needs CLUSTER and USER: USER is missing\nusage: pig pgsql-user CLUSTER USER",
		"pgsql-user":         "error: pig pgsql-user needs CLUSTER and USER: CLUSTER is missing\n",
		"pgsql-user a b c":   `error: pig pgsql-user takes CLUSTER and USER: unexpected argument "c"` + "\n",
		"repo bundle":        "error: pig repo bundle needs FILE: FILE is missing\n",
		"secret show":        "error: pig secret show needs NAME: NAME is missing\n",
		"journal show a b":   `error: pig journal show takes [RUN]: unexpected argument "b"` + "\n",
		"redis-add":          "error: pig redis-add needs CLUSTER|HOST|INSTANCE and [PORT ...]: CLUSTER|HOST|INSTANCE is missing\n",
		"play":               "error: pig play needs FILE.yml ...: FILE.yml is missing\n",
		"explain":            "error: pig explain needs PARAMETER[.FIELD...] | MODULE | SECTION: PARAMETER[.FIELD...] | MODULE | SECTION is missing\n",
		"explain pg users":   `error: pig explain takes PARAMETER[.FIELD...] | MODULE | SECTION: unexpected argument "users"`,
		"version x":          `error: pig version takes no argument "x"`,
		"pgsql-pitr a b":     `error: pig pgsql-pitr takes CLUSTER: unexpected argument "b"`,
	} {
		var out bytes.Buffer
		code := Main(built(), append([]string{"pig"}, strings.Fields(line)...), strings.NewReader(""), &out, &out)
		if code != 1 || !strings.HasPrefix(out.String(), want) {
			t.Errorf("%s: exit status %d\n%s\nwant %s", line, code, out.String(), want)
		}
	}
}

// No verb leaves its user with the words of the library, which name no argument.
func TestNoVerbSpeaksOfArgs(t *testing.T) {
	var each func(c *cobra.Command)
	each = func(c *cobra.Command) {
		if c.Args != nil && !c.HasSubCommands() {
			for n := range 5 {
				if err := c.Args(c, []string{"a", "b", "c", "d", "e"}[:n]); err != nil && strings.Contains(err.Error(), "arg(s)") {
					t.Errorf("%s with %d arguments: %v", c.CommandPath(), n, err)
				}
			}
		}
		for _, sub := range c.Commands() {
			each(sub)
		}
	}
	each((&app{Build: built()}).root())
}
