package model

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Monitor is a primary that sentinels are to watch.
type Monitor struct {
	Name     string
	Primary  Addr // as declared: where it was when it began
	Quorum   int
	Password string
	Remove   bool
	// Settings are those of SENTINEL SET that are declared, such as down-after-milliseconds.
	Settings map[string]string
	// Group are all instances that may lead, as far as the inventory has them.
	Group []Addr
	// Renames are the commands that the watched instances know by other names.
	Renames map[string]string
}

// Watched is what a sentinel says of a primary.
type Watched struct {
	Name    string
	Primary Addr
	Values  map[string]string
}

// ParseMasters reads the answer of SENTINEL MASTERS.
func ParseMasters(r Reply) map[string]Watched {
	all := map[string]Watched{}
	for _, item := range List(r) {
		v := Pairs(item)
		port, _ := strconv.Atoi(v["port"])
		all[v["name"]] = Watched{Name: v["name"], Primary: Addr{v["ip"], port}, Values: v}
	}
	return all
}

// Strange tells whether a sentinel watches something else under the name of m: neither the declared primary nor one of its
// group, so that it is no failover that explains it. replicas are those that the sentinel knows.
func (m Monitor) Strange(w Watched, replicas []Addr) bool {
	if w.Primary == m.Primary {
		return false
	}
	for _, a := range m.Group {
		if a == w.Primary {
			return false
		}
	}
	for _, a := range replicas {
		if a == m.Primary {
			return false
		}
	}
	return true
}

// Wanted are the settings of m that differ from what the sentinel says and keeps in its file: the words for SENTINEL SET.
func (m Monitor) Wanted(w Watched, file Conf) [][]string {
	var all [][]string
	if w.Values["quorum"] != strconv.Itoa(m.Quorum) {
		all = append(all, []string{"quorum", strconv.Itoa(m.Quorum)})
	}
	for _, name := range []string{"down-after-milliseconds", "failover-timeout", "parallel-syncs"} {
		if v := m.Settings[name]; v != "" && w.Values[name] != v {
			all = append(all, []string{name, v})
		}
	}
	password := ""
	for _, words := range kept(file, "auth-pass", m.Name) {
		password = words[0]
	}
	if password != m.Password {
		all = append(all, []string{"auth-pass", m.Password})
	}
	return append(all, m.renames(file)...)
}

// renames are the names of commands that the sentinel does not know yet, or still knows.
func (m Monitor) renames(file Conf) [][]string {
	known := map[string]string{}
	for _, words := range kept(file, "rename-command", m.Name) {
		if len(words) == 2 {
			known[strings.ToLower(words[0])] = words[1]
		}
	}
	var all [][]string
	for _, command := range slices.Sorted(maps.Keys(m.Renames)) {
		if name := m.Renames[command]; name != "" && known[command] != name {
			all = append(all, []string{"rename-command", command, name})
		}
	}
	for _, command := range slices.Sorted(maps.Keys(known)) {
		if _, ok := m.Renames[command]; !ok {
			all = append(all, []string{"rename-command", command, command})
		}
	}
	return all
}

// kept are the words after "sentinel key name" of each such line of a file.
func kept(file Conf, key, name string) [][]string {
	var all [][]string
	for _, l := range file.All() {
		if l.Key == "sentinel "+key && len(l.Args) > 1 && l.Args[0] == name {
			all = append(all, l.Args[1:])
		}
	}
	return all
}

// UsedBySentinels tells whether sentinels send a command to those that they watch.
func UsedBySentinels(command string) bool {
	switch strings.ToLower(command) {
	case "slaveof", "replicaof", "config", "client", "multi", "exec", "info", "ping", "publish", "subscribe", "auth", "role", "script":
		return true
	}
	return false
}

// fixed are the commands that servers send to each other by their own names.
var fixed = []string{"auth", "ping", "psync", "sync", "replconf", "restore-asking", "hello"}
