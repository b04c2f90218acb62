package diag

import "testing"

func TestWhatSteersATerminalIsVisible(t *testing.T) {
	for in, want := range map[string]string{
		"plain, with ümlaut, 漢字, €\n\tand tab": "plain, with ümlaut, 漢字, €\n\tand tab",
		"\x1b[2J\x1b]0;title\x07":              `\x1b[2J\x1b]0;title\x07`,
		"over\rwritten\b\x7f":                  `over\x0dwritten\x08\x7f`,
		"\u009b31mred":                         `\x9b31mred`,
		"a\u202egpj.exe":                       `a\u202egpj.exe`,
		"\u2066x\u2069 \u200b \ufeff":          `\u2066x\u2069 \u200b \ufeff`,
		"\xff\x9b31m":                          `\xff\x9b31m`,
		"a real \uFFFD":                        "a real \uFFFD",
		"\u2028":                               `\u2028`,
	} {
		if got := Visible(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
	if got := OneLine("ok\n~ 10.0.0.1 forged"); got != `ok\n~ 10.0.0.1 forged` {
		t.Errorf("one line: %q", got)
	}
}
