package transport

import (
	"strconv"
	"strings"
)

// Command is the command line of ssh that takes an operator to t, in a terminal of its own if tty says so; argv is what runs there, the login
// shell if it is empty. What t leaves open, ssh takes from its own configuration.
func Command(t Target, tty bool, argv []string) ([]string, error) {
	line := []string{"ssh"}
	add := func(flag, value string) {
		if value != "" {
			line = append(line, flag, value)
		}
	}
	if t.Port != 0 {
		add("-p", strconv.Itoa(t.Port))
	}
	add("-l", t.User)
	add("-i", t.KeyFile)
	add("-J", t.ProxyJump)
	if t.Insecure {
		line = append(line, "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null")
	}
	words, err := splitWords(t.SSHArgs)
	if err != nil {
		return nil, err
	}
	line = append(line, words...)
	if tty {
		line = append(line, "-t")
	}
	line = append(line, "--", t.Addr)
	if len(argv) > 0 {
		line = append(line, quoted(argv))
	}
	return line, nil
}

// quoted is a command line for the shell of the other side, which ssh joins and that shell splits again.
func quoted(argv []string) string {
	words := make([]string, len(argv))
	for i, w := range argv {
		words[i] = Quote(w)
	}
	return strings.Join(words, " ")
}

// Quote makes one word of s for a POSIX shell.
func Quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
