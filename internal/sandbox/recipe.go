//go:build linux

package sandbox

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"runtime"
	"strings"
)

// The recipe of the images. Its parts are plain files, so that they can be read and tried by hand.
var (
	//go:embed build/stack.txt
	stackText string
	//go:embed build/lib.sh
	libScript string
	//go:embed build/base.sh
	baseScript string
	//go:embed build/repo.sh
	repoScript string
	//go:embed build/prepared.sh
	preparedScript string
	//go:embed build/source.txt
	sourceText string
	//go:embed build/source.sh
	sourceScript string
	//go:embed build/stock.sh
	stockScript string
	//go:embed build/start.sh
	startScript string
)

// parseStack reads sections headed "[system kind]" of package names; "#" starts a comment.
func parseStack(text string) (map[string][]string, error) {
	out := map[string][]string{}
	section := ""
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		line = strings.TrimSpace(line)
		switch {
		case line == "":
		case strings.HasPrefix(line, "[") && strings.HasSuffix(line, "]"):
			section = strings.Join(strings.Fields(line[1:len(line)-1]), " ")
		case section == "":
			return nil, fmt.Errorf("package list: %q stands before any section", line)
		default:
			out[section] = append(out[section], strings.Fields(line)...)
		}
	}
	return out, nil
}

// packages looks up one section.
func packages(system, kind string) ([]string, error) {
	stack, err := parseStack(stackText)
	if err != nil {
		return nil, err
	}
	names := stack[system+" "+kind]
	if len(names) == 0 {
		return nil, fmt.Errorf("package list: no section [%s %s]", system, kind)
	}
	return names, nil
}

// recipeID is the key of what a build step makes: its script, its inputs, and the architecture.
func recipeID(script string, inputs ...string) string {
	h := sha256.New()
	for _, s := range append([]string{runtime.GOARCH, libScript, script}, inputs...) {
		fmt.Fprintf(h, "%d:%s", len(s), s)
	}
	return hex.EncodeToString(h.Sum(nil))[:12]
}
