package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"pig/internal/credential"
	"pig/internal/diag"
	"pig/internal/format"
	"pig/internal/params"
	"pig/internal/private"
)

// passwordOptions are the flags about encrypted values of the inventory, and about the file of generated passwords.
type passwordOptions struct {
	file, vaultFile, ageIdentity string
	askVault                     bool
	ids                          []string // of passwords of vaults: ID@SOURCE
	anew                         bool     // of verbs that have the flag: new passwords may replace all of an environment
	newCA                        bool     // of the same verbs: hosts that trust another CA may get that of this folder
}

// AddFlags adds the flags to a command.
func (o *passwordOptions) AddFlags(f *pflag.FlagSet) {
	f.StringVar(&o.file, "secrets", os.Getenv("PIG_SECRETS"), "file of generated passwords (default files/secrets.yml beside the inventory)")
	o.vaultFlags(f)
	f.StringVar(&o.ageIdentity, "age-identity", os.Getenv("PIG_AGE_IDENTITY"), "identity file of age to decrypt the file of generated passwords")
}

// vaultFlags adds the flags about passwords of vaults.
func (o *passwordOptions) vaultFlags(f *pflag.FlagSet) {
	f.StringVar(&o.vaultFile, "vault-password-file", os.Getenv("ANSIBLE_VAULT_PASSWORD_FILE"), "file or program with the vault password")
	f.BoolVarP(&o.askVault, "ask-vault-pass", "J", false, "prompt for the vault password")
	f.StringArrayVar(&o.ids, "vault-id", nil, "vault password by its id: ID@FILE, ID@prompt; may be repeated")
}

// configured fills in what the command line leaves to ansible.cfg.
func (o *passwordOptions) configured(c *ansibleConfig, given func(flag string) bool) {
	if o.vaultFile == "" {
		if files := c.paths("ANSIBLE_VAULT_PASSWORD_FILE", "defaults", "vault_password_file"); len(files) == 1 {
			o.vaultFile = files[0]
		}
	}
	if !given("ask-vault-pass") {
		o.askVault = c.truth("ANSIBLE_ASK_VAULT_PASS", "defaults", "ask_vault_pass", false)
	}
	var listed []string
	for id := range strings.SplitSeq(c.get("ANSIBLE_VAULT_IDENTITY_LIST", "defaults", "vault_identity_list"), ",") {
		if id = strings.TrimSpace(id); id != "" {
			listed = append(listed, id)
		}
	}
	o.ids = append(listed, o.ids...)
}

// newFlags adds --new-secrets and --new-ca.
func (o *passwordOptions) newFlags(f *pflag.FlagSet) {
	f.BoolVar(&o.newCA, "new-ca", false, "this folder's CA, or a new CA, also for hosts that trust another CA: hosts without the new CA lose access until applied")
	f.BoolVar(&o.anew, "new-secrets", false, "new passwords for the whole environment if the file of generated passwords is lost")
}

// vaultPassword is the password of vaults, "" if none was given. It is asked for at most once.
func (s *source) vaultPassword(ctx context.Context) (string, error) {
	if s.vaultKey != "" {
		return s.vaultKey, nil
	}
	secrets, err := s.vaultSecrets(ctx)
	if err != nil || len(secrets) == 0 {
		return "", err
	}
	s.vaultKey = secrets[0].password
	return s.vaultKey, nil
}

// passwordFrom reads a password file, or runs it with args where it is a program, as Ansible does.
func passwordFrom(ctx context.Context, path string, args ...string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("cannot read the vault password: %w", err)
	}
	var text []byte
	if info.Mode()&0o111 != 0 {
		abs, err := filepath.Abs(path)
		if err != nil {
			return "", fmt.Errorf("cannot read the vault password: %w", err)
		}
		text, err = exec.CommandContext(ctx, abs, args...).Output()
		if err != nil {
			return "", fmt.Errorf("cannot run %s for the vault password: %w", path, err)
		}
	} else if text, err = os.ReadFile(path); err != nil {
		return "", fmt.Errorf("cannot read the vault password: %w", err)
	}
	password := string(bytes.TrimRight(text, "\r\n"))
	if password == "" {
		return "", fmt.Errorf("invalid vault password in %s: must not be empty", path)
	}
	return password, nil
}

// decrypt opens a vault of the inventory; nil where no password was given, so that the error names the place.
func (s *source) decrypt(ctx context.Context) (func(string) (string, error), error) {
	secrets, err := s.vaultSecrets(ctx)
	if err != nil || len(secrets) == 0 {
		return nil, err
	}
	return func(text string) (string, error) {
		plain, _, err := openVault([]byte(strings.TrimSpace(text)), secrets)
		return string(plain), err
	}, nil
}

