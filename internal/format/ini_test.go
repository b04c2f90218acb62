package format

import "testing"

func TestNamesOfINIFilesAreNames(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{"pg-test": true, "s3-key_2.x": true, "": false, "a]\n[b": false, "a=b": false, "a b": false, "#a": false, "-a": false} {
		if got, err := ININame(s); (err == nil) != want || want && got != s {
			t.Errorf("%q: %q, %v", s, got, err)
		}
	}
}
