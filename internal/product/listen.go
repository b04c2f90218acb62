package product

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"pig/internal/params"
	"pig/internal/value"
)

// Listener is where the members of clusters listen. Cluster names the parameter of the cluster, Param the one with the addresses. All is how
// the program says all addresses, IPv4 and IPv6.
type Listener struct {
	Cluster, Param, All string
	EmptyIsOwn          bool
	// Alone tells a member that nobody looks for from another node, nil where there is none such.
	Alone func(n *Host) bool
}

// Listens sees to it that members listen where others look for them: at the address of their node. The defaults are IPv4 only.
func (r *Resolver) Listens(l Listener) {
	for _, n := range r.Env.Hosts {
		address, err := netip.ParseAddr(n.Name)
		if err == nil && n.Vars.Text(l.Cluster) != "" {
			r.listensAt(n, address, l)
		}
	}
}

func (r *Resolver) listensAt(n *Host, address netip.Addr, l Listener) {
	if n.Vars.Own(l.Param) == nil {
		if address.Is6() {
			n.Resolved.Set(l.Param, l.All)
		}
		return
	}
	text := n.Vars.Text(l.Param)
	if said, ok := n.Resolved.Get(l.Param); ok {
		text = value.Str(said)
	}
	if strings.Contains(text, ":") { // Patroni takes blanks out of lists with IPv6 addresses, and is compared with what is declared
		words := strings.Split(text, ",")
		for i := range words {
			words[i] = strings.TrimSpace(words[i])
		}
		text = strings.Join(words, ",")
		n.Resolved.Set(l.Param, text)
	}
	if text == "" && l.EmptyIsOwn || l.reached(text, address) || address.Is4() && l.Alone != nil && l.Alone(n) {
		return
	}
	all := l.All
	if address.Is4() {
		all = netip.IPv4Unspecified().String()
	}
	r.Errorf(n.Vars.Pos(l.Param), "invalid %s %q: %s would not listen on its own address, which other members connect to", l.Param, text, n.Name).
		WithHint("write %q for all addresses", all)
}

var hostName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]*$`)

// reached tells whether who listens on a list of addresses is found at one. What a name stands for only an IPv4 node can tell, and what a
// template becomes only a run.
func (l Listener) reached(list string, address netip.Addr) bool {
	if params.IsTemplate(list) || strings.Contains(list, "${") {
		return true
	}
	return slices.ContainsFunc(strings.Split(list, ","), func(word string) bool {
		word = strings.TrimSpace(word)
		at, err := netip.ParseAddr(word)
		switch {
		case word == "*":
			return true
		case err != nil:
			return !address.Is6() && word != "localhost" && hostName.MatchString(word)
		case address.Is6():
			return at == address || at == netip.IPv6Unspecified()
		}
		return at == address || at == netip.IPv4Unspecified()
	})
}
