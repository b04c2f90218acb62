package differential

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// An output is compared as a list of statements: a line, or of what a task says of a host one statement for the state and one for each
// value of its result. So one difference counts once, and what comes after it is still compared. Of an error the message and the place count,
// not the lines that are shown there.

var (
	header = regexp.MustCompile(`^(PLAY|TASK|RUNNING HANDLER|NO MORE HOSTS|rc=)`)
	result = regexp.MustCompile(`^(ok|changed|skipping|fatal|failed|included|FAILED - RETRYING)[:,]? .*\[|^\S+ \| (SUCCESS|CHANGED|FAILED|SKIPPED|UNREACHABLE)`)
	// passing are values that are never twice the same.
	passing = regexp.MustCompile(`^(delta|start|end|atime|mtime|ctime|inode|dev|ino|time|src_tmp|ansible_job_id|results_file|uid|gid|stamp)$`)
)

// Statements reads what the default callback prints.
func Statements(output string) []string {
	var all []string
	var group [][]string // what is said of hosts, in whatever order they come
	var trouble []string // errors, which come with whichever host is the first to have them
	flush := func() {
		slices.SortStableFunc(group, func(a, b []string) int { return strings.Compare(hostOf(a[0]), hostOf(b[0])) })
		for _, g := range group {
			all = append(all, g...)
		}
		slices.SortStableFunc(trouble, strings.Compare)
		all = append(all, trouble...)
		group, trouble = nil, nil
	}
	lines := strings.Split(output, "\n")
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		switch {
		case strings.TrimSpace(line) == "":
		case strings.HasPrefix(line, "[ERROR]: "):
			text := line
			for ; i+1 < len(lines) && !header.MatchString(lines[i+1]) && !result.MatchString(lines[i+1]); i++ {
				if strings.HasPrefix(lines[i+1], "Origin: ") && !strings.Contains(text, " at /") {
					text += " at " + strings.TrimPrefix(lines[i+1], "Origin: ")
				}
			}
			trouble = append(trouble, text)
		case header.MatchString(line):
			flush()
			all = append(all, strings.TrimRight(line, " "))
		case result.MatchString(line):
			head, rest, more := strings.Cut(line, " => ")
			if at := strings.LastIndex(line, " => {"); more && at >= 0 {
				head, rest = line[:at], line[at+4:]
			}
			if more && strings.HasPrefix(rest, "{") {
				for end := i; end < len(lines) && end < i+5000; end++ {
					if text := strings.Join(append([]string{rest}, lines[i+1:end+1]...), "\n"); json.Valid([]byte(text)) {
						rest, i = text, end
						break
					}
				}
				group = append(group, append([]string{head}, values(hostOf(head), rest)...))
				continue
			}
			group = append(group, []string{strings.TrimRight(line, " ")})
		case len(group) > 0:
			group[len(group)-1] = append(group[len(group)-1], strings.TrimRight(line, " "))
		default:
			all = append(all, strings.TrimRight(line, " "))
		}
	}
	flush()
	return all
}

// The host of a line stands in brackets, or before a bar where ansible has run a single task.
var (
	inBrackets = regexp.MustCompile(`\[([^\]]*?)( -> [^\]]*)?\]`)
	beforeBar  = regexp.MustCompile(`^(\S+) \| `)
)

func hostOf(line string) string {
	if m := beforeBar.FindStringSubmatch(line); m != nil {
		return m[1]
	}
	if m := inBrackets.FindStringSubmatch(line); m != nil {
		return m[1]
	}
	return ""
}

// values are statements of the values of a result; of a mapping that debug shows, of what is in it.
func values(host, text string) []string {
	var d map[string]any
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	if dec.Decode(&d) != nil {
		return []string{text}
	}
	var all []string
	add := func(name string, v any) {
		if passing.MatchString(name[strings.LastIndexByte(name, '.')+1:]) {
			v = "*"
		}
		all = append(all, fmt.Sprintf("  %s %s = %s", host, name, compact(forgetting(v))))
	}
	for k, v := range d {
		if inner, ok := v.(map[string]any); ok && len(d) <= 2 {
			for k2, v2 := range inner {
				add(k+"."+k2, v2)
			}
			add(k, fmt.Sprintf("%d values", len(inner)))
			continue
		}
		add(k, v)
	}
	slices.Sort(all)
	return all
}

// forgetting blanks values that are never twice the same.
func forgetting(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k := range v {
			if passing.MatchString(k) {
				v[k] = "*"
				continue
			}
			v[k] = forgetting(v[k])
		}
	case []any:
		for i := range v {
			v[i] = forgetting(v[i])
		}
	}
	return v
}

func compact(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(v)
	return strings.TrimSpace(b.String())
}

// FileStatements are one for each file that was left.
func FileStatements(files string) []string {
	var all []string
	for i, part := range strings.Split("\n"+files, "\n== ") {
		if i > 0 {
			all = append(all, "== "+strings.TrimRight(part, "\n"))
		}
	}
	return all
}
