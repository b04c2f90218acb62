package onnode

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pig/internal/module/builtin"
)

// text is the content of all files below folders whose names end so.
func text(t *testing.T, ending string, folders ...string) string {
	t.Helper()
	var all strings.Builder
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() || !strings.HasSuffix(path, ending) || strings.HasSuffix(path, "census_test.go") {
				return err
			}
			content, err := os.ReadFile(path)
			all.Write(content)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all.String()
}

// isTask tells whether a text has a task of a module.
func isTask(name, text string) bool {
	for _, before := range []string{" ", "\n", "\t", "{", "."} {
		if strings.Contains(text, before+name+":") {
			return true
		}
	}
	return false
}

// A module is shown by a test that names it or by a case that ansible-core has answered. One of a product may be shown by the roles and the
// status of that product, which internal/law runs on machines in memory.
func TestEveryModuleIsTried(t *testing.T) {
	t.Parallel()
	tests := text(t, "_test.go", "../../module", "../../products", "../../engine", "../../law", "../../cli", "../../node")
	cases := text(t, ".yml", "../../../testdata/differential")
	roles := text(t, ".yml", "../../../roles")
	asked := text(t, "subject.go", "../../products") + text(t, "product.go", "../../products") + text(t, "version.go", "../../products") + text(t, "switch.go", "../../health")
	own := builtin.Table()
	count := 0
	for name := range Modules() {
		count++
		quoted := `"` + name + `"`
		_, generic := own[name]
		switch {
		case strings.Contains(tests, quoted) || isTask(name, tests) || isTask(name, cases):
		case !generic && (isTask(name, roles) || strings.Contains(asked, quoted)):
		default:
			t.Errorf("no test names the module %s", name)
		}
	}
	if count < 100 {
		t.Errorf("only %d modules", count)
	}
}
