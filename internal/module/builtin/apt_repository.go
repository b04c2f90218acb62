package builtin

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

const (
	aptSources    = "/etc/apt/sources.list"
	aptSourcesDir = "/etc/apt/sources.list.d"
)

// aptRepository keeps one line in the lists of apt's repositories.
func aptRepository() module.Module {
	return module.Module{
		Name: "apt_repository",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "repo", Required: true}, {Name: "state", Default: "present", Choices: []string{"absent", "present"}}, {Name: "mode", Type: module.Mode},
			{Name: "filename"}, {Name: "codename"}, {Name: "update_cache", Type: module.Bool, Default: true, Aliases: []string{"update-cache"}},
			{Name: "update_cache_retries", Type: module.Int, Default: int64(5)}, {Name: "update_cache_retry_max_delay", Type: module.Int, Default: int64(12)},
			{Name: "validate_certs", Type: module.Bool, Only: true}, // only a PPA's page is asked by HTTPS
			{Name: "install_python_apt", Type: module.Bool},         // nothing needs it
		}},
		Run: runAptRepository,
	}
}

// aptList is a file of such lines.
type aptList struct {
	path, text string
	info       node.Info
	lines      []aptLine
}

// aptLine is a line of it: source is "" where it names no repository.
type aptLine struct {
	raw, source, comment string
	enabled              bool
}

func runAptRepository(ctx context.Context, c *module.Call) (*value.Dict, error) {
	repo := strings.TrimSpace(c.Args.String("repo"))
	source, err := aptSource(c, repo)
	if err != nil {
		return nil, err
	}
	lists, err := readAptLists(c)
	if err != nil {
		return nil, err
	}
	added, removed := value.NewList(), value.NewList()
	if c.Args.String("state") == "present" {
		lists, err = enable(c, lists, source)
	} else {
		for _, l := range lists {
			l.lines = slices.DeleteFunc(l.lines, func(line aptLine) bool { return line.source == source && line.enabled })
		}
	}
	if err != nil {
		return nil, err
	}
	changed := false
	for _, l := range lists {
		wrote, err := l.save(c)
		if err != nil {
			return nil, err
		}
		changed = changed || wrote
		if wrote && !l.info.Exists() {
			added.Append(l.path)
		}
		if wrote && len(l.lines) == 0 {
			removed.Append(l.path)
		}
	}
	result := value.DictOf("repo", repo, "state", c.Args.String("state"), "sources_added", added, "sources_removed", removed)
	if !changed || !c.Args.Bool("update_cache") {
		return result, nil
	}
	return result, refreshAgain(ctx, c)
}

// aptSourceKinds begin a line that names a repository.
var aptSourceKinds = []string{"deb", "deb-src"}

// aptSource is the line that repo means.
func aptSource(c *module.Call, repo string) (string, error) {
	if repo == "" {
		return "", errors.New("Please set argument 'repo' to a non-empty value") //nolint:staticcheck // Ansible's words
	}
	if strings.HasPrefix(repo, "ppa:") {
		return "", fmt.Errorf("invalid repo %q: a PPA is not supported, write its line: deb [signed-by=/etc/apt/keyrings/KEY] URL CODENAME main", repo)
	}
	if c.Args.Has("codename") {
		return "", errors.New("codename is for a PPA, and repo is a line")
	}
	line := parseAptLine(repo)
	if line.source == "" || !line.enabled {
		return "", fmt.Errorf("Invalid repository string: %s", repo) //nolint:staticcheck // Ansible's words
	}
	return line.source, nil
}

// parseAptLine reads a line, with one space between its words.
func parseAptLine(raw string) aptLine {
	l := aptLine{raw: raw, enabled: true}
	text := strings.TrimSpace(raw)
	if rest, ok := strings.CutPrefix(text, "#"); ok {
		l.enabled, text = false, strings.TrimSpace(rest)
	}
	if before, comment, ok := strings.Cut(text, "#"); ok {
		text, l.comment = strings.TrimSpace(before), strings.TrimSpace(comment)
	}
	if words := strings.Fields(text); len(words) > 1 && slices.Contains(aptSourceKinds, words[0]) {
		l.source = strings.Join(words, " ")
	}
	return l
}

