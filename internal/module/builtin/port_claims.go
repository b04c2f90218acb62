package builtin

import (
	"context"
	"errors"
	"fmt"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// portClaims refuses ports that are to be listened on and that another program has now, claims being {name, kind, port, ip, programs}: two
// programs cannot hand a port over in one run, since neither waits for the other to let go. ip is the address to listen on, "" for all;
// programs are those who have the port rightly. Where ss does not tell who listens, nobody is refused.
func portClaims() module.Module {
	return module.Module{
		Name: "port_claims",
		Spec: module.Spec{Args: []module.Arg{{Name: "claims", Type: module.List, Elements: module.Dict, Required: true}}},
		Run:  runPortClaims,
	}
}

func runPortClaims(ctx context.Context, c *module.Call) (*value.Dict, error) {
	out, err := c.System.Exec(ctx, node.Cmd{Argv: []string{"ss", "-Hltnp"}, ReadOnly: true})
	if err != nil || out.RC != 0 {
		return value.NewDict(), nil //nolint:nilerr // who cannot be asked takes nothing
	}
	var errs []error
	list, _ := c.Args.Get("claims").(*value.List)
	for _, item := range list.Items {
		f := module.NewFields("claims", item, &errs)
		number, _ := strconv.Atoi(f.Text("port"))
		var programs []string
		for _, name := range f.Items("programs") {
			programs = append(programs, value.Str(name))
		}
		for _, l := range listeners(string(out.Stdout)) {
			if l.port == number && l.meets(f.Text("ip")) && !slices.Contains(programs, l.program) {
				errs = append(errs, fmt.Errorf("port %d for %s is taken by %s, which listens on %s: choose another port, or free the port by an apply of its own first", number, strings.TrimSpace(f.Text("kind")+" "+f.Text("name")), l.program, net.JoinHostPort(l.address, strconv.Itoa(l.port))))
				break
			}
		}
	}
	return value.NewDict(), errors.Join(errs...)
}

type listener struct {
	address string
	port    int
	program string
}

// meets tells whether it has a port at an address, or at all of them, that another one wants at ip, or at all of them.
func (l listener) meets(ip string) bool {
	all := func(address string) bool { return slices.Contains([]string{"", "*", "0.0.0.0", "::"}, address) }
	return all(ip) || all(l.address) || l.address == ip
}

var listening = regexp.MustCompile(`users:\(\("([^"]+)"`)

// listeners reads the lines of ss -Hltnp: state, two queues, address and port, those of the peer, users.
func listeners(text string) (all []listener) {
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		m := listening.FindStringSubmatch(line)
		if len(f) < 4 || m == nil {
			continue
		}
		i := strings.LastIndexByte(f[3], ':')
		if i < 0 {
			continue
		}
		address, _, _ := strings.Cut(strings.Trim(f[3][:i], "[]"), "%")
		if n, err := strconv.Atoi(f[3][i+1:]); err == nil {
			all = append(all, listener{address, n, m[1]})
		}
	}
	return all
}
