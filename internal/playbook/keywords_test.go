package playbook

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// The engine's tests show the effect of every keyword in testdata/keywords.txt.
func TestNoOtherKeywordIsRead(t *testing.T) {
	text, err := os.ReadFile("../../testdata/keywords.txt")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string][]string{}
	for line := range strings.Lines(string(text)) {
		place, names, _ := strings.Cut(line, ":")
		known[place] = strings.Fields(names)
	}
	known["task"] = append(known["task"], known["handler"]...)
	known["meta"] = append(known["meta"], "listen")
	misplaced := []string{"when", "delegate_to", "delegate_facts"} // refused by name
	for place, read := range map[string][]string{
		"play": append(sharedKeywords(), slices.Collect(maps.Keys(playKeys))...), "role": sharedKeywords(),
		"block": append(sharedKeywords(), slices.Collect(maps.Keys(blockKeys))...),
		"task":  append(sharedKeywords(), slices.Collect(maps.Keys(taskKeys))...),
		"meta":  metaActions,
	} {
		for _, name := range read {
			if !slices.Contains(known[place], name) && (place != "play" || !slices.Contains(misplaced, name)) {
				t.Errorf("%s of a %s is read, and no test shows its effect", name, place)
			}
		}
	}
}
