package builtin

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"pig/internal/module"
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
	sockets := module.Sockets(ctx, c.System)
	var errs []error
	list, _ := c.Args.Get("claims").(*value.List)
	for _, item := range list.Items {
		f := module.NewFields("claims", item, &errs)
		number := module.Number(f.Text("port"))
		var programs []string
		for _, name := range f.Items("programs") {
			programs = append(programs, value.Str(name))
		}
		for _, s := range sockets {
			if s.Port() == number && s.Process != "" && meet(s.Address(), f.Text("ip")) && !slices.Contains(programs, s.Process) {
				errs = append(errs, fmt.Errorf("port %d for %s is in use by %s, which listens on %s: choose another port, or free the port with a separate apply first", number, strings.TrimSpace(f.Text("kind")+" "+f.Text("name")), s.Process, s.At))
				break
			}
		}
	}
	return value.NewDict(), errors.Join(errs...)
}

// meet tells whether two programs cannot both listen on addresses, of which some stand for all.
func meet(one, other string) bool {
	all := func(address string) bool { return slices.Contains([]string{"", "*", "0.0.0.0", "::"}, address) }
	return all(one) || all(other) || one == other
}
