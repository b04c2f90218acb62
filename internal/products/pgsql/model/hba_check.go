package model

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// What a line of pg_hba.conf begins with, and how it ends. The server keeps all of its former rules if one line is wrong.
var (
	hbaTypes   = []string{"local", "host", "hostssl", "hostnossl", "hostgssenc", "hostnogssenc"}
	hbaInclude = []string{"include", "include_if_exists", "include_dir"}
	hbaWays    = []string{"bsd", "cert", "gss", "ident", "ldap", "md5", "oauth", "pam", "password", "peer", "radius", "reject", "scram-sha-256", "sspi", "trust"}
)

// checkRecords tells what is wrong with lines that a rule gives as they are to be. One that ends with \ goes on in the next.
func checkRecords(lines []string, check func(line string) error) error {
	whole := ""
	for _, line := range lines {
		rest, goesOn := strings.CutSuffix(line, `\`)
		if whole += rest; goesOn {
			continue
		}
		if err := check(whole); err != nil {
			return err
		}
		whole = ""
	}
	return nil
}

// checkRecord tells what is wrong with a line that a rule gives as it is to be.
func checkRecord(line string) error {
	tokens := hbaTokens(line)
	if len(tokens) == 0 || len(tokens) == 2 && slices.Contains(hbaInclude, tokens[0]) {
		return nil
	}
	if !slices.Contains(hbaTypes, tokens[0]) {
		return fmt.Errorf("invalid rule %q: must begin with one of %s%s", line, strings.Join(hbaTypes, ", "), hint(tokens[0], hbaTypes))
	}
	rest, wants := tokens[1:], "database, user and method"
	if tokens[0] != "local" {
		wants = "database, user, address and method"
		if len(rest) < 4 {
			return fmt.Errorf("invalid rule %q: want %s", line, wants)
		}
		masked, err := checkRecordAddr(rest[2:])
		if err != nil {
			return fmt.Errorf("invalid rule %q: %w", line, err)
		}
		rest = append(slices.Clone(rest[:2]), rest[3+masked:]...)
	}
	if len(rest) < 3 {
		return fmt.Errorf("invalid rule %q: want %s", line, wants)
	}
	return checkRecordMethod(line, tokens[0], rest[2], rest[3:])
}

// checkRecordAddr looks at the address at the beginning of tokens, and tells how many tokens its mask takes.
func checkRecordAddr(tokens []string) (mask int, err error) {
	addr := tokens[0]
	if strings.Contains(addr, "/") {
		_, err := netip.ParsePrefix(addr)
		return 0, err
	}
	if _, err := netip.ParseAddr(addr); err != nil {
		return 0, nil //nolint:nilerr // a name of a host, or one of all, samehost and samenet
	}
	if _, err := netip.ParseAddr(tokens[1]); err != nil {
		return 0, fmt.Errorf("the address %s needs a mask, as in %s/32", addr, addr)
	}
	return 1, nil
}

func checkRecordMethod(line, kind, method string, options []string) error {
	switch {
	case !slices.Contains(hbaWays, method):
		return fmt.Errorf("invalid rule %q: unknown method %s: must be one of %s%s", line, method, strings.Join(hbaWays, ", "), hint(method, hbaWays))
	case method == "peer" && kind != "local":
		return fmt.Errorf("invalid rule %q: peer is for local connections only", line)
	case method == "bsd" || method == "sspi":
		return fmt.Errorf("invalid rule %q: PostgreSQL has no method %s on Linux", line, method)
	case method == "gss" && kind == "local":
		return fmt.Errorf("invalid rule %q: gss is not for local connections", line)
	case method == "cert" && kind != "hostssl":
		return fmt.Errorf("invalid rule %q: cert is for hostssl only", line)
	}
	if err := checkRecordOptions(kind, method, options); err != nil {
		return fmt.Errorf("invalid rule %q: %w", line, err)
	}
	return nil
}
