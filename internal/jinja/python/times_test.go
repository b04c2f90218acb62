package python

import (
	"encoding/json"
	"os"
	"testing"
	"time"
)

func TestTimesAndVersionsAreAsInPython(t *testing.T) {
	t.Parallel()
	var cases struct {
		Strftime []struct {
			TS     int64
			F, Out string
		}
		Version []struct {
			A, B       string
			LT, EQ, OK bool
		}
	}
	data, err := os.ReadFile("testdata/python.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases.Strftime {
		if got := Strftime(time.Unix(c.TS, 0).UTC(), c.F); got != c.Out {
			t.Errorf("strftime %s of %d: %q, want %q", c.F, c.TS, got, c.Out)
		}
	}
	for _, c := range cases.Version {
		n, err := compareLoose(c.A, c.B)
		if (err == nil) != c.OK || c.OK && ((n < 0) != c.LT || (n == 0) != c.EQ) {
			t.Errorf("versions %s and %s: %d %v", c.A, c.B, n, err)
		}
	}
}
