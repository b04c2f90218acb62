package cli

import (
	"os"
	"strings"
	"testing"
)

// A field that Validate refuses is not refused once more by who reads it.
func TestAMistakeInARuleIsToldOnce(t *testing.T) {
	t.Parallel()
	sound, err := os.ReadFile("testdata/mistakes/sound.yml")
	if err != nil {
		t.Fatal(err)
	}
	for _, edit := range [][2]string{{"addr: infra", "addr: samenet"}, {"auth: pwd", "auth: pasword"}} {
		code, out := validateText(t, strings.Replace(string(sound), edit[0], edit[1], 1))
		if n := strings.Count(out, "error: "); code != 1 || n != 1 {
			t.Errorf("%s: exit status %d, %d errors:\n%s", edit[1], code, n, out)
		}
	}
}
