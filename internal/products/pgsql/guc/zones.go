package guc

import (
	_ "embed"
	"fmt"
	"regexp"
	"strings"
	"sync"
)

//go:embed zones.txt
var zoneNames string

// zones are the names of the time zone database in small letters: the server minds no case.
var zones = sync.OnceValue(func() map[string]bool {
	all := map[string]bool{}
	for name := range strings.Lines(zoneNames) {
		all[strings.ToLower(strings.TrimSpace(name))] = true
	}
	return all
})

var (
	// offsetZone is a zone by its distance from Greenwich: <+08>-8, EST5EDT,M3.2.0,M11.1.0.
	offsetZone = regexp.MustCompile(`^(?:<[^>]+>|[^-+,<0-9\s']+)[+-]?[0-9]`)
	// hours and interval are other forms of the distance: 8, -5.5, INTERVAL '+08:00'.
	hours    = regexp.MustCompile(`^\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)\s*$`)
	interval = regexp.MustCompile(`(?i)^interval\s*'[^']*'\s*$`)
)

// zone tells what is wrong with a time zone.
func zone(text string) error {
	name := strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(text), "posix/"), "right/")
	if zones()[name] || offsetZone.MatchString(text) || hours.MatchString(text) || interval.MatchString(text) {
		return nil
	}
	return fmt.Errorf("must be a time zone, such as Asia/Shanghai")
}
