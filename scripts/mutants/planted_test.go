package main

import (
	"os"
	"path/filepath"
	"testing"
)

const source = `package lock

const patience = 3

func take(n int) bool {
	return n < patience
}

func release(done func()) {
	go func() {
		done()
	}()
	done()
}

func each(all []int) {
next:
	for range all {
		continue next
	}
}
`

func TestPlanted(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "lock.go")
	if err := os.WriteFile(file, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := planted(file, map[int]fault{
		1: {File: file, Find: "n < patience", Replace: "n > patience"},
		2: {File: file, Find: "go func() {\n\t\tdone()", Replace: "func() {\n\t\tdone()"},
		3: {File: file, Find: "\t\tdone()\n", Replace: ""},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := `package lock

const patience = 3

func take(n int) bool {
if plantedFault == "1" {
	return n > patience
}

	return n < patience
}

func release(done func()) {
if plantedFault == "2" {
	func() {
		done()
	}()
	done()

return
}

	go func() {
if plantedFault == "3" {
	
return
}

		done()
	}()
	done()
}

func each(all []int) {
next:
	for range all {
		continue next
	}
}
`
	if text != want {
		t.Errorf("%s", text)
	}
}

// What stands in no function, and what would give a function the same label twice, is planted alone.
func TestPlaceOf(t *testing.T) {
	t.Parallel()
	for find, want := range map[string]bool{"n < patience": true, "patience = 3": false, "take(n int)": false, "for range all": false, "go func() {\n\t\tdone()": true} {
		if _, ok := (fault{File: "lock.go", Find: find}).placeOf([]byte(source)); ok != want {
			t.Errorf("%q: %t", find, ok)
		}
	}
	if _, ok := (fault{File: "main.yml", Find: "patience"}).placeOf([]byte(source)); ok {
		t.Error("a file that is not Go has functions")
	}
}