// openPasswords opens the file of generated passwords.
func (s *source) openPasswords(ctx context.Context) error {
	o := &s.opt.passwords
	home := s.home()
	path := o.file
	if path == "" {
		path = filepath.Join(home, "files", "secrets.yml")
	} else if info, err := os.Stat(filepath.Dir(path)); err != nil || !info.IsDir() {
		return diag.Errorf(diag.Pos{}, "cannot save passwords in %s: directory %s not found", path, filepath.Dir(path)).WithHint("correct --secrets or PIG_SECRETS, or create the directory")
	}
	c, err := s.passwordCipher(ctx, path)
	if err != nil {
		return err
	}
	store, err := credential.Open(path, c)
	if err != nil {
		return err
	}
	// An environment that was made before passwords were generated: what encrypts its data stays, as data would be lost with it.
	_, err = os.Stat(filepath.Join(home, "files", "pki", "ca", "ca.key"))
	earlier := err == nil && !store.Exists()
	store.Preset(func(name string) string {
		known, _ := params.KeyOfData(name)
		switch {
		case known != "" && earlier:
			return known
		case strings.HasSuffix(name, ".pgsodium_key"):
			return credential.GenerateKey()
		}
		return ""
	})
	s.passwords = store
	s.knowPasswords()
	return nil
}

// keptNote is beside the CA where generated passwords were kept before: an environment without it was made by an earlier version, or by
// Pigsty, and has none to lose.
func (s *source) keptNote() string { return filepath.Join(s.pkiDir(), "passwords") }

// noteKept notes that the environment has generated passwords, once it has a CA.
func (s *source) noteKept() error {
	if _, err := os.Stat(s.keptNote()); err == nil || !s.passwords.Exists() {
		return nil //nolint:nilerr // it is there
	}
	if info, err := os.Stat(s.pkiDir()); err != nil || !info.IsDir() {
		return nil //nolint:nilerr // there is no CA yet
	}
	return private.Write(s.keptNote(), []byte("Generated passwords of this environment are kept. Without their file, new ones would replace all.\n"))
}

func (s *source) passwordCipher(ctx context.Context, path string) (credential.Cipher, error) {
	o := &s.opt.passwords
	switch {
	case o.ageIdentity != "":
		return credential.NewAge(o.ageIdentity)
	case filepath.Ext(path) == ".age":
		return nil, errors.New("no age identity to encrypt the file of generated passwords: give --age-identity or PIG_AGE_IDENTITY")
	}
	password, err := s.vaultPassword(ctx)
	if err != nil || password == "" {
		return credential.Plain{}, err
	}
	return credential.Vault{Password: password}, nil
}

// home is the directory of the inventory: files/ lies beside it.
func (s *source) home() string {
	for _, source := range s.sources() {
		if info, err := os.Stat(source); err == nil {
			if info.IsDir() {
				return source
			}
			return filepath.Dir(source)
		}
	}
	return "."
}

// knowPasswords makes the generated passwords known to the redactor.
func (s *source) knowPasswords() {
	for _, name := range s.passwords.Names() {
		password, _ := s.passwords.Lookup(name)
		s.redactor.Add(password)
	}
}

// rotatable refuses to change a key that data is encrypted with: the data would be lost.
func rotatable(name string) error {
	if _, is := params.KeyOfData(name); is {
		return fmt.Errorf("cannot rotate %s: data encrypted with this key would be lost", name)
	}
	return nil
}

// refuseLost refuses to generate passwords for an environment that has some: their file is lost.
func (s *source) refuseLost() error {
	if len(s.passwords.Made()) == 0 {
		return nil
	}
	if _, err := os.Stat(s.keptNote()); (err == nil || s.installed) && !s.passwords.Exists() && !s.opt.passwords.anew {
		where := s.pkiDir()
		if err != nil {
			where = "hosts have the CA of pig"
		}
		return diag.Errorf(diag.Pos{}, "no passwords in %s, but this environment is already installed (%s): new passwords would replace all existing passwords", s.passwords.Path(), where).
			WithHint("restore the file, name it with --secrets, or pig secret import FILE; to replace all passwords: pig plan --new-secrets")
	}
	return nil
}

// keepPasswords saves what was generated, before a node is told any of it: once it is known that there is something to do.
func (s *source) keepPasswords() error {
	if err := errors.Join(s.noteKept(), s.refuseLost()); err != nil {
		return err
	}
	made := s.passwords.Made()
	if len(made) == 0 {
		return nil
	}
	if err := s.passwords.Save(); err != nil {
		return err
	}
	fmt.Fprintf(s.app.err, "Generated %s, saved in %s: %s\n", format.Plural(len(made), "password"), s.passwords.Path(), strings.Join(made, ", "))
	for _, name := range made {
		if known, is := params.KeyOfData(name); is {
			if password, _ := s.passwords.Lookup(name); password == known {
				fmt.Fprintln(s.app.err, s.app.paint.Yellow("warning: "+name+" keeps the well-known value that this environment's data is encrypted with"))
			}
		}
	}
	return nil
}
