package builtin

import (
	"context"
	"errors"
	"io/fs"

	"pig/internal/module"
	"pig/internal/value"
)

// caState tells which CA this node trusts, and changes nothing. It returns cert, the certificates as PEM ("" where the node trusts none yet),
// members, the same of the CA that members of etcd trust, and revokes, whether the node has a list of revoked certificates: pig brings one
// with every CA.
func caState() module.Module {
	return module.Module{
		Name: "ca_state",
		Spec: module.Spec{Args: []module.Arg{{Name: "cert", Type: module.Path, Default: "/etc/pki/ca.crt"}, {Name: "members", Type: module.Path, Default: "/etc/etcd/members.crt"}, {Name: "list", Type: module.Path, Default: "/etc/pki/ca.crl"}}},
		Run: func(_ context.Context, c *module.Call) (*value.Dict, error) {
			said := value.NewDict()
			for _, name := range []string{"cert", "members"} {
				text, err := c.System.Files().Read(c.Args.String(name))
				if err != nil && !errors.Is(err, fs.ErrNotExist) {
					return nil, err
				}
				said.Set(name, string(text))
			}
			list, err := c.System.Files().Stat(c.Args.String("list"), true)
			if err != nil {
				return nil, err
			}
			said.Set("revokes", list.Exists())
			return said, nil
		},
	}
}
