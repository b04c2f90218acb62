package modules

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// trustStore makes the distribution's trust store hold the certificate of a CA, as update-ca-certificates does. That program starts several
// processes for each certificate that is there, so one more certificate is added without it: to the bundle, and as the two links by which
// OpenSSL finds it. Everything else, such as a certificate in place of another one or a hook to call, is left to the program.
func trustStore() module.Module {
	return module.Module{
		Name: "trust_store",
		Spec: module.Spec{Args: []module.Arg{
			// path is the certificate, in a folder that update-ca-certificates reads.
			{Name: "path", Type: module.Path, Required: true},
			{Name: "certificates", Type: module.Path, Default: "/etc/ssl/certs"}, {Name: "hooks", Type: module.Path, Default: "/etc/ca-certificates/update.d"},
		}},
		Run: runTrustStore,
	}
}

func runTrustStore(ctx context.Context, c *module.Call) (*value.Dict, error) {
	change := node.Change{Kind: "command", ID: "trust store", Action: "run"}
	err := c.System.Do(ctx, change, func(ctx context.Context) error {
		s := store{c.Scratch.Files(), c.Args.String("certificates")}
		if added, err := s.add(c.Args.String("path"), c.Args.String("hooks")); added || err != nil {
			return err
		}
		cmd := node.Cmd{Argv: []string{"update-ca-certificates"}}
		out, err := c.Scratch.Exec(ctx, cmd)
		if err == nil && out.RC != 0 {
			err = &node.CommandError{Argv: cmd.Argv, Output: out}
		}
		return err
	})
	return value.NewDict(), err
}

// store is a folder of certificates, of their names by hash, and of the bundle of all.
type store struct {
	files node.Files
	dir   string
}

const bundleName = "ca-certificates.crt"

// add adds one certificate. It is not added where the store has one of that name, has no bundle yet, or has hooks that have to be called.
func (s store) add(path, hooks string) (added bool, err error) {
	name := strings.TrimSuffix(filepath.Base(path), ".crt") + ".pem"
	text, hash, err := s.certificate(path)
	if err != nil {
		return false, err
	}
	before, err := s.files.Stat(filepath.Join(s.dir, name), false)
	if err != nil || before.Exists() || hash == "" {
		return false, err
	}
	if called, err := s.files.List(hooks); err != nil && !errors.Is(err, fs.ErrNotExist) || len(called) > 0 {
		return false, err
	}
	bundle, err := s.files.Read(filepath.Join(s.dir, bundleName))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	free, err := s.free(hash)
	if err != nil {
		return false, err
	}
	if !bytes.Contains(bundle, text) {
		bundle = append(ended(bundle), ended(text)...)
	}
	return true, errors.Join(
		s.files.Symlink(path, filepath.Join(s.dir, name)),
		s.files.Symlink(name, free),
		s.files.Write(filepath.Join(s.dir, bundleName), bundle, node.Attrs{}), // last: who is interrupted before has it done as a whole
	)
}

// certificate reads a file with one certificate; hash is "" if there are more, or none.
func (s store) certificate(path string) (text []byte, hash string, err error) {
	if text, err = s.files.Read(path); err != nil {
		return nil, "", err
	}
	block, rest := pem.Decode(text)
	if block == nil || block.Type != "CERTIFICATE" || len(bytes.TrimSpace(rest)) > 0 {
		return text, "", nil
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return text, "", nil // the program tells what is wrong with it
	}
	hash, err = subjectHash(cert.RawSubject)
	return text, hash, err
}

// free is the first name for a hash that no other certificate has.
func (s store) free(hash string) (string, error) {
	for n := 0; ; n++ {
		path := filepath.Join(s.dir, fmt.Sprintf("%s.%d", hash, n))
		if i, err := s.files.Stat(path, false); err != nil || !i.Exists() {
			return path, err
		}
	}
}

// ended is a text whose last line has an end.
func ended(text []byte) []byte {
	if len(text) > 0 && text[len(text)-1] != '\n' {
		return append(bytes.Clone(text), '\n')
	}
	return text
}
