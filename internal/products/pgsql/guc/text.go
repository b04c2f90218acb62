package guc

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
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
		return each(text, "stderr, csvlog, jsonlog, syslog or eventlog, separated by commas", "stderr", "csvlog", "jsonlog", "syslog", "eventlog")
	case "createrole_self_grant":
		if text == "" {
			return nil
		}
		return each(text, "set, inherit or both", "set", "inherit")
	case "wal_consistency_checking":
		return eachOrNone(text, "all, or resource managers separated by commas, such as heap, btree", "all", "heap2", "heap", "btree", "hash", "gin", "gist", "sequence", "spgist", "brin", "generic")
	case "restrict_nonsystem_relation_kind":
		return eachOrNone(text, "view, foreign-table or both", "view", "foreign-table")
	case "debug_io_direct":
		return eachOrNone(text, "data, wal or wal_init, separated by commas", "data", "wal", "wal_init")
	case "plpgsql.extra_warnings", "plpgsql.extra_errors":
		return eachOrNone(text, "all, none, or checks separated by commas, such as shadowed_variables", "all", "none", "shadowed_variables", "strict_multi_assignment", "too_many_rows")
	case "log_connections":
		return connectionAspects(text)
	case "search_path", "temp_tablespaces", "session_preload_libraries", "local_preload_libraries", "oauth_validator_libraries", "synchronized_standby_slots":
		return names(text)
	case "ssl_ciphers":
		return ciphers(text)
	case "ssl_tls13_ciphers":
		return ciphers13(text)
	case "ssl_ecdh_curve":
		return curveName(text)
	case "ssl_groups":
		return groupNames(text)
	case "timezone_abbreviations":
		return abbreviations(text)
	case "synchronous_standby_names":
		return standbys(text)
	}
	return nil
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

// eachOrNone is each for a list that may be empty.
func eachOrNone(text, want string, known ...string) error {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	return each(text, want, known...)
}

// connectionAspects tells what is wrong with log_connections since PostgreSQL 18: a boolean, or what of a connection is logged.
func connectionAspects(text string) error {
	if boolean(text) {
		return nil
	}
	return eachOrNone(text, "on, off, or receipt, authentication, authorization, setup_durations or all, separated by commas", "receipt", "authentication", "authorization", "setup_durations", "all")
}

var letters = regexp.MustCompile(`^[A-Za-z]+$`)

// abbreviations tells what is wrong with the name of a file of abbreviations of zones.
func abbreviations(text string) error {
	if !letters.MatchString(text) {
		return fmt.Errorf("must be Default, Australia, India or your own file with a name of letters only")
	}
	return nil
}
