package format

import (
	"math/rand/v2"
	"strings"
	"testing"
	"testing/quick"
)

// nasty are values that leave a format which pastes them.
var nasty = []string{
	"", "plain", "a b", " lead", "trail ", "tab\there", `"`, `'`, `'"'`, `\`, `\\`, `a\`, `\"`, `\n`, "a\nb", "a\r\nb", "\n", "\x00", "\x01\x7f", "\xff\xfe",
	"$HOME", "${HOME}", "$$", "$(id)", "`id`", "%i", "%%", "%n%", `\%`, `50\% $x`, "# comment", "a #b", "a ;b", "; [x]", "[section]", "a=b", "p\"q'r\\s$t`u%v#w;x y",
	`ha#p r'o"xy\$1`, `"""`, `x"`, `%(name)s`, `$__file{/etc/shadow}`, "ünïcödé", "-n", "@/bin/sh", "a;b", ";", " ; ", "\\", "a\\\nb", "x\\x41", "\u2028",
}

// roundTrip checks that whatever a serializer writes is read back as the value that went in, and that ok tells which values
// the format can hold.
func roundTrip(t *testing.T, write Serializer, read func(written string) string, ok func(value string) bool) {
	t.Helper()
	one := func(s string) bool {
		written, err := write(s)
		if err != nil {
			if ok(s) {
				t.Errorf("%q: %v", s, err)
			}
			return !ok(s)
		}
		if !ok(s) {
			t.Errorf("%q was written as %q, and has no form", s, written)
			return false
		}
		if got := read(written); got != s {
			t.Errorf("%q was written as %q and read as %q", s, written, got)
			return false
		}
		return true
	}
	for _, s := range nasty {
		one(s)
	}
	const letters = "ab \t'\"\\$%#;=`{}()\n\r\x00_-é"
	err := quick.Check(func(n uint8, seed uint64) bool {
		r := rand.New(rand.NewPCG(seed, 1))
		var b strings.Builder
		for range n % 24 {
			b.WriteRune([]rune(letters)[r.IntN(len([]rune(letters)))])
		}
		return one(b.String())
	}, &quick.Config{MaxCount: 5000})
	if err != nil {
		t.Error(err)
	}
}

func isText(s string) bool { return text("", s) == nil }
func isLine(s string) bool { return line("", s) == nil }

func TestErrorsDoNotShowValues(t *testing.T) {
	for name, write := range Serializers() {
		if name == "hosts_line" || name == "alias_name" { // these are no secrets, and the user needs to see them
			continue
		}
		if _, err := write("hidden\x00hidden"); err == nil || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
