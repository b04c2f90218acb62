package model

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"pig/internal/diag"
)

// What a line of pg_hba.conf begins with, and how it ends. The server keeps all of its former rules if one line is wrong.
var (
	hbaTypes   = []string{"local", "host", "hostssl", "hostnossl", "hostgssenc", "hostnogssenc"}
	hbaInclude = []string{"include", "include_if_exists", "include_dir"}
	hbaWays    = []string{"bsd", "cert", "gss", "ident", "ldap", "md5", "oauth", "pam", "password", "peer", "radius", "reject", "scram-sha-256", "sspi", "trust"}
)

// rawRecords are the lines that a rule gives as they are to be: a text of several lines is several records.
func (h *HBA) rawRecords(r HBARule) (records []string, err error) {
	var places []diag.Pos
	for i, raw := range r.Raw {
		at := r.Pos
		if i < len(r.RawPos) && r.RawPos[i].Known() {
			at = r.RawPos[i]
		}
		for _, line := range strings.FieldsFunc(raw, func(c rune) bool { return c == '\n' || c == '\r' }) {
			records, places = append(records, line), append(places, at)
		}
	}
	at, err := checkRecords(records, h.check())
	if err != nil {
		return nil, diag.At(places[at], err)
	}
	return records, nil
}

// soundRecords are the lines that the aliases of a rule stand for. Not each method goes with each address: the server would keep all of its
// former rules, and the pool would skip the line.
func (h *HBA) soundRecords(r HBARule) ([]string, error) {
	records, err := h.records(r)
	if err != nil {
		return nil, err
	}
	for _, record := range records {
		if err := h.check()(strings.Join(strings.Fields(record), " ")); err != nil {
			return nil, &diag.Diagnostic{Summary: err.Error(), Cause: err, Pos: r.Pos, Hint: ruleHint(record)}
		}
	}
	return records, nil
}

// ruleHint says how a rule whose line is wrong becomes sound.
func ruleHint(record string) string {
	tokens := hbaTokens(record)
	switch {
	case strings.Contains(tokens[1]+","+tokens[2], "+"):
		return "name the users instead of the role"
	case tokens[len(tokens)-1] == "peer":
		return "write addr: local, or choose a password method"
	case tokens[len(tokens)-1] == "cert":
		return "write a network as addr, such as intra or world: a certificate needs TLS"
	}
	return ""
}

func (h *HBA) check() func(line string) error {
	if h.Pooler {
		return checkPoolRecord
	}
	return func(line string) error {
		if err := checkRecord(line); err != nil {
			return err
		}
		return newer(line, h.Version)
	}
}

// checkRecords tells the first of lines that is wrong, and what is wrong with it. One that ends with \ goes on in the next.
func checkRecords(lines []string, check func(line string) error) (at int, err error) {
	whole := ""
	for i, line := range lines {
		if whole == "" {
			at = i
		}
		rest, goesOn := strings.CutSuffix(line, `\`)
		if whole += rest; goesOn {
			continue
		}
		if err := check(whole); err != nil {
			return at, err
		}
		whole = ""
	}
	return 0, nil
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
	if at := strings.Index(line, "${"); at >= 0 && !strings.Contains(line[:at], "#") {
		return fmt.Errorf("invalid rule %q: placeholders are not replaced in raw rules", line)
	}
	if err := checkRecordNames(line); err != nil {
		return fmt.Errorf("invalid rule %q: %w", line, err)
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
