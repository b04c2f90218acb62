package builtin

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// checkArgs are for modules that write what a program reads: check is the command that tells whether the program would take it. It finds
// the new files under their own names, together with all else that is there; nobody else finds them until it has agreed. check_allows are
// patterns of what it may say and be overruled: what is no fault of the files. check_stands: false is for a command whose arguments are those of
// the new files: it cannot tell what is wrong with what stands there.
func checkArgs() []module.Arg {
	return []module.Arg{{Name: "check"}, {Name: "check_allows", Type: module.List, Elements: module.Str}, {Name: "check_stands", Type: module.Bool, Default: true}}
}

// checked asks the check of a call about files that are to be. What it finds wrong with what stands there anyway is no reason to keep
// the new files away: they may be what mends it.
func checked(ctx context.Context, c *module.Call, files []node.Seen) error {
	line := c.Args.String("check")
	if line == "" || len(files) == 0 {
		return nil
	}
	argv, err := module.SplitWords(line)
	if err != nil {
		return err
	}
	ask := func(files []node.Seen) (node.Output, []string, error) {
		out, err := c.System.Exec(ctx, node.Cmd{Argv: argv, ReadOnly: true, Sees: files})
		return out, complaintsOf(out), err
	}
	out, complaints, err := ask(files)
	if err != nil || agreed(out, complaints) {
		return err
	}
	complaints, err = without(complaints, c.Args.Strings("check_allows"))
	if err != nil || len(complaints) == 0 && out.RC < 128 {
		return err
	}
	if c.Args.Bool("check_stands") {
		was, before, err := ask([]node.Seen{})
		if err != nil {
			return err
		}
		if !agreed(was, before) {
			if complaints = news(complaints, before); len(complaints) == 0 {
				return nil
			}
		}
	}
	return refusal(argv[0], out.RC, complaints, files)
}

// agreed tells whether a check found nothing. keepalived 2.2.7 (Debian 12) ends itself with a signal after a test of scripts; what is
// wrong, it still says.
func agreed(out node.Output, complaints []string) bool {
	return out.RC == 0 || (out.RC < 0 || out.RC > 128) && len(complaints) == 0
}

func complaintsOf(out node.Output) (lines []string) {
	for line := range strings.SplitSeq(string(out.Stderr)+"\n"+string(out.Stdout), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// passing is what differs in a line from one time to the next: numbers of processes, times.
var passing = regexp.MustCompile(`[0-9]+`)

// without leaves out complaints that are allowed.
func without(complaints, allows []string) (left []string, err error) {
	var allowed []*regexp.Regexp
	for _, a := range allows {
		r, err := regexp.Compile(a)
		if err != nil {
			return nil, fmt.Errorf("invalid check_allows %q: %w", a, err)
		}
		allowed = append(allowed, r)
	}
	for _, line := range complaints {
		if !slices.ContainsFunc(allowed, func(r *regexp.Regexp) bool { return r.MatchString(line) }) {
			left = append(left, line)
		}
	}
	return left, nil
}

// news are complaints that were not there before.
func news(complaints, before []string) (left []string) {
	old := map[string]bool{}
	for _, line := range before {
		old[passing.ReplaceAllString(line, "0")] = true
	}
	for _, line := range complaints {
		if !old[passing.ReplaceAllString(line, "0")] {
			left = append(left, line)
		}
	}
	return left
}

// shownLines bounds how much of a check's words is repeated.
const shownLines = 12

// refusal says what a check found, and which line of which file it means.
func refusal(program string, rc int, complaints []string, files []node.Seen) error {
	values := value.DictOf("rc", int64(rc), "complaints", value.Strings(complaints))
	msg := fmt.Sprintf("%s refuses the new configuration, so nothing was replaced:\n%s", program, strings.Join(complaints[:min(len(complaints), shownLines)], "\n"))
	for _, line := range complaints {
		file, number := meant(line, files)
		text, ok := module.LineOf(file.Content, number)
		if !ok {
			continue
		}
		msg += fmt.Sprintf("\n%s:%d: %s", file.Path, number, strings.TrimSpace(text))
		values.Set("invalid", value.DictOf("path", file.Path, "line", int64(number), "text", strings.TrimSpace(text)))
		return &module.Failure{Msg: msg, Values: values}
	}
	if len(files) == 1 {
		values.Set("invalid", value.DictOf("path", files[0].Path, "line", int64(0), "text", ""))
	}
	return &module.Failure{Msg: msg, Values: values}
}

// afterName and atLine are how programs name a line.
var (
	afterName = regexp.MustCompile(`^:\s*(\d+)`)
	atLine    = regexp.MustCompile(`(?i)\bline[: ]+(\d+)`)
)

// meant is the file, and the number of its line, that a complaint is about.
func meant(complaint string, files []node.Seen) (node.Seen, int) {
	for _, f := range files {
		_, after, ok := strings.Cut(complaint, f.Path)
		if !ok {
			if len(files) > 1 {
				continue
			}
			after = ""
		}
		m := afterName.FindStringSubmatch(after)
		if m == nil {
			m = atLine.FindStringSubmatch(complaint)
		}
		if m == nil {
			continue
		}
		if n, err := strconv.Atoi(m[1]); err == nil {
			return f, n
		}
	}
	return node.Seen{}, 0
}

// seenAs is a file as a check finds it.
func seenAs(path string, content []byte, a node.Attrs) node.Seen {
	return node.Seen{Path: path, Kind: node.File, Content: content, Attrs: a}
}
