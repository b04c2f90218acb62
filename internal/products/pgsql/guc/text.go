package guc

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// words tells what is wrong with the text of a setting that has a grammar of its own, nil if nothing is or it has none. The server refuses
// such a text when it starts, and keeps the former one at a reload.
func words(name, text string) error {
	switch strings.ToLower(name) {
	case "timezone", "log_timezone":
		return zone(text)
	case "datestyle":
		return each(text, "a form (ISO, Postgres, SQL, German) or an order (DMY, MDY, YMD)",
			"iso", "postgres", "sql", "german", "dmy", "mdy", "ymd", "us", "noneuropean", "euro", "european", "default")
	case "log_destination":
		return each(text, "stderr, csvlog, jsonlog, syslog or eventlog, with commas between them", "stderr", "csvlog", "jsonlog", "syslog", "eventlog")
	case "createrole_self_grant":
		if text == "" {
			return nil
		}
		return each(text, "set, inherit or both", "set", "inherit")
	case "search_path", "temp_tablespaces":
		return names(text)
	case "synchronous_standby_names":
		return standbys(text)
	}
	return nil
}

// region is a zone of the time zone database, such as Asia/Shanghai; other forms (UTC+8, <+08>-8) are the server's own.
var region = regexp.MustCompile(`^[A-Za-z_]+(?:/[A-Za-z0-9_+-]+)+$`)

func zone(text string) error {
	if !region.MatchString(text) {
		return nil
	}
	name := strings.TrimPrefix(strings.TrimPrefix(text, "posix/"), "right/")
	if _, err := time.LoadLocation(name); err != nil && !anyCase(name) {
		return fmt.Errorf("must be a time zone, such as Asia/Shanghai")
	}
	return nil
}

// anyCase tells whether a zone is there in the usual spelling: the server does not mind the case.
func anyCase(name string) bool {
	parts := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return r == '/' })
	for i, p := range parts {
		words := strings.Split(p, "_")
		for j, w := range words {
			if w != "" {
				words[j] = strings.ToUpper(w[:1]) + w[1:]
			}
		}
		parts[i] = strings.Join(words, "_")
	}
	_, err := time.LoadLocation(strings.Join(parts, "/"))
	return err == nil
}

// each tells whether all words of a list are known.
func each(text, want string, known ...string) error {
	for word := range strings.SplitSeq(text, ",") {
		if !slices.Contains(known, strings.ToLower(strings.TrimSpace(word))) {
			return fmt.Errorf("must be %s", want)
		}
	}
	return nil
}
