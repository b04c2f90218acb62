// Package configure writes a first pigsty.yml: a sample inventory with this environment's address, passwords and size in it. It
// changes lines of text, so that the comments and the layout of the sample stay.
package configure

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// SampleAddress is the address that samples have for the node that everything else is managed from.
const SampleAddress = "10.10.10.10"

// Options say what to make of a sample.
type Options struct {
	Address  string            // takes the place of SampleAddress; "" leaves it
	Vars     []Var             // global variables to set, in this order
	Dropped  []string          // global variables of the sample to leave out
	Replaced map[string]string // texts that take the place of others, such as passwords that everybody knows
}

// Var is a global variable with its value as YAML.
type Var struct{ Name, Value string }

var sampleAddress = regexp.MustCompile(`(^|[^0-9.])10\.10\.10\.10($|[^0-9])`)

// Rewrite gives the sample with these changes. It fails if the sample has no block of global variables.
func Rewrite(sample string, o Options) (string, error) {
	// The longest first: one may be the beginning of another.
	known := slices.SortedFunc(maps.Keys(o.Replaced), func(a, b string) int { return len(b) - len(a) })
	lines := strings.Split(strings.TrimRight(sample, "\n"), "\n")
	for i, line := range lines {
		if o.Address != "" {
			line = sampleAddress.ReplaceAllString(line, "${1}"+o.Address+"${2}")
		}
		for _, old := range known {
			line = strings.ReplaceAll(line, old, o.Replaced[old])
		}
		lines[i] = line
	}
	lines = slices.DeleteFunc(lines, func(line string) bool {
		name, _, ok := strings.Cut(strings.TrimPrefix(line, "    "), ":")
		return ok && strings.HasPrefix(line, "    ") && slices.Contains(o.Dropped, name)
	})
	for _, v := range o.Vars {
		var err error
		if lines, err = set(lines, v); err != nil {
			return "", err
		}
	}
	return strings.Join(lines, "\n") + "\n", nil
}

// blockFollows tells whether nothing but a comment stands behind a key.
func blockFollows(rest string) bool {
	rest = strings.TrimSpace(rest)
	return rest == "" || strings.HasPrefix(rest, "#")
}

// set gives a global variable a value: in its line if it has one, else in a new one at the end.
func set(lines []string, v Var) ([]string, error) {
	begin := -1
	for i, line := range lines {
		if strings.HasPrefix(line, "  vars:") {
			begin = i
		}
	}
	if begin < 0 || !blockFollows(strings.TrimPrefix(lines[begin], "  vars:")) {
		return nil, fmt.Errorf("the sample has no block of global variables for %s", v.Name)
	}
	end := begin + 1
	for i := begin + 1; i < len(lines); i++ {
		text := strings.TrimLeft(lines[i], " ")
		if text != "" && !strings.HasPrefix(text, "#") && len(lines[i])-len(text) < 4 {
			break
		}
		if text != "" {
			end = i + 1
		}
		if name, rest, ok := strings.Cut(text, ":"); ok && name == v.Name {
			comment := ""
			if at := strings.Index(rest, " #"); at >= 0 {
				comment = rest[at:]
			}
			lines[i] = lines[i][:len(lines[i])-len(text)] + v.Name + ": " + v.Value + comment
			return lines, nil
		}
	}
	return append(lines[:end:end], append([]string{"    " + v.Name + ": " + v.Value}, lines[end:]...)...), nil
}
