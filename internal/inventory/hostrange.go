package inventory

import (
	"fmt"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
)

// maxRange bounds what one range may expand to.
const maxRange = 100_000

var (
	bracketedPort = regexp.MustCompile(`^\[(.+)\]:(\d+)$`)
	hostPort      = regexp.MustCompile(`^((?:[^:\[\]]|\[[^\]]*\])*):(\d+)$`)
)

// ExpandHosts gives the hosts that a name in an inventory stands for, db[01:50] or db:2222, and the port if it names one.
func ExpandHosts(name string) (hosts []string, port int, err error) {
	if m := bracketedPort.FindStringSubmatch(name); m != nil {
		name, port = m[1], atoi(m[2])
	} else if m := hostPort.FindStringSubmatch(name); m != nil {
		name, port = m[1], atoi(m[2])
	}
	if port > 65535 {
		return nil, 0, fmt.Errorf("invalid port %d: want 1 to 65535", port)
	}
	if a, err := netip.ParseAddr(strings.Trim(name, "[]")); err == nil && a.Is6() {
		return []string{strings.Trim(name, "[]")}, port, nil
	}
	hosts, err = expandRange(name)
	return hosts, port, err
}

func atoi(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}

// expandRange expands the ranges of a name, the first one slowest: x[1:2]y[a:b] is x1ya, x1yb, x2ya, x2yb.
func expandRange(name string) ([]string, error) {
	head, rest, ok := strings.Cut(name, "[")
	if !ok {
		return []string{name}, nil
	}
	bounds, tail, ok := strings.Cut(rest, "]")
	if !ok {
		return nil, fmt.Errorf("the range in %s is not closed", name)
	}
	tails, err := expandRange(tail)
	if err != nil {
		return nil, err
	}
	values, err := rangeValues(name, strings.Split(bounds, ":"))
	if err != nil {
		return nil, err
	}
	if len(values)*len(tails) > maxRange {
		return nil, fmt.Errorf("%s expands to more than %d hosts", name, maxRange)
	}
	hosts := make([]string, 0, len(values)*len(tails))
	for _, v := range values {
		for _, t := range tails {
			hosts = append(hosts, head+v+t)
		}
	}
	return hosts, nil
}

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

func rangeValues(name string, bounds []string) ([]string, error) {
	if len(bounds) != 2 && len(bounds) != 3 {
		return nil, fmt.Errorf("host range in %s must be begin:end or begin:end:step", name)
	}
	begin, end, step := bounds[0], bounds[1], 1
	if len(bounds) == 3 {
		step = atoi(bounds[2])
	}
	if begin == "" {
		begin = "0"
	}
	switch {
	case end == "":
		return nil, fmt.Errorf("host range in %s must specify end value", name)
	case step < 1:
		return nil, fmt.Errorf("the step of the host range in %s must be a positive number", name)
	}
	width := 0
	if begin[0] == '0' && len(begin) > 1 {
		if width = len(begin); width != len(end) {
			return nil, fmt.Errorf("host range in %s must specify equal-length begin and end formats", name)
		}
	}
	from, to, text := 0, 0, func(i int) string { return fmt.Sprintf("%0*d", width, i) }
	if len(begin) == 1 && len(end) == 1 && strings.Contains(letters, begin) && strings.Contains(letters, end) {
		from, to, text = strings.Index(letters, begin), strings.Index(letters, end), func(i int) string { return letters[i : i+1] }
	} else {
		var err1, err2 error
		from, err1 = strconv.Atoi(begin)
		to, err2 = strconv.Atoi(end)
		if err1 != nil || err2 != nil {
			return nil, fmt.Errorf("host range in %s must go from number to number or from letter to letter", name)
		}
	}
	if from > to {
		return nil, fmt.Errorf("host range in %s must have begin <= end", name)
	}
	if (to-from)/step >= maxRange {
		return nil, fmt.Errorf("%s expands to more than %d hosts", name, maxRange)
	}
	var values []string
	for i := from; i <= to; i += step {
		values = append(values, text(i))
	}
	return values, nil
}
