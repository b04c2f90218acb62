package main

import (
	"os"
	"testing"
)

// A fault whose place has moved is planted nowhere, and proves nothing.
func TestEachFaultHasOnePlace(t *testing.T) {
	if err := os.Chdir("../.."); err != nil {
		t.Fatal(err)
	}
	if _, err := readFaults("testdata/mutants.yml"); err != nil {
		t.Fatal(err)
	}
}
