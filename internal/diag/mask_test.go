package diag

import (
	"errors"
	"strings"
	"testing"
)

// A mask covers what came from elsewhere, and spares pig's own words.
func TestMasksSpareOwnWords(t *testing.T) {
	t.Parallel()
	hide := func(s string) string { return strings.ReplaceAll(s, "short", "••••••") }
	for _, c := range []struct {
		d    *Diagnostic
		want string
	}{
		{Errorf(Pos{}, "minio_secret_key is too short"), "minio_secret_key is too short"},
		{Errorf(Pos{}, "%q is too short", "short"), `"••••••" is too short`},
		{Errorf(Pos{}, "%[2]v of %[1]d", 7, errors.New("a short one")), "a •••••• one of 7"},
		{Errorf(Pos{}, "too many").WithHint("no short %s", "short").WithDetail("short"), "too many: •••••• (no short ••••••)"},
		{&Diagnostic{Summary: "made otherwise: short"}, "made otherwise: ••••••"},
	} {
		if got := c.d.Masked(hide).Error(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
