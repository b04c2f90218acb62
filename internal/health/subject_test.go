package health

import (
	"slices"
	"testing"

	"pig/internal/value"
)

// -e x_enabled=false gives a word, which is a string: a unit that is switched off so is not asked for.
func TestWantedTakesWordsAsTheRolesDo(t *testing.T) {
	t.Parallel()
	for said, want := range map[value.Value]bool{true: true, false: false, "false": false, "no": false, "yes": true, "true": true} {
		if got := Wanted(value.DictOf("dns_enabled", said), nil, "dns_enabled", "dnsmasq"); slices.Contains(got, "dnsmasq") != want {
			t.Errorf("%v: %v", said, got)
		}
	}
	if got := Wanted(value.NewDict(), nil, "dns_enabled", "dnsmasq"); len(got) != 1 {
		t.Errorf("by default: %v", got)
	}
}