func (l aptLine) String() string {
	if l.source == "" {
		return l.raw
	}
	text := l.source
	if !l.enabled {
		text = "# " + text
	}
	if l.comment != "" {
		text += " # " + l.comment
	}
	return text
}

func readAptLists(c *module.Call) (lists []*aptList, err error) {
	paths, err := module.Glob(c.System.Files(), aptSourcesDir+"/*.list")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for _, path := range append([]string{aptSources}, paths...) {
		text, info, err := textAt(c, path)
		if err != nil {
			return nil, err
		}
		if !info.Exists() {
			continue
		}
		l := &aptList{path: path, text: text, info: info}
		for _, raw := range splitLines(text).lines {
			l.lines = append(l.lines, parseAptLine(raw))
		}
		lists = append(lists, l)
	}
	return lists, nil
}

// enable has the repository in some list, if only as it was before somebody made a comment of it.
func enable(c *module.Call, lists []*aptList, source string) ([]*aptList, error) {
	found := false
	for _, l := range lists {
		for i := range l.lines {
			if l.lines[i].source == source {
				l.lines[i].enabled, found = true, true
			}
		}
	}
	if found {
		return lists, nil
	}
	path := aptListPath(c.Args.String("filename"), source)
	line := aptLine{source: source, enabled: true}
	for _, l := range lists {
		if l.path == path {
			l.lines = append(l.lines, line)
			return lists, nil
		}
	}
	return append(lists, &aptList{path: path, lines: []aptLine{line}}), mkdirAll(c, filepath.Dir(path), node.Attrs{})
}

var (
	aptOptions  = regexp.MustCompile(`\[[^\]]+\]`)
	aptProtocol = regexp.MustCompile(`\w+://`)
	notPlain    = regexp.MustCompile(`[^a-zA-Z0-9]+`)
)

// aptListPath is the file for a repository, called after its URL unless filename says otherwise.
func aptListPath(filename, source string) string {
	if filename == "" {
		words := strings.Fields(aptProtocol.ReplaceAllString(aptOptions.ReplaceAllString(source, ""), ""))
		at := words[min(1, len(words)-1)]
		if _, rest, ok := strings.Cut(at, "@"); ok {
			at = rest
		}
		filename = strings.Trim(notPlain.ReplaceAllString(at, "_"), "_")
	}
	if filepath.IsAbs(filename) {
		return filename + ".list"
	}
	return filepath.Join(aptSourcesDir, filename+".list")
}

// save writes the list, and tells whether it is another. A list without lines goes.
func (l *aptList) save(c *module.Call) (bool, error) {
	var text strings.Builder
	for _, line := range l.lines {
		text.WriteString(line.String() + "\n")
	}
	if l.info.Exists() && !l.differs() {
		return false, nil
	}
	if len(l.lines) == 0 {
		return true, c.System.Files().Remove(l.path)
	}
	a, err := attrs(c.Args, l.info)
	if err != nil {
		return false, err
	}
	if a.Mode == nil && !l.info.Exists() {
		mode := octalMode(0o644)
		a.Mode = &mode
	}
	return true, c.System.Files().Write(l.path, []byte(text.String()), a)
}

// differs tells whether the lines say something else than the file does.
func (l *aptList) differs() bool {
	old := splitLines(l.text).lines
	return len(old) != len(l.lines) || slices.ContainsFunc(l.lines, func(line aptLine) bool {
		was := parseAptLine(line.raw)
		return line.raw == "" && line.source != "" || was.source != line.source || was.enabled != line.enabled
	})
}

// refreshAgain fetches the package lists, again and with growing pauses where that fails.
func refreshAgain(ctx context.Context, c *module.Call) error {
	longest := time.Duration(c.Args.Int("update_cache_retry_max_delay")) * time.Second
	var err error
	for try := range max(c.Args.Int("update_cache_retries"), 1) {
		if try > 0 {
			if module.Pause(ctx, min(time.Second<<min(try, 16), longest)) != nil {
				break
			}
		}
		if err = c.System.Packages().Refresh(ctx); err == nil {
			return nil
		}
	}
	return fmt.Errorf("Failed to update apt cache: %w", err) //nolint:staticcheck // Ansible's words
}
