package main

import "testing"

// A fault whose place has moved is planted nowhere, and proves nothing.
func TestEachFaultHasOnePlace(t *testing.T) {
	t.Chdir("../..")
	if _, err := readFaults("testdata/mutants.yml"); err != nil {
		t.Fatal(err)
	}
}
