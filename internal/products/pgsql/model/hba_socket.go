package model

import (
	"regexp"
	"slices"
	"strings"

	"pig/internal/diag"
)

// socketMethods are the methods that let an account of the operating system in without a password.
var socketMethods = []string{"peer", "ident", "trust"}

// ShutOut tells the rule by which the database superuser cannot come by the unix socket any more: pig and the tools of the cluster come that way.
func (h *HBA) ShutOut(rules []HBARule) error {
	for _, rule := range sortRules(rules) {
		lines, err := h.rule(rule)
		if err != nil {
			return nil //nolint:nilerr // Render tells it
		}
		for _, line := range lines {
			if strings.HasSuffix(line, `\`) || strings.HasPrefix(line, "include") {
				return nil // who comes in may stand in the next line, or in another file
			}
			t := hbaTokens(line)
			if len(t) < 4 || t[0] != "local" || !h.means(t[2]) || !slices.ContainsFunc(strings.Split(t[1], ","), anyDatabase) {
				continue
			}
			if slices.Contains(socketMethods, t[3]) {
				return nil
			}
			d := diag.Errorf(rule.Pos, "invalid rule %q: the database superuser %s could no longer connect through the Unix socket", strings.Join(strings.Fields(line), " "), h.DBSU)
			return d.WithHint("add a rule for the user ${dbsu} with addr: local, auth: ident and a lower order")
		}
	}
	return diag.Errorf(diag.Pos{}, "no rule allows the database superuser %s to connect through the Unix socket", h.DBSU).
		WithHint("write { user: '${dbsu}', db: all, addr: local, auth: ident } as the first of pg_default_hba_rules")
}

// anyDatabase tells whether a name of a record stands for all databases, or for the one that the superuser begins in.
func anyDatabase(name string) bool { return name == "all" || name == "postgres" }

// means tells whether the users of a record are, or include, the database superuser. It is in no group by being a superuser.
func (h *HBA) means(users string) bool {
	return slices.ContainsFunc(strings.Split(users, ","), func(name string) bool {
		if pattern, ok := strings.CutPrefix(name, "/"); ok {
			fits, err := regexp.MatchString(pattern, h.DBSU)
			return err == nil && fits
		}
		group, isGroup := strings.CutPrefix(name, "+")
		return name == "all" || name == h.DBSU || isGroup && slices.Contains(h.Groups[h.DBSU], group)
	})
}
