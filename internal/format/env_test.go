package format

import (
	"os/exec"
	"strings"
	"testing"
)

// readEnvironment reads NAME=value lines as parse_env_file of systemd does, in double quotes.
func readEnvironment(t *testing.T, file string) string {
	t.Helper()
	value, ok := strings.CutPrefix(file, `NAME="`)
	if !ok {
		t.Fatalf("%q", file)
	}
	var b strings.Builder
	for i := 0; i < len(value); i++ {
		switch c := value[i]; c {
		case '"':
			if rest := value[i+1:]; rest != "\nNEXT=1\n" {
				t.Fatalf("%q ends before %q", file, rest)
			}
			return b.String()
		case '\\':
			i++
			switch {
			case strings.IndexByte("\"\\`$", value[i]) >= 0:
				b.WriteByte(value[i])
			case value[i] != '\n':
				b.WriteByte('\\')
				b.WriteByte(value[i])
			}
		default:
			b.WriteByte(c)
		}
	}
	t.Fatalf("%q has no end", file)
	return ""
}

func holdable(s string) bool { return isLine(strings.ReplaceAll(s, "\n", "")) }

func TestSystemdReadsEnvironmentFilesBack(t *testing.T) {
	roundTrip(t, Environment, func(written string) string { return readEnvironment(t, "NAME="+written+"\nNEXT=1\n") }, holdable)
}

func TestShellsReadEnvironmentFilesBack(t *testing.T) {
	for _, s := range nasty {
		written, err := Environment(s)
		if err != nil {
			continue
		}
		out, err := exec.CommandContext(t.Context(), "sh", "-c", "NAME="+written+"\nprintf '%s|' \"$NAME\"").Output()
		if err != nil || string(out) != s+"|" {
			t.Errorf("%q was written as %s and read as %q, %v", s, written, out, err)
		}
	}
}

func TestWordsOfAVariableStayWords(t *testing.T) {
	roundTrip(t, EnvironmentWord, func(written string) string {
		whole, err := Environment("first " + written + " last")
		if err != nil { // a control character, which the whole refuses
			return systemdWords(t, written, false)[0]
		}
		words := systemdWords(t, readEnvironment(t, "NAME="+whole+"\nNEXT=1\n"), false)
		if len(words) != 3 || words[2] != "last" {
			t.Fatalf("%q became %q", written, words)
		}
		return words[1]
	}, isText)
}
