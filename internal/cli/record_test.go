package cli

import (
	"slices"
	"strings"
	"testing"
)

func TestValuesOfExtraVariablesAreLeftOut(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ given, want string }{
		{"play x.yml -e pw=secret", "play x.yml -e pw=..."},
		{"play x.yml -epw=secret -v", "play x.yml -epw=... -v"},
		{"play x.yml --extra-vars pw=secret", "play x.yml --extra-vars pw=..."},
		{"play x.yml --extra-vars=pw=secret", "play x.yml --extra-vars=pw=..."},
		{`play x.yml -e {"pw":"secret=1"}`, "play x.yml -e ..."},
		{"play x.yml -e @vars.yml", "play x.yml -e @vars.yml"},
		{"play x.yml -e", "play x.yml -e"},
	} {
		args := strings.Fields(c.given)
		before := slices.Clone(args)
		if got := strings.Join(withoutValues(args), " "); got != c.want {
			t.Errorf("%s: %s", c.given, got)
		}
		if !slices.Equal(args, before) {
			t.Errorf("%s: the arguments themselves changed", c.given)
		}
	}
}
