package imitation

import (
	"fmt"
	"slices"
	"strings"
)

// Bogus is a word that no program of a universe knows: a line of a configuration that begins with it is wrong.
const Bogus = "bogus"

// Untaken is a word in a rule of connections that Patroni passes on and PostgreSQL does not take.
const Untaken = "untaken"

// judging is a program's own check of its files: it refuses lines that begin with Bogus, in the words of format, which gets the file,
// the line's number and what is wrong, in the order that its verbs say.
func judging(format string, places ...string) Command {
	return func(c *Invocation) int {
		if file, line := c.wrong(places); line > 0 {
			return c.Fail(format, file, line, Bogus)
		}
		return 0
	}
}

// wrong is the first line of files that nobody understands.
func (c *Invocation) wrong(places []string) (file string, line int) {
	c.Machine.mu.Lock()
	defer c.Machine.mu.Unlock()
	texts := c.Machine.contents(places)
	for _, file := range sortedKeys(texts) {
		for i, l := range strings.Split(texts[file], "\n") {
			if slices.Contains(strings.Fields(l), Bogus) {
				return file, i + 1
			}
		}
	}
	return "", 0
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// flagged is a program of VictoriaMetrics' family with -dryRun: it refuses arguments that it does not know, then files.
func flagged(format string, places ...string) Command {
	files := judging(format, places...)
	return func(c *Invocation) int {
		c.Say("2026-01-01T00:00:00.%03dZ\tinfo\tcommand-line flags\n", c.Machine.world.now().UnixMilli()%1000)
		for _, a := range c.Argv[1:] {
			if strings.HasPrefix(a, "-"+Bogus) {
				return c.Fail("flag provided but not defined: %s", a)
			}
		}
		if !slices.Contains(c.Argv, "-dryRun") {
			return c.Fail("%v", c.Machine.world.unheardOf("the command %s", fmt.Sprint(c.Argv)))
		}
		return files(c)
	}
}

// patroniCheck is patroni --validate-config: besides what is wrong, it complains of ports that are taken, its own too.
func patroniCheck(c *Invocation) int {
	code := 0
	if c.Machine.Daemon("patroni") != nil || len(c.Machine.listening(":5432")) > 0 {
		code = c.Fail("postgresql.listen 0.0.0.0:5432 didn't pass validation: Port 5432 is already in use.")
	}
	if file, line := c.wrong(c.Argv[2:]); line > 0 {
		code = c.Fail("%s line %d: %s is not defined", file, line, Bogus)
	}
	return code
}

func (m *Machine) listening(port string) (at []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for l := range m.listeners {
		if strings.HasSuffix(l, port) {
			at = append(at, l)
		}
	}
	return at
}
