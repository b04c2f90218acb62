package house

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// layers are pig's packages, the lowest first: each may import those of lower layers, not its own neighbours.
var layers = [][]string{
	{"diag", "format", "pyre", "products/pgsql/guc", "products/pgsql/packages", "secret", "private", "graph", "transport", "transport/sshd", "agentbin", "pki", "openpgp", "dashboard", "configure", "parity", "vault", "house", "law"},
	{"node", "value", "report", "signature", "payload"},
	{"node/contract", "yaml", "toml", "products/pgsql/model", "products/etcd/model", "products/minio/model", "products/redis/model", "repository", "jinja/jmes", "jinja/python", "jinja/python/crypt", "jinja/python/pyrand"},
	{"jinja/plugin", "argspec"},
	{"jinja/syntax"},
	{"jinja/methods"},
	{"jinja/filters", "jinja/runtime"},
	{"jinja/lookups"},
	{"products/redis/peer", "module", "module/fake", "jinja", "inventory", "playbook", "sandbox"},
	{"module/builtin", "module/postgresql", "products/node/modules", "products/etcd/modules", "products/minio/modules", "products/pgsql/modules", "products/redis/modules", "agent", "params", "credential", "jinja/jinjatest"},
	{"module/crypto"},
	{"module/moduletest", "fleet", "fleet/liar", "product", "products/onnode", "cmdb", "cmdb/cmdbtest"},
	{"engine", "imitation", "health", "lint"},
	{"plan", "products/infra"},
	{"policy"},
	{"products/node"},
	{"products/etcd"},
	{"products/minio"},
	{"products/pgsql"},
	{"products/redis"},
	{"products/docker"},
	{"products", "ui"},
	{"journal"},
	{"cli"},
	{"differential"},
}

// never are directions that the layers would allow, and why they are not.
var never = []struct{ from, to, why string }{
	{"engine", "params", "the engine knows Ansible's language; what Pigsty's parameters mean is told to it from outside"},
	{"engine", "product", "the engine knows Ansible's language; clusters are resolved outside of it"},
	{"module", "transport", "modules run on the node: they have no way back"},
	{"module/builtin", "transport", "modules run on the node: they have no way back"},
	{"module/builtin", "yaml", "modules are part of the agent, which carries no YAML"},
	{"module", "yaml", "modules are part of the agent, which carries no YAML"},
	{"product", "module", "resolving is arithmetic on the inventory; it touches no node"},
	{"fleet", "engine", "the fleet carries tasks, and does not know why"},
}

// onNode is the part of a product that is in the agent.
var onNode = regexp.MustCompile(`^products/[a-z]+/(?:model|modules|guc|peer)$`)

// Nobody but the list knows a product, and what is in the agent knows nothing of the other half.
func TestProductsStandApart(t *testing.T) {
	t.Parallel()
	for pkg, imports := range imports(t) {
		for _, to := range imports {
			switch of := strings.HasPrefix(to, "products/"); {
			case of && !strings.HasPrefix(pkg, "products") && !knowsProducts[pkg]:
				t.Errorf("internal/%s imports internal/%s: what is no product is given the list of products", pkg, to)
			case onNode.MatchString(pkg) && (of && !onNode.MatchString(to) || slices.Contains([]string{"product", "products", "params", "inventory", "yaml", "jinja", "health"}, to)):
				t.Errorf("internal/%s imports internal/%s, which is no part of the agent", pkg, to)
			}
		}
	}
}

// knowsProducts are packages with stand-ins of the products' servers, for tests.
var knowsProducts = map[string]bool{"imitation": true}

func TestImportsPointOneWay(t *testing.T) {
	t.Parallel()
	for pkg, imports := range imports(t) {
		own := layer(pkg)
		if own < 0 {
			t.Errorf("internal/%s has no layer: give it one in %s", pkg, "internal/house/imports_test.go")
			continue
		}
		for _, to := range imports {
			if layer(to) >= own && !strings.HasPrefix(to, pkg+"/") {
				t.Errorf("internal/%s imports internal/%s, which is not below it", pkg, to)
			}
			for _, n := range never {
				if n.from == pkg && n.to == to {
					t.Errorf("internal/%s imports internal/%s: %s", pkg, to, n.why)
				}
			}
		}
	}
}

// The tables of an inventory are a source as files are: nothing but the command line knows which of them was read.
func TestOnlyTheCommandLineKnowsTheTables(t *testing.T) {
	t.Parallel()
	for pkg, imports := range imports(t) {
		if slices.Contains(imports, "cmdb") && pkg != "cli" {
			t.Errorf("internal/%s imports internal/cmdb", pkg)
		}
	}
}

func layer(pkg string) int {
	return slices.IndexFunc(layers, func(l []string) bool { return slices.Contains(l, pkg) })
}

// imports are the packages below internal/ that each of them imports, tests apart.
func imports(t *testing.T) map[string][]string {
	t.Helper()
	const prefix = "pig/internal/"
	all := map[string][]string{}
	err := filepath.WalkDir("..", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && d.Name() == "testdata" {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		pkg := path.Dir(strings.TrimPrefix(filepath.ToSlash(file), "../"))
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		if all[pkg] == nil {
			all[pkg] = []string{}
		}
		for _, spec := range f.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if to, ok := strings.CutPrefix(name, prefix); ok && !slices.Contains(all[pkg], to) {
				all[pkg] = append(all[pkg], to)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
