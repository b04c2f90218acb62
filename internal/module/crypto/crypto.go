// Package crypto holds the modules of community.crypto: Go makes and reads keys and certificates on the node, so neither OpenSSL nor Python is needed there.
package crypto

import (
	"errors"
	"fmt"
	"io/fs"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// Table lists the modules.
func Table() []module.Module {
	return []module.Module{
		privateKeyModule(), privateKeyInfo(), publicKeyModule(), requestModule(), requestInfo(), certificateModule(), certificateInfo(),
		parameterModule(), containerModule(), remoteCertificate(), sshKeyModule(),
	}
}

// fileArgs are the arguments of a module that keeps a file.
func fileArgs(more ...module.Arg) []module.Arg {
	return append([]module.Arg{
		{Name: "path", Type: module.Path, Required: true},
		{Name: "state", Default: "present", Choices: []string{"absent", "present"}},
		{Name: "force", Type: module.Bool}, {Name: "backup", Type: module.Bool},
		{Name: "mode", Type: module.Mode}, {Name: "owner"}, {Name: "group"}, {Name: "unsafe_writes", Type: module.Bool, Only: false},
	}, more...)
}

// backend is an argument that chooses between libraries of Python: there is one of Go.
func backend() module.Arg {
	return module.Arg{Name: "select_crypto_backend", Default: "auto", Choices: []string{"auto", "cryptography"}}
}

// input is a text that an argument holds, or the file whose path another one holds; nil where neither is given.
func input(c *module.Call, content, path string) ([]byte, error) {
	if c.Args.Has(content) {
		return []byte(c.Args.String(content)), nil
	}
	if !c.Args.Has(path) {
		return nil, nil
	}
	text, err := c.System.Files().Read(c.Args.String(path))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s %s not found on this node", path, c.Args.String(path))
	}
	if err != nil && !errors.Is(err, node.ErrUnknown) {
		return nil, fmt.Errorf("cannot read %s: %w", path, err)
	}
	return text, err
}

// needed is input of which one of both arguments has to be given.
func needed(c *module.Call, content, path string) ([]byte, error) {
	text, err := input(c, content, path)
	if err == nil && text == nil {
		err = fmt.Errorf("one of the following is required: %s, %s", path, content)
	}
	return text, err
}

// later is what only a run can tell.
func later(what string) value.Value { return value.Unknown{Why: what} }
