package cli

import (
	"bytes"
	"strings"
	"testing"

	"pig/internal/diag"
)

// pig's own roles and playbooks have nothing that would fail. What surprises others is on purpose there: their commands say in pig's own way
// what they change.
func TestOwnRolesHaveNoMistakes(t *testing.T) {
	t.Parallel()
	a := &app{Build: built()}
	found, files, err := a.linted([]string{"../../roles", "../../playbooks"})
	if err != nil || files < 100 {
		t.Fatalf("%d files, %v", files, err)
	}
	for _, d := range found {
		if d.Severity == diag.Error {
			t.Errorf("%v: %s %s", d.Pos, d.Rule(), d.Summary)
		}
	}
}

// The exit status and the forms of pig lint.
func TestLint(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"../lint/testdata/clean.yml"}, exitOK, "0 findings in 1 file\n"},
		{[]string{"../lint/testdata/site.yml"}, exitFailed, "../lint/testdata/site.yml:2:3: unknown-keyword a play has no keyword \"host\"\n"},
		{[]string{"../lint/testdata/clean.yml", "../lint/testdata/broken.yml"}, exitFailed, "in 2 files\n"},
		{[]string{"../lint/testdata/site.yml", "--format", "sarif"}, exitFailed, `"ruleId": "unknown-keyword"`},
		{[]string{"../lint/testdata/site.yml", "--format", "json"}, exitFailed, `"rule": "plain-secret"`},
		{[]string{"../lint/testdata/nosuch.yml"}, exitError, "not found"},
	} {
		var out bytes.Buffer
		code := Run(t.Context(), Deps{Build: built(), In: strings.NewReader(""), Out: &out, Err: &out}, append([]string{"pig", "lint"}, c.args...))
		if code != c.code || !strings.Contains(out.String(), c.says) || strings.Contains(out.String(), "hunter22") {
			t.Errorf("%v: %d, want %d and %q:\n%s", c.args, code, c.code, c.says, out.String())
		}
	}
}
