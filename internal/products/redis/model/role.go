package model

import (
	"fmt"
	"net"
	"strconv"
	"strings"
)

// Addr is where an instance listens, as address and port.
type Addr struct {
	Host string
	Port int
}

func (a Addr) String() string { return net.JoinHostPort(a.Host, strconv.Itoa(a.Port)) }

// Words is an address as configuration files and replica_of have it: with a blank between.
func (a Addr) Words() string { return fmt.Sprintf("%s %d", a.Host, a.Port) }

// Is tells whether this is the address that a server tells in two fields. An IPv6 address has no brackets there.
func (a Addr) Is(ip, port string) bool { return a.Words() == ip+" "+port }

// Known tells whether there is an address.
func (a Addr) Known() bool { return a.Host != "" }

// ParseAddr reads "address port", "address:port" and "[address]:port".
func ParseAddr(text string) (Addr, error) {
	host, port := "", ""
	if words := strings.Fields(text); len(words) == 2 {
		host, port = words[0], words[1]
	} else if at := strings.LastIndexByte(text, ':'); at > 0 {
		host, port = strings.Trim(text[:at], "[]"), text[at+1:]
	}
	n, err := strconv.Atoi(port)
	if host == "" || err != nil || n < 1 || n > 65535 {
		return Addr{}, fmt.Errorf("invalid address %q: want an address and a port", text)
	}
	return Addr{host, n}, nil
}

// Role is what an instance is, by its own word.
type Role struct {
	Primary  bool
	Sentinel bool
	Follows  Addr   // of a replica
	Link     string // of a replica: connect, connecting, sync or connected
	Offset   int64
	Replicas []Addr // of a primary: those that are connected
}

// ParseRole reads the answer of ROLE.
func ParseRole(r Reply) (Role, error) {
	l := List(r)
	if len(l) == 0 {
		return Role{}, fmt.Errorf("empty answer to ROLE")
	}
	switch Text(l[0]) {
	case "master":
		if len(l) < 3 {
			break
		}
		role := Role{Primary: true, Offset: number(l[1])}
		for _, item := range List(l[2]) {
			if parts := List(item); len(parts) >= 2 {
				role.Replicas = append(role.Replicas, Addr{Text(parts[0]), int(number(parts[1]))})
			}
		}
		return role, nil
	case "slave":
		if len(l) < 5 {
			break
		}
		return Role{Follows: Addr{Text(l[1]), int(number(l[2]))}, Link: Text(l[3]), Offset: number(l[4])}, nil
	case "sentinel":
		return Role{Sentinel: true}, nil
	}
	return Role{}, fmt.Errorf("ROLE answered %v", r)
}

func number(r Reply) int64 {
	if n, ok := r.(int64); ok {
		return n
	}
	n, _ := strconv.ParseInt(Text(r), 10, 64)
	return n
}

// ParseInfo reads lines of name:value, as INFO and CLUSTER INFO give them.
func ParseInfo(text string) map[string]string {
	m := map[string]string{}
	for line := range strings.SplitSeq(text, "\n") {
		if name, v, ok := strings.Cut(strings.TrimRight(line, "\r"), ":"); ok && !strings.HasPrefix(name, "#") {
			m[name] = v
		}
	}
	return m
}

// Target is whom an instance has to follow to begin with, where primary is declared as the one that leads and view holds the
// roles of those that answer: the one that leads now. declared is whom it is declared to follow, unknown for the primary
// itself; self is the instance.
func Target(self, declared Addr, view map[Addr]Role) Addr {
	if declared.Known() {
		at := declared
		for range 8 { // a promoted replica may have been followed by another one since
			r, ok := view[at]
			if !ok || r.Primary || r.Follows == self || !r.Follows.Known() {
				break
			}
			at = r.Follows
		}
		if r, ok := view[at]; ok && r.Primary {
			return at
		}
	}
	if at := leader(self, view); at.Known() {
		return at
	}
	return declared
}

// leader is the one other than self that leads others, or else leads at all.
func leader(self Addr, view map[Addr]Role) Addr {
	var found Addr
	most := -1
	for at, r := range view {
		if at == self || !r.Primary {
			continue
		}
		if n := len(r.Replicas); n > most || n == most && at.String() < found.String() {
			found, most = at, n
		}
	}
	return found
}
