package cli

import (
	"bytes"
	"os"
	"path/filepath"

	"pig/internal/diag"
	"pig/internal/params"
	"pig/internal/private"
	"pig/internal/value"
	"pig/internal/vault"
)

// exposed warns of files of secrets that other accounts can read or replace: passwords, what opens them, keys.
func (s *session) exposed() (found diag.List) {
	look := func(path string, sealed bool) {
		if e := private.Exposed(path, sealed); e != nil {
			found.Add(diag.Warnf(diag.Pos{}, "%s", e.Why).WithHint("%s", e.Mend))
		}
	}
	o := s.opt
	if s.passwords != nil {
		look(s.passwords.Path(), sealed(s.passwords.Path()))
	}
	for _, path := range append([]string{o.passwords.vaultFile, o.passwords.ageIdentity, o.plan}, s.keyFiles()...) {
		if path != "" {
			look(path, path == o.passwords.vaultFile && program(path))
		}
	}
	return found
}

// sealed tells whether a file of passwords is encrypted.
func sealed(path string) bool {
	text, err := os.ReadFile(path)
	return err == nil && (vault.Is(text) || bytes.HasPrefix(text, []byte("age-encryption.org/")))
}

// program tells whether a vault password comes from a program, which others may read.
func program(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode()&0o111 != 0
}

// keyFiles are the private keys of logins and of the environment's authority.
func (s *session) keyFiles() []string {
	pki := filepath.Join(s.home(), "files", "pki", "ca")
	files := []string{s.opt.key, filepath.Join(pki, "ca.key"), filepath.Join(pki, "next.key")}
	seen := map[string]bool{}
	for _, h := range s.inventory.Hosts() {
		vars := s.inventory.Vars(h)
		for _, name := range []string{"ansible_ssh_private_key_file", "ansible_private_key_file"} {
			path, ok := value.Plain(vars.At(name))
			if home, err := os.UserHomeDir(); err == nil && len(path) > 1 && path[:2] == "~/" {
				path = filepath.Join(home, path[2:])
			}
			if ok && !seen[path] && !params.IsTemplate(path) {
				seen[path] = true
				files = append(files, path)
			}
		}
	}
	return files
}
