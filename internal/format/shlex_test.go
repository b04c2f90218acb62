package format

import "testing"

func TestWordsAsShlexQuotesThem(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"": "''", "a-b_c/d.e:1,2+3=4%5@6": "a-b_c/d.e:1,2+3=4%5@6", "a b": "'a b'", "a$b": "'a$b'", "it's": `'it'"'"'s'`, "ä": "'ä'", "a\xffb": "'a\xffb'",
	} {
		if got := ShlexWord(in); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}
