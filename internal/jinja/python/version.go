package python

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// CompareVersions tells whether version a is to b as op says. kind is the way to read them: loose, strict, semver, semantic or pep440.
func CompareVersions(a, op, b, kind string) (bool, error) {
	if a == "" || b == "" {
		return false, fmt.Errorf("Input version value cannot be empty")
	}
	var n int
	var err error
	switch kind {
	case "loose":
		n, err = compareLoose(a, b)
	case "strict", "semver", "semantic", "pep440":
		n, err = compareSemantic(a, b)
	default:
		return false, fmt.Errorf("Invalid version type (%s)", kind)
	}
	if err != nil {
		return false, err
	}
	switch op {
	case "==", "=", "eq":
		return n == 0, nil
	case "<", "lt":
		return n < 0, nil
	case "<=", "le":
		return n <= 0, nil
	case ">", "gt":
		return n > 0, nil
	case ">=", "ge":
		return n >= 0, nil
	case "!=", "<>", "ne":
		return n != 0, nil
	}
	return false, fmt.Errorf("Invalid operator type (%s)", op)
}

var versionParts = regexp.MustCompile(`\d+|[a-z]+|\.`)

// looseParts are the components of Python's LooseVersion: numbers, and texts between them.
func looseParts(s string) []any {
	var out []any
	rest := s
	for rest != "" {
		loc := versionParts.FindStringIndex(rest)
		if loc == nil {
			out = append(out, rest)
			break
		}
		if loc[0] > 0 {
			out = append(out, rest[:loc[0]])
		}
		part := rest[loc[0]:loc[1]]
		rest = rest[loc[1]:]
		if part == "." {
			continue
		}
		if n, err := strconv.ParseUint(part, 10, 64); err == nil {
			out = append(out, n)
		} else {
			out = append(out, part)
		}
	}
	return out
}

func compareLoose(a, b string) (int, error) {
	x, y := looseParts(a), looseParts(b)
	for i := 0; i < len(x) && i < len(y); i++ {
		if x[i] == y[i] {
			continue
		}
		n1, ok1 := x[i].(uint64)
		n2, ok2 := y[i].(uint64)
		if ok1 != ok2 {
			return 0, fmt.Errorf("Version comparison failed: '<' not supported between instances of 'int' and 'str'")
		}
		if ok1 {
			if n1 < n2 {
				return -1, nil
			}
			return 1, nil
		}
		return strings.Compare(x[i].(string), y[i].(string)), nil
	}
	return len(x) - len(y), nil
}

var semantic = regexp.MustCompile(`^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-?([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$`)

// compareSemantic compares by semantic versioning: a pre-release comes before its release.
func compareSemantic(a, b string) (int, error) {
	x, y := semantic.FindStringSubmatch(a), semantic.FindStringSubmatch(b)
	if x == nil || y == nil {
		return 0, fmt.Errorf("Version comparison failed: invalid version number")
	}
	for i := 1; i <= 3; i++ {
		n1, _ := strconv.Atoi(x[i])
		n2, _ := strconv.Atoi(y[i])
		if n1 != n2 {
			return n1 - n2, nil
		}
	}
	switch {
	case x[4] == y[4]:
		return 0, nil
	case x[4] == "":
		return 1, nil
	case y[4] == "":
		return -1, nil
	}
	return comparePrerelease(x[4], y[4]), nil
}

func comparePrerelease(a, b string) int {
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	for i := 0; i < len(x) && i < len(y); i++ {
		n1, err1 := strconv.Atoi(x[i])
		n2, err2 := strconv.Atoi(y[i])
		switch {
		case x[i] == y[i]:
			continue
		case err1 == nil && err2 == nil:
			return n1 - n2
		case err1 == nil:
			return -1
		case err2 == nil:
			return 1
		}
		return strings.Compare(x[i], y[i])
	}
	return len(x) - len(y)
}
