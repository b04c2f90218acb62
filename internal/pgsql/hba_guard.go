package pgsql

import (
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
		blocks = guard(blocks, "the database superuser comes by the unix socket", "host", db, []string{h.DBSU}, func(string) bool { return true })
	}
	if h.Pooler && h.NoTLS {
		return blocks
	}
	return guard(blocks, "accounts of the environment come from other hosts by TLS", "hostnossl", db, privileged, func(addr string) bool {
		return !strings.HasPrefix(addr, "127.") && !strings.HasPrefix(addr, "::1")
	})
}

// guard puts a block before the first rule that lets everybody or a group in from addresses that count: records of later rules that
// name one of the users, then records of this kind that refuse them.
func guard(blocks [][]string, title, kind, db string, users []string, counts func(addr string) bool) [][]string {
	at := slices.IndexFunc(blocks, func(b []string) bool {
		return slices.ContainsFunc(b, func(line string) bool { return broad(line, counts) })
	})
	if at < 0 {
		at = len(blocks)
	}
	block := []string{"# " + title + " [default]"}
	for _, b := range blocks[at:] {
		for _, line := range b {
			if t := hbaTokens(line); remote(t) && slices.ContainsFunc(strings.Split(t[2], ","), func(name string) bool { return slices.Contains(users, name) }) {
				block = append(block, line)
			}
		}
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
	block = append(block, record(kind, db, list, "0.0.0.0/0", "reject"), record(kind, db, list, "::/0", "reject"))
	return slices.Insert(slices.Clone(blocks), at, block)
}

// remote tells whether the tokens of a record are about TCP connections.
func remote(t []string) bool { return len(t) >= 5 && strings.HasPrefix(t[0], "host") }

// broad tells whether a record lets everybody, or a group, in from an address that counts.
func broad(line string, counts func(addr string) bool) bool {
	t := hbaTokens(line)
	if !remote(t) || t[len(t)-1] == "reject" || !counts(t[3]) {
		return false
	}
	return slices.ContainsFunc(strings.Split(t[2], ","), func(name string) bool {
		return name == "all" || strings.HasPrefix(name, "+") || strings.HasPrefix(name, "/")
	})
}
