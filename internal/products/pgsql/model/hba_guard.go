package model

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"
)

// guarded protects the accounts of the environment. PostgreSQL and pgbouncer take the first record that fits, and these accounts are
// members of groups, so what refuses them stands before the first rule that lets everybody, or a group, in.
//
// The database superuser comes by the unix socket. Where it has a password, as the nodes of Citus need, it comes from other hosts as
// h.Privileged do: by TLS. A rule of the inventory that names such an account counts all the same, wherever it stands.
func (h *HBA) guarded(blocks [][]string) [][]string {
	privileged, db := slices.Clone(h.Privileged), "all,replication"
	if h.Pooler {
		db = "all"
	}
	if h.Remote && !h.Pooler {
		privileged = append(privileged, h.DBSU)
	} else {
		blocks = h.guard(blocks, "the database superuser connects through the Unix socket", "host", db, []string{h.DBSU}, func(string) bool { return true })
	}
	if h.Pooler && h.NoTLS {
		return blocks
	}
	return h.guard(blocks, "accounts of the environment connect from other hosts over TLS", "hostnossl", db, privileged, func(addr string) bool {
		return !loopback(addr)
	})
}

// loopback tells whether a network holds addresses of this host only. 127.0.0.1/0 is everybody.
func loopback(addr string) bool {
	p, err := netip.ParsePrefix(addr)
	return err == nil && p.Addr().IsLoopback() && (p.Addr().Is6() && p.Bits() == 128 || p.Addr().Is4() && p.Bits() >= 8)
}

// guard puts a block before the first rule that lets everybody or a group in from addresses that count: records of later rules that
// name one of the users, then records of this kind that refuse them.
func (h *HBA) guard(blocks [][]string, title, kind, db string, users []string, counts func(addr string) bool) [][]string {
	at := slices.IndexFunc(blocks, func(b []string) bool {
		return slices.ContainsFunc(b, func(line string) bool { return broad(line, counts) })
	})
	if at < 0 {
		at = len(blocks)
	}
	var names []string
	for _, user := range users {
		if name, err := hbaNames(user); err == nil { // a wrong one is a mistake of the inventory, told elsewhere
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return blocks
	}
	list := strings.Join(names, ",")
	block := append([]string{"# " + title + " [default]"}, h.lifted(blocks[at:], users)...)
	block = append(block, record(kind, db, list, "0.0.0.0/0", "reject"), record(kind, db, list, "::/0", "reject"))
	return slices.Insert(slices.Clone(blocks), at, block)
}

// lifted are the records of later rules that name one of the users, and what refuses everybody, or a group with users in it, before
// them: for these users it has to come first here, too.
func (h *HBA) lifted(blocks [][]string, users []string) []string {
	var lines, refused []string
	for _, b := range blocks {
		for _, line := range b {
			t := hbaTokens(line)
			if !remote(t) {
				continue
			}
			names := strings.Split(t[2], ",")
			switch {
			case slices.ContainsFunc(names, func(name string) bool { return slices.Contains(users, name) }):
				lines, refused = append(append(lines, refused...), line), nil
			case t[len(t)-1] == "reject":
				db, err := hbaNames(t[1])
				list, meant := h.meant(names, users)
				if err == nil && meant {
					refused = append(refused, record(t[0], db, list, strings.Join(t[3:len(t)-1], " "), "reject"))
				}
			}
		}
	}
	return lines
}

// meant are those of users that a record means without naming them: by all, by a group that they are in, by a pattern. Who is in a
// group that nobody declares is not known: a refusal of it counts.
func (h *HBA) meant(names, users []string) (list string, any bool) {
	var found []string
	for _, user := range users {
		if slices.ContainsFunc(names, func(name string) bool {
			group, isGroup := strings.CutPrefix(name, "+")
			switch {
			case name == "all":
				return true
			case isGroup:
				_, declared := h.Groups[group]
				return !declared || user == group || slices.Contains(h.Groups[user], group)
			case strings.HasPrefix(name, "/"):
				fits, err := regexp.MatchString(name[1:], user)
				return fits || err != nil
			}
			return strings.HasPrefix(name, "@")
		}) {
			if name, err := hbaNames(user); err == nil {
				found = append(found, name)
			}
		}
	}
	return strings.Join(found, ","), len(found) > 0
}

// remote tells whether the tokens of a record are about TCP connections.
func remote(t []string) bool { return len(t) >= 5 && strings.HasPrefix(t[0], "host") }

// broad tells whether a record lets everybody, or a group, in from an address that counts.
func broad(line string, counts func(addr string) bool) bool {
	t := hbaTokens(line)
	if strings.HasSuffix(line, `\`) || len(t) > 0 && strings.HasPrefix(t[0], "include") {
		return true // what is in the next line, or in another file, may let everybody in
	}
	if !remote(t) || t[len(t)-1] == "reject" || !counts(t[3]) {
		return false
	}
	return slices.ContainsFunc(strings.Split(t[2], ","), func(name string) bool {
		return name == "all" || name != "" && strings.Contains("+/@", name[:1])
	})
}
