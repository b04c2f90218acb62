package model

import (
	"regexp"
	"slices"
	"strings"
)

// OwnFile tells whether a name in the data directory belongs to PostgreSQL or Patroni, so that nobody else may write it.
func OwnFile(name string) bool {
	for _, prefix := range []string{"pg_", "PG_", "postgresql.", "postmaster.", "patroni.", "recovery."} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return slices.Contains([]string{"", ".", "..", "/", "base", "global", "standby.signal", "backup_label", "backup_manifest", "tablespace_map", "current_logfiles", "logfile"}, name)
}

var sodiumKey = regexp.MustCompile(`^[0-9a-fA-F]{64}$`)

// IsSodiumKey tells whether text can be the root key of pgsodium: 32 bytes in hexadecimal.
func IsSodiumKey(text string) bool { return sodiumKey.MatchString(text) }
