package house

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// maxAgent bounds the agent: it travels to every node.
const maxAgent = 13 << 20

func goTool(t *testing.T, env []string, args ...string) string {
	t.Helper()
	c := exec.CommandContext(t.Context(), "go", args...)
	c.Dir = "../.."
	c.Env = append(os.Environ(), env...)
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

func TestTheAgentCarriesNoCommandLineAndNoLanguage(t *testing.T) {
	t.Parallel()
	for dep := range strings.FieldsSeq(goTool(t, nil, "list", "-deps", "./cmd/pig-agent")) {
		for _, no := range []string{"spf13/", "yaml", "pig/internal/jinja", "pig/internal/inventory", "pig/internal/playbook", "pig/internal/engine", "x/crypto/ssh", "pkg/sftp", "jackc/", "pig/internal/cmdb"} {
			if strings.Contains(dep, no) {
				t.Errorf("the agent imports %s", dep)
			}
		}
	}
}

func TestTheAgentStaysSmallAndIsReproducible(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds the agent twice")
	}
	t.Parallel()
	var last []byte
	for range 4 { // more than two only if somebody edits the code meanwhile
		out := filepath.Join(t.TempDir(), "agent")
		goTool(t, []string{"CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64"},
			"build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w -buildid=", "-o", out, "./cmd/pig-agent")
		content, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		if len(content) > maxAgent {
			t.Errorf("the agent has %d bytes, which is more than %d", len(content), maxAgent)
		}
		if bytes.Equal(last, content) {
			return
		}
		last = content
	}
	t.Error("builds of the agent differ")
}
