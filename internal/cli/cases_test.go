package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// warningsOfFiles are not told: one of them is about the mode that a checkout gives its files.
var warningsOfFiles = regexp.MustCompile(`; \d+ warnings?`)

// Inventories that people wrote and that did not do what they meant: each works, or is refused at the place that has to change. What
// pig validate says of each is in testdata/cases/pigsty/validate.golden.
func TestCasesThatPeopleReported(t *testing.T) {
	const dir = "../../testdata/cases/pigsty"
	files, err := filepath.Glob(dir + "/*.yml")
	if err != nil {
		t.Fatal(err)
	}
	deeper, err := filepath.Glob(dir + "/*/*.yml")
	if err != nil {
		t.Fatal(err)
	}
	var all bytes.Buffer
	for _, file := range append(files, deeper...) {
		var out, errs bytes.Buffer
		status := Main(built(), []string{"pig", "validate", "-i", file}, strings.NewReader(""), &out, &errs)
		name, _ := filepath.Rel(dir, file)
		fmt.Fprintf(&all, "== %s: exit %d\n", name, status)
		mistake := false
		for line := range strings.Lines(out.String() + errs.String()) {
			mistake = strings.HasPrefix(line, "error:") || mistake && strings.HasPrefix(line, "  -->")
			if mistake || strings.HasPrefix(line, "valid:") {
				all.WriteString(warningsOfFiles.ReplaceAllString(strings.ReplaceAll(line, dir+"/", ""), ""))
			}
		}
	}
	golden := dir + "/validate.golden"
	if *update {
		if err := os.WriteFile(golden, all.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil || all.String() != string(want) {
		t.Errorf("%v: pig validate says\n%s\nwant\n%s", err, all.String(), want)
	}
}
