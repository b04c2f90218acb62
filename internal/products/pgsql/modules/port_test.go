package modules

import (
	"io/fs"
	"strings"
	"testing"

	"pig/internal/module/fake"
	"pig/internal/module/moduletest"
	"pig/internal/node"
	"pig/internal/value"
)

// pidFile is a node that has one file: postmaster.pid.
type pidFile struct {
	fake.Node
	text string
}

type pidFiles struct {
	fake.Files
	text string
}

func (p *pidFile) For(t node.Task) (node.System, error) { _, err := p.Node.For(t); return p, err }
func (p *pidFile) Files() node.Files                    { return pidFiles{text: p.text} }
func (f pidFiles) Read(path string) ([]byte, error) {
	if f.text == "" || path != "/pg/data/postmaster.pid" {
		return nil, fs.ErrNotExist
	}
	return []byte(f.text), nil
}

func TestAServerHasItsOldPortUntilItIsRestarted(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"": "5439", "81\n/pg/data\n1763819999\n5432\n/var/run/postgresql\n": "5432", "81\n": "5439", "81\n\n\nx\n": "5439"} {
		asked := ""
		f := &pidFile{text: text, Node: fake.Node{States: map[string]node.Unit{}, OnHTTP: func(node.Request) (node.Response, error) { return node.Response{}, node.ErrUnknown }}}
		f.OnExec = func(c node.Cmd) (node.Output, error) {
			if args := strings.Join(c.Argv, " "); strings.Contains(args, "psql") && asked == "" {
				asked = args
			}
			return node.Output{Stdout: []byte("primary\n")}, nil
		}
		moduletest.Run(t, Table(), f, "postgres_ready", value.DictOf("port", int64(5439)))
		if !strings.Contains(asked, "-p "+want+" ") {
			t.Errorf("%q: %s, want port %s", text, asked, want)
		}
	}
}
