package crypto

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// spanForm is a time from now on, or before it: +3650d, -1h, +32w1d2h.
var spanForm = regexp.MustCompile(`^[+-](?:\d+[wW])?(?:\d+[dD])?(?:\d+[hH])?(?:\d+[mM])?(?:\d+[sS]?)?$`)

var partForm = regexp.MustCompile(`(\d+)([a-zA-Z]?)`)

// certTime reads a time of a certificate: a span from now, or a moment such as 20301231235959Z.
func certTime(name, text string, now time.Time) (time.Time, error) {
	text = strings.TrimSpace(text)
	bad := fmt.Errorf("The time spec %q for %s is invalid: want a span such as +3650d, or a moment such as 20301231235959Z", text, name) //nolint:staticcheck // Ansible's words
	if spanForm.MatchString(text) && len(text) > 1 {
		var span time.Duration
		for _, part := range partForm.FindAllStringSubmatch(text, -1) {
			unit := map[string]time.Duration{"w": 7 * 24 * time.Hour, "d": 24 * time.Hour, "h": time.Hour, "m": time.Minute, "s": time.Second, "": time.Second}[strings.ToLower(part[2])]
			n, err := strconv.ParseInt(part[1], 10, 32)
			if err != nil || n > int64(200*365*24*time.Hour/unit) {
				return time.Time{}, bad
			}
			span += time.Duration(n) * unit
		}
		if text[0] == '-' {
			span = -span
		}
		return now.Add(span).UTC().Truncate(time.Second), nil
	}
	for _, form := range []string{"20060102150405Z", "200601021504Z", "20060102150405-0700", "200601021504-0700"} {
		if at, err := time.Parse(form, text); err == nil {
			return at.UTC(), nil
		}
	}
	return time.Time{}, bad
}

// moment is a time as these modules show it.
func moment(t time.Time) string { return t.UTC().Format("20060102150405Z") }
