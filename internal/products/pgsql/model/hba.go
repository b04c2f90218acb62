package model

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"pig/internal/diag"
)

// HBARule is a host-based authentication rule as an inventory writes it, with its aliases.
type HBARule struct {
	Title string
	Role  string   // instances that it is for; "" and common are all
	Order *int     // place among the rules; those without one come last
	User  string   // "" is all; ${dbsu}, ${repl}, ${monitor}, ${admin} stand for the configured names
	DB    string   // "" is all
	Addr  string   // an alias or a network
	Auth  string   // an alias; "" is pwd
	Raw   []string // lines to take as they are, instead of Addr
	Pos   diag.Pos
	// AddrPos and AuthPos are the places of Addr and Auth, where they are known.
	AddrPos, AuthPos diag.Pos
	// RawPos are the places of Raw, where they are known.
	RawPos []diag.Pos
	// Default says that the rule is not the user's own: where the pool offers no TLS, it asks for none.
	Default bool
}

// HBA is what the aliases in rules stand for on one instance.
type HBA struct {
	Role         Role
	OfflineQuery bool
	DBSU         string
	Replicator   string
	Monitor      string
	Admin        string
	AdminIP      string
	Infra        []string // addresses of infra nodes, sorted as text
	Members      []string // addresses of the cluster's members, sorted as text
	Intranet     []string // networks, in the order of the inventory
	MD5          bool     // pg_pwd_enc is md5
	Pooler       bool     // the file is pgbouncer's
	NoTLS        bool     // the pool offers no TLS
	Version      int      // of PostgreSQL; 0 is not known
	Remote       bool     // the database superuser has a password, with which it may come from other hosts
	Privileged   []string // users that come from other hosts by TLS only: of replication, monitoring, administration
	// Groups are the roles that each declared role is a member of, by way of others too.
	Groups map[string][]string
}

// hbaRoles are the values of a rule's role.
var hbaRoles = []string{"default", "common", "primary", "replica", "offline", "standby", "delayed"}

var hbaAliases = []string{"local", "localhost", "admin", "infra", "cluster", "intra", "intranet", "world", "all"}

// hbaMethods are the aliases of methods: what they are for PostgreSQL and for pgbouncer. pwd stands for the configured
// password method.
var hbaMethods = map[string][2]string{
	"deny": {"reject", "reject"}, "reject": {"reject", "reject"}, "trust": {"trust", "trust"},
	"": {"pwd", "pwd"}, "pwd": {"pwd", "pwd"}, "ssl": {"pwd", "pwd"},
	"sha": {"scram-sha-256", "scram-sha-256"}, "ssl-sha": {"scram-sha-256", "scram-sha-256"}, "scram-sha-256": {"scram-sha-256", "scram-sha-256"},
	"md5": {"md5", "md5"}, "ssl-md5": {"md5", "md5"}, "cert": {"cert", "cert"}, "peer": {"peer", "peer"}, "os": {"ident", "peer"}, "ident": {"ident", "peer"},
}

// CheckAddr tells what is wrong with the address of a rule.
func CheckAddr(addr string) error {
	if slices.Contains(hbaAliases, addr) {
		return nil
	}
	if _, err := netip.ParsePrefix(addr); err == nil {
		return nil
	}
	if ip, err := netip.ParseAddr(addr); err == nil && ip.Zone() == "" { // a zone may be any text
		return nil // one host; Pigsty writes it without the mask that pg_hba.conf wants
	}
	return fmt.Errorf("unknown address %s: neither a host or network nor one of %s%s", addr, strings.Join(hbaAliases, ", "), hint(addr, hbaAliases))
}

// CheckAuth tells what is wrong with the method of a rule.
func CheckAuth(auth string) error {
	if _, ok := hbaMethods[auth]; ok {
		return nil
	}
	known := make([]string, 0, len(hbaMethods))
	for m := range hbaMethods {
		if m != "" {
			known = append(known, m)
		}
	}
	slices.Sort(known)
	return fmt.Errorf("unknown method %s: must be one of %s%s", auth, strings.Join(known, ", "), hint(auth, known))
}

func hint(word string, known []string) string {
	if h := diag.DidYouMean(word, known); h != "" {
		return ", " + h
	}
	return ""
}

// Render gives the lines of a pg_hba.conf, without a header: for each rule a comment and its records, rules with an order
// first, blank lines between. A rule for another role is there as a comment. Faults of rules are diagnostics.
func (h *HBA) Render(rules []HBARule) ([]string, error) {
	var blocks [][]string
	var errs diag.List
	for _, r := range sortRules(rules) {
		block, err := h.rule(r)
		if err != nil {
			errs.Add(diag.At(r.Pos, err))
			continue
		}
		blocks = append(blocks, block)
	}
	var lines []string
	for _, block := range h.guarded(blocks) {
		if len(lines) > 0 {
			lines = append(lines, "")
		}
		lines = append(lines, block...)
	}
	return lines, errs.Err()
}

// sortRules puts rules with an order first, ascending, and leaves the rest as they are.
func sortRules(rules []HBARule) []HBARule {
	var ordered, rest []HBARule
	for _, r := range rules {
		if r.Order != nil {
			ordered = append(ordered, r)
		} else {
			rest = append(rest, r)
		}
	}
	slices.SortStableFunc(ordered, func(a, b HBARule) int { return *a.Order - *b.Order })
	return append(ordered, rest...)
}

