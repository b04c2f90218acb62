package model

import (
	"fmt"
	"slices"
	"strings"
)

// What pgbouncer takes of a line (hba.c of pgbouncer 1.25). It skips a line that it does not understand, with no more than a line in its log.
var (
	poolTypes = []string{"local", "host", "hostssl", "hostnossl"}
	poolWays  = []string{"cert", "ldap", "md5", "password", "peer", "reject", "scram-sha-256", "trust"}
)

// checkPoolRecord tells what is wrong with a line of pgb_hba_rules that a rule gives as it is to be.
func checkPoolRecord(line string) error {
	tokens := hbaTokens(line)
	if len(tokens) == 0 {
		return nil
	}
	if !slices.Contains(poolTypes, tokens[0]) {
		return fmt.Errorf("invalid rule %q: pgbouncer skips it: must begin with one of %s%s", line, strings.Join(poolTypes, ", "), hint(tokens[0], poolTypes))
	}
	if err := checkRecord(line); err != nil {
		return err
	}
	if err := checkPoolNames(line); err != nil {
		return fmt.Errorf("invalid rule %q: %w", line, err)
	}
	method := 3
	if tokens[0] != "local" {
		masked, err := checkPoolAddr(tokens[3:])
		if err != nil {
			return fmt.Errorf("invalid rule %q: %w", line, err)
		}
		method = 4 + masked
	}
	if way := tokens[method]; !slices.Contains(poolWays, way) {
		return fmt.Errorf("invalid rule %q: pgbouncer skips it: the method must be one of %s", line, strings.Join(poolWays, ", "))
	}
	for _, option := range tokens[method+1:] { // map, and those of LDAP
		if name, _, _ := strings.Cut(option, "="); name != "map" && !strings.HasPrefix(name, "ldap") {
			return fmt.Errorf("invalid rule %q: pgbouncer ignores the rule: it does not support option %s", line, name)
		}
	}
	return nil
}

// checkPoolAddr is checkRecordAddr for pgbouncer, which looks up no names.
func checkPoolAddr(tokens []string) (mask int, err error) {
	mask, err = checkRecordAddr(tokens)
	if err == nil && mask == 0 && tokens[0] != "all" && !strings.Contains(tokens[0], "/") {
		err = fmt.Errorf("pgbouncer ignores the rule: want a network or all, not the name %s", tokens[0])
	}
	return mask, err
}
