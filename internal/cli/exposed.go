package cli

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"pig/internal/diag"
	"pig/internal/params"
	"pig/internal/private"
	"pig/internal/transport"
	"pig/internal/value"
	"pig/internal/vault"
)

// exposed warns of files of secrets that other accounts can read or replace: passwords, what opens them, keys.
func (s *source) exposed() (found diag.List) {
	look := func(path string, sealed bool) {
		if e := private.Exposed(path, sealed); e != nil {
			found.Add(diag.Warnf(diag.Pos{}, "%s", e.Why).WithRule("exposed-file").WithHint("%s", e.Mend))
		}
	}
	o := s.opt
	if s.passwords != nil {
		look(s.passwords.Path(), sealed(s.passwords.Path()))
	}
	for _, path := range append([]string{o.passwords.vaultFile, o.passwords.ageIdentity, o.plan}, s.keyFiles()...) {
		if path != "" {
			look(path, path == o.passwords.vaultFile && program(path) || sealed(path))
		}
	}
	for _, dir := range s.keyDirs() {
		look(dir, false)
	}
	return append(found, s.exposedSources()...)
}

// exposedSources warns of files of the inventory that hold passwords in the clear and that every account can read.
func (s *source) exposedSources() (found diag.List) {
	clear := map[string]bool{}
	note := func(vars *value.Dict) {
		for key, v := range params.Protect(vars).All() {
			written, _ := vars.Get(key)
			if pos := vars.KeyPos(key); pos.File != "" && len(value.Secrets(v)) > len(value.Secrets(written)) { // what a vault keeps is a secret before
				clear[pos.File] = true
			}
		}
	}
	for _, g := range s.inventory.Groups() {
		note(s.inventory.GroupVars(g))
	}
	for _, h := range s.inventory.Hosts() {
		note(s.inventory.HostVars(h))
	}
	for _, path := range slices.Sorted(maps.Keys(clear)) {
		info, err := os.Stat(path)
		if err != nil || !info.Mode().IsRegular() || info.Mode().Perm()&0o004 == 0 || sealed(path) {
			continue
		}
		found.Add(diag.Warnf(diag.Pos{}, "%s has passwords in clear text and mode %04o: every account can read them", path, info.Mode().Perm()).
			WithHint("chmod o-rwx %s, or encrypt the passwords with Ansible Vault", path))
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

// keyDirs are the directories of the environment's keys: who can write there replaces keys, and who can list them sees the mode of each.
func (s *source) keyDirs() []string {
	found, _ := filepath.Glob(filepath.Join(s.pkiDir(), "*"))
	return slices.DeleteFunc(found, func(path string) bool {
		info, err := os.Stat(path)
		return err != nil || !info.IsDir() || filepath.Base(path) == "revoked"
	})
}

// keyFiles are the private keys of logins and of the environment.
func (s *source) keyFiles() []string {
	files := []string{s.opt.key}
	keys, _ := filepath.Glob(filepath.Join(s.pkiDir(), "*", "*.key"))
	files = append(files, keys...)
	home, _ := os.UserHomeDir()
	seen := map[string]bool{}
	for _, h := range s.inventory.Hosts() {
		vars := s.inventory.Vars(h)
		for _, name := range []string{"ansible_ssh_private_key_file", "ansible_private_key_file"} {
			path, ok := value.Plain(vars.At(name))
			path = transport.Expand(path, home)
			if ok && !seen[path] && !params.IsTemplate(path) {
				seen[path] = true
				files = append(files, path)
			}
		}
	}
	return files
}