// applies tells whether a rule is in force on this instance.
func (h *HBA) applies(role string) (bool, error) {
	switch {
	case role == "" || role == "default" || role == "common":
		return true, nil
	case !slices.Contains(hbaRoles, role):
		return false, fmt.Errorf("unknown role %s of an HBA rule: must be one of %s", role, strings.Join(hbaRoles, ", "))
	case role == string(Offline) && h.OfflineQuery:
		return true, nil
	}
	return role == string(h.Role), nil
}

func (h *HBA) rule(r HBARule) ([]string, error) {
	active, err := h.applies(r.Role)
	if err != nil {
		return nil, err
	}
	role := r.Role
	if role == "" {
		role = "default"
	}
	records, err := h.rawRecords(r)
	if err == nil && len(records) == 0 {
		records, err = h.soundRecords(r)
	}
	if err != nil {
		return nil, err
	}
	title := "# " + strings.Join(strings.Fields(r.Title), " ") + " [" + role + "]"
	if !active {
		title += " [DISABLED]"
	}
	lines := []string{title}
	for _, rec := range records {
		if !active {
			rec = "#" + rec
		}
		lines = append(lines, rec)
	}
	return lines, nil
}

func (h *HBA) records(r HBARule) ([]string, error) {
	if r.Addr == "" {
		return nil, fmt.Errorf("an HBA rule needs addr or rules")
	}
	if err := CheckAuth(r.Auth); err != nil {
		return nil, diag.At(r.AuthPos, err)
	}
	db := r.DB
	if db == "" {
		db = "all"
	}
	if h.Pooler && db == "replication" {
		return nil, fmt.Errorf("pgbouncer does not pool replication connections: db replication is for pg_hba_rules")
	}
	method, kind := h.method(r.Auth), "host"
	if slices.Contains([]string{"ssl", "ssl-md5", "ssl-sha", "cert"}, r.Auth) {
		kind = "hostssl"
	}
	if h.Pooler && h.NoTLS && r.Default && r.Auth != "cert" {
		kind = "host"
	}
	users, err := h.users(r.User)
	if err != nil {
		return nil, fmt.Errorf("user of an HBA rule: %w", err)
	}
	user, err := hbaNames(users)
	if err != nil {
		return nil, fmt.Errorf("user of an HBA rule: %w", err)
	}
	if at := strings.Index(db, "${"); at >= 0 {
		return nil, fmt.Errorf("db of an HBA rule: unknown placeholder %s", db[at:])
	}
	if db, err = hbaNames(db); err != nil {
		return nil, fmt.Errorf("db of an HBA rule: %w", err)
	}
	local, hosts, err := h.addresses(r.Addr)
	if err != nil {
		return nil, diag.At(r.AddrPos, err)
	}
	var lines []string
	if local {
		lines = append(lines, record("local", db, user, "", method))
	}
	if r.Addr == "localhost" {
		kind = "host" // TLS to oneself protects nothing
	}
	for _, a := range hosts {
		lines = append(lines, record(kind, db, user, a, method))
	}
	return lines, nil
}

// addresses resolves an alias: whether the unix socket is meant, and which networks.
func (h *HBA) addresses(addr string) (local bool, hosts []string, err error) {
	switch addr {
	case "local":
		return true, nil, nil
	case "localhost":
		return true, []string{"127.0.0.1/32", "::1/128"}, nil
	case "admin":
		return false, single([]string{h.AdminIP}), nil
	case "infra":
		return false, single(h.Infra), nil
	case "cluster":
		return false, single(h.Members), nil
	case "intra", "intranet":
		return false, h.Intranet, nil
	case "world", "all":
		return false, []string{"0.0.0.0/0", "::/0"}, nil
	}
	if ip, err := netip.ParseAddr(addr); err == nil && ip.Zone() == "" {
		return false, single([]string{addr}), nil
	}
	return false, []string{addr}, CheckAddr(addr)
}

// single makes networks of one address each.
func single(addrs []string) []string {
	nets := make([]string, len(addrs))
	for i, a := range addrs {
		bits := 32
		if ip, err := netip.ParseAddr(a); err == nil {
			bits = ip.BitLen()
		}
		nets[i] = a + "/" + strconv.Itoa(bits)
	}
	return nets
}

// users puts names in the place of placeholders, in a list with commas between.
func (h *HBA) users(list string) (string, error) {
	if list == "" {
		return "all", nil
	}
	names := strings.Split(list, ",")
	for i, name := range names {
		name = strings.TrimSpace(name)
		if !strings.Contains(name, "${") {
			continue
		}
		known := map[string]string{"${dbsu}": h.DBSU, "${repl}": h.Replicator, "${monitor}": h.Monitor, "${admin}": h.Admin}
		if names[i] = known[name]; names[i] == "" {
			return "", fmt.Errorf("unknown placeholder %s%s", name, hint(name, slices.Sorted(maps.Keys(known))))
		}
	}
	return strings.Join(names, ","), nil
}

func (h *HBA) method(auth string) string {
	m := hbaMethods[auth][0]
	if h.Pooler {
		m = hbaMethods[auth][1]
	}
	if m != "pwd" {
		return m
	}
	if h.MD5 {
		return "md5"
	}
	return "scram-sha-256"
}
