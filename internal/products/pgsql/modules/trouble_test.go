package modules

import (
	"strings"
	"testing"

	"pig/internal/module"
)

func TestWhatLogsMean(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"patroni.log: ERROR: Configuration requires watchdog, but watchdog is not supported on this platform.": "patroni_watchdog_mode",
		"patroni.log: INFO: watchdog activation failed":                                                        "patroni_watchdog_mode",
		"patroni.log: INFO: running with empty data directory":                                                 "maintenance",
		"postgres: could not write to file: No space left on device":                                           "the disk is full",
		"nothing of note": "",
	} {
		if got := module.FirstSign(postgresSigns, []string{line}); !strings.Contains(got, want) || want == "" && got != "" {
			t.Errorf("%s: %q", line, got)
		}
	}
}
