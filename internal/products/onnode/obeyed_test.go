package onnode

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pig/internal/module"
	"pig/internal/module/builtin"
	"pig/internal/module/crypto"
	"pig/internal/module/postgresql"
	etcdmodules "pig/internal/products/etcd/modules"
	miniomodules "pig/internal/products/minio/modules"
	nodemodules "pig/internal/products/node/modules"
	pgmodules "pig/internal/products/pgsql/modules"
	redismodules "pig/internal/products/redis/modules"
)

// effectless are arguments that have no effect of their own, and why nobody misses it.
var effectless = map[string]string{
	"copy remote_src": "the controller reads it", "copy staged": "the controller reads it", "prune staged": "the controller reads it", "copy directory_mode": "the controller reads it",
	"unarchive remote_src": "the controller reads it", "unarchive copy": "the controller reads it", "unarchive io_buffer_size": "archives are read in pieces of pig's own size",
	"apt_repository install_python_apt": "nothing needs Python",
	"file impact":                       "module.Run reads it for all modules", "etcd_health client": "modules of one product share their arguments",
	"uri force": "nothing is cached", "redis_restart chained": "modules of one product share their arguments", "redis_restart peers": "modules of one product share their arguments", "redis_restart follow": "modules of one product share their arguments",
	"redis_follow chained": "modules of one product share their arguments", "redis_follow peers": "modules of one product share their arguments",
	"redis_restart kind": "modules of one product share their arguments", "redis_follow kind": "modules of one product share their arguments",
	"etcd_health root_password": "modules of one product share their arguments", "etcd_health password_file": "modules of one product share their arguments",
	"etcd_keys state":         "it has one value, and says what happens",
	"openssh_keypair backend": anyBackend, "openssl_privatekey select_crypto_backend": anyBackend, "openssl_privatekey_info select_crypto_backend": anyBackend,
	"openssl_publickey select_crypto_backend": anyBackend, "openssl_csr select_crypto_backend": anyBackend, "openssl_csr_info select_crypto_backend": anyBackend,
	"x509_certificate select_crypto_backend": anyBackend, "x509_certificate_info select_crypto_backend": anyBackend, "openssl_pkcs12 select_crypto_backend": anyBackend,
	"openssl_dhparam select_crypto_backend": anyBackend, "get_certificate select_crypto_backend": anyBackend,
	"postgres_recover stanza": "modules of one product share their arguments",
}

const anyBackend = "it chooses between libraries of Python"

// source is packages as text: the functions by name, and the texts and functions that each of them names.
type source struct {
	texts map[string]map[string]bool
	calls map[string]map[string]bool
}

// parse reads packages that are used together, by their folders.
func parse(t *testing.T, dirs ...string) source {
	t.Helper()
	s := source{map[string]map[string]bool{}, map[string]map[string]bool{}}
	fset := token.NewFileSet()
	for _, dir := range dirs {
		files, err := filepath.Glob(dir + "/*.go")
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", dir, len(files), err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(fset, name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			s.declarations(file)
		}
	}
	return s
}

func (s source) declarations(file *ast.File) {
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			s.read(d.Name.Name, d.Body)
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if v, ok := spec.(*ast.ValueSpec); ok {
					for _, n := range v.Names {
						s.read(n.Name, spec)
					}
				}
			}
		}
	}
}

// read notes what stands in a body, but for the Spec of a module: that is what has to be obeyed.
func (s source) read(name string, body ast.Node) {
	if body == nil {
		return
	}
	if s.texts[name] == nil {
		s.texts[name], s.calls[name] = map[string]bool{}, map[string]bool{}
	}
	var look func(n ast.Node) bool
	look = func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr: // names of results, and messages, are no arguments
			if f, ok := n.Fun.(*ast.SelectorExpr); ok && slices.Contains([]string{"DictOf", "Set", "Errorf", "Sprintf", "At", "Warn"}, f.Sel.Name) {
				for _, arg := range n.Args {
					if _, ok := arg.(*ast.BasicLit); !ok {
						ast.Inspect(arg, look)
					}
				}
				return false
			}
		case *ast.KeyValueExpr:
			if k, ok := n.Key.(*ast.Ident); ok && k.Name == "Spec" {
				return false
			}
		case *ast.BasicLit:
			if text, err := strconv.Unquote(n.Value); n.Kind == token.STRING && err == nil {
				s.texts[name][text] = true
			}
		case *ast.Ident:
			s.calls[name][n.Name] = true
		}
		return true
	}
	ast.Inspect(body, look)
}

// general are functions of all modules: what they name is no sign that one module reads it.
var general = []string{"fileArgs", "Table", "Run", "Get", "Check", "convert"}

// reached are all texts that a function and what it uses name.
func (s source) reached(from string, others map[string]string) map[string]bool {
	texts, seen := map[string]bool{}, map[string]bool{}
	for _, other := range others { // local variables are often called as a module is
		seen[other] = other != from
	}
	var walk func(name string)
	walk = func(name string) {
		if seen[name] || s.texts[name] == nil || slices.Contains(general, name) {
			return
		}
		seen[name] = true
		for text := range s.texts[name] {
			texts[text] = true
		}
		for callee := range s.calls[name] {
			walk(callee)
		}
	}
	walk(from)
	return texts
}

// constructors are the functions that give a module, by the module's name.
func (s source) constructors(table map[string]module.Module) map[string]string {
	by := map[string]string{}
	for name := range s.calls["Table"] {
		for text := range s.texts[name] {
			if _, ok := table[text]; ok {
				by[text] = name
			}
		}
	}
	by["raw"] = by["shell"] // raw is made of it
	return by
}

func TestEveryArgumentIsRead(t *testing.T) {
	t.Parallel()
	const kit = "../../module"
	everyArgumentIsRead(t, builtin.Table(), kit, kit+"/builtin")
	for dir, list := range map[string][]module.Module{
		"node": nodemodules.Table(), "etcd": etcdmodules.Table(), "minio": miniomodules.Table(), "pgsql": pgmodules.Table(), "redis": redismodules.Table(),
	} {
		table := map[string]module.Module{}
		for _, m := range list {
			table[m.Name] = m
		}
		everyArgumentIsRead(t, table, kit, "../"+dir+"/modules")
	}
	for dir, list := range map[string][]module.Module{"postgresql": postgresql.Table(), "crypto": crypto.Table()} {
		table := map[string]module.Module{}
		for _, m := range list {
			table[m.Name] = m
		}
		everyArgumentIsRead(t, table, kit, kit+"/"+dir)
	}
}

func everyArgumentIsRead(t *testing.T, table map[string]module.Module, dirs ...string) {
	t.Helper()
	s := parse(t, dirs...)
	by := s.constructors(table)
	for name, mod := range table {
		from, ok := by[name]
		if !ok {
			t.Errorf("no function gives the module %s", name)
			continue
		}
		texts := s.reached(from, by)
		for _, a := range mod.Spec.Args {
			if !texts[a.Name] && a.Only == nil && effectless[name+" "+a.Name] == "" {
				t.Errorf("module %s takes %s and does not read it", name, a.Name)
			}
		}
	}
}
