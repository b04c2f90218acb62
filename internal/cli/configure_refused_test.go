package cli

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
)

func TestConfigureRefusesWhatThereIsNot(t *testing.T) {
	for flags, want := range map[string]string{
		"-v 99":    `invalid pg_version "99": want one of 14,`,
		"-v 0":     `invalid pg_version "0": want one of 14,`,
		"-r mars":  `invalid region "mars": want one of default, china, europe`,
		"-v 17":    "",
		"-r china": "",
	} {
		var out bytes.Buffer
		file := filepath.Join(t.TempDir(), "x.yml")
		code := Main(built(), append([]string{"pig", "configure", "-s", "-n", "-o", file}, strings.Fields(flags)...), strings.NewReader(""), &out, &out)
		if (code != 0) != (want != "") || !strings.Contains(out.String(), want) {
			t.Errorf("%s: exit status %d, want %q\n%s", flags, code, want, out.String())
		}
	}
}
