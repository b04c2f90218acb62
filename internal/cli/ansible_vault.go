package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"pig/internal/diag"
	"pig/internal/private"
	"pig/internal/vault"
)

// vaultProgram is ansible-vault: its flags, and the passwords that they name.
type vaultProgram struct {
	app       *app
	passwords passwordOptions
	encryptID string
	output    string
	newFile   string
	newID     string
	secrets   []vaultSecret
}

func (a *app) ansibleVault() *cobra.Command {
	c := &cobra.Command{Use: "ansible-vault", Short: "Encrypt and decrypt files"}
	v := &vaultProgram{app: a}
	add := func(use, short string, args cobra.PositionalArgs, run func(c *cobra.Command, args []string) error) *cobra.Command {
		sub := &cobra.Command{Use: use, Short: short, Args: args, RunE: func(c *cobra.Command, args []string) error {
			if err := v.begin(c); err != nil {
				return err
			}
			return run(c, args)
		}}
		v.passwords.vaultFlags(sub.Flags())
		sub.Flags().CountP("verbose", "v", "more output; without effect here")
		c.AddCommand(sub)
		return sub
	}
	encrypting := func(c *cobra.Command) {
		c.Flags().StringVar(&v.encryptID, "encrypt-vault-id", "", "id of the password to encrypt with")
	}
	output := func(c *cobra.Command) { c.Flags().StringVar(&v.output, "output", "", "file to write; - is the screen") }

	encrypt := add("encrypt [FILE...]", "Encrypt files", cobra.ArbitraryArgs, v.encrypt)
	decrypt := add("decrypt [FILE...]", "Decrypt files", cobra.ArbitraryArgs, v.decrypt)
	add("view [FILE...]", "Show the content of encrypted files", cobra.ArbitraryArgs, v.view)
	edit := add("edit [FILE...]", "Edit encrypted files", cobra.ArbitraryArgs, v.edit)
	create := add("create FILE", "Create an encrypted file in an editor", cobra.ArbitraryArgs, v.create)
	create.Flags().Bool("skip-tty-check", false, "an editor is opened without a terminal too")
	rekey := add("rekey [FILE...]", "Encrypt files with another password", cobra.ArbitraryArgs, v.rekey)
	rekey.Flags().StringVar(&v.newFile, "new-vault-password-file", "", "file or program with the new password")
	rekey.Flags().StringVar(&v.newID, "new-vault-id", "", "new password by its id: ID@FILE, ID@prompt")
	rekey.MarkFlagsMutuallyExclusive("new-vault-password-file", "new-vault-id")
	text := v.encryptStringCommand(add)
	for _, c := range []*cobra.Command{encrypt, edit, create, rekey, text} {
		encrypting(c)
	}
	for _, c := range []*cobra.Command{encrypt, decrypt, text} {
		output(c)
	}
	return c
}

// begin reads the passwords.
func (v *vaultProgram) begin(c *cobra.Command) error {
	if v.output != "" && c.Name() != "encrypt_string" && c.Flags().NArg() > 1 {
		return options("At most one input file may be used with the --output option")
	}
	conf, err := readAnsibleConfig(os.Getenv)
	if err != nil {
		return err
	}
	v.passwords.configured(conf, c.Flags().Changed)
	if v.encryptID == "" {
		v.encryptID = conf.get("ANSIBLE_VAULT_ENCRYPT_IDENTITY", "defaults", "vault_encrypt_identity")
	}
	if v.secrets, err = v.app.secretsOf(c.Context(), v.passwords); err != nil {
		return err
	}
	if len(v.secrets) > 0 {
		return nil
	}
	if !isTerminal(v.app.in) {
		return options("A vault password is required to use Ansible's Vault")
	}
	password, err := v.askTwice(c.Name())
	v.secrets = []vaultSecret{{"default", password}}
	return err
}

// askTwice asks for a password; for one that something is encrypted with, a second time.
func (v *vaultProgram) askTwice(action string) (string, error) {
	switch action {
	case "encrypt", "encrypt_string", "create":
	default:
		return v.app.ask("Vault password")
	}
	password, err := v.app.ask("New Vault password")
	if err != nil {
		return "", err
	}
	again, err := v.app.ask("Confirm New Vault password")
	if err == nil && again != password {
		err = errors.New("Passwords do not match") //nolint:staticcheck // Ansible's words
	}
	return password, err
}

// sealing is the password to encrypt with.
func (v *vaultProgram) sealing(secrets []vaultSecret) (vaultSecret, error) {
	if v.encryptID == "" {
		if len(secrets) > 1 {
			var ids []string
			for _, one := range secrets {
				ids = append(ids, one.id)
			}
			return vaultSecret{}, options("The vault-ids %s are available to encrypt. Specify the vault-id to encrypt with --encrypt-vault-id", strings.Join(ids, ","))
		}
		return secrets[0], nil
	}
	for _, one := range secrets {
		if one.id == v.encryptID {
			return one, nil
		}
	}
	return vaultSecret{}, fmt.Errorf("Did not find a match for --encrypt-vault-id=%s in the known vault-ids", v.encryptID) //nolint:staticcheck // Ansible's words
}

func (v *vaultProgram) encrypt(_ *cobra.Command, files []string) error {
	with, err := v.sealing(v.secrets)
	if err != nil {
		return err
	}
	return v.each(files, "Encryption successful", func(text []byte) ([]byte, error) {
		if vault.Is(text) {
			return nil, errors.New("input is already encrypted")
		}
		return vault.EncryptAs(with.id, text, with.password)
	})
}

func (v *vaultProgram) decrypt(_ *cobra.Command, files []string) error {
	return v.each(files, "Decryption successful", v.opened)
}

// opened is the content of a vault.
func (v *vaultProgram) opened(text []byte) ([]byte, error) {
	plain, _, err := v.openedWith(text)
	return plain, err
}

func (v *vaultProgram) openedWith(text []byte) ([]byte, vaultSecret, error) {
	if !vault.Is(text) {
		return nil, vaultSecret{}, errors.New("input is not vault encrypted data")
	}
	plain, with, err := openVault(text, v.secrets)
	if errors.Is(err, vault.ErrPassword) {
		err = errors.New("Decryption failed (no vault secrets were found that could decrypt)") //nolint:staticcheck // Ansible's words
	}
	return plain, with, err
}

// each makes something else of every file; of standard input where none is named.
func (v *vaultProgram) each(files []string, done string, make func([]byte) ([]byte, error)) error {
	if len(files) == 0 {
		files = []string{"-"}
	}
	for _, f := range files {
		text, err := v.read(f)
		if err != nil {
			return err
		}
		made, err := make(text)
		if err != nil {
			return ofFile(err, f)
		}
		to := v.output
		if to == "" {
			to = f
		}
		if err := v.write(to, made); err != nil {
			return err
		}
	}
	if colorful(v.app.out) {
		fmt.Fprintln(v.app.err, done)
	}
	return nil
}

// ofFile names the file of an error.
func ofFile(err error, file string) error {
	if file == "-" {
		return err
	}
	return diag.Errorf(diag.Pos{File: file}, "%s", err)
}

func (v *vaultProgram) read(file string) ([]byte, error) {
	if file == "-" {
		return io.ReadAll(v.app.in)
	}
	return os.ReadFile(filepath.Clean(file))
}

// write replaces a file by one that only its owner reads.
func (v *vaultProgram) write(file string, text []byte) error {
	if file == "-" {
		_, err := v.app.out.Write(text)
		return err
	}
	if real, err := filepath.EvalSymlinks(file); err == nil {
		file = real
	}
	return private.Replace(file, text, 0o600)
}

func (v *vaultProgram) view(_ *cobra.Command, files []string) error {
	for _, f := range files {
		text, err := v.read(f)
		if err != nil {
			return err
		}
		plain, err := v.opened(text)
		if err != nil {
			return ofFile(err, f)
		}
		end := ""
		if !strings.HasSuffix(string(plain), "\n") {
			end = "\n"
		}
		if _, err := fmt.Fprintf(v.app.out, "%s%s", plain, end); err != nil {
			return err
		}
	}
	return nil
}

func (v *vaultProgram) rekey(c *cobra.Command, files []string) error {
	o := passwordOptions{vaultFile: v.newFile}
	if v.newID != "" {
		o.ids = []string{v.newID}
	}
	secrets, err := v.app.secretsOf(c.Context(), o)
	if err != nil {
		return err
	}
	if len(secrets) == 0 && v.encryptID != "" {
		secrets = v.secrets
	}
	if len(secrets) == 0 {
		password, err := v.askTwice("encrypt")
		if err != nil {
			return err
		}
		secrets = []vaultSecret{{"default", password}}
	}
	with, err := v.sealing(secrets)
	if err != nil {
		return err
	}
	for _, f := range files {
		err := v.inPlace(f, func(plain []byte, _ vaultSecret) ([]byte, vaultSecret, error) { return plain, with, nil })
		if err != nil {
			return err
		}
	}
	fmt.Fprintln(v.app.err, "Rekey successful")
	return nil
}

// inPlace encrypts anew what change makes of the content of a file, whose mode stays.
func (v *vaultProgram) inPlace(file string, change func(plain []byte, with vaultSecret) ([]byte, vaultSecret, error)) error {
	text, err := v.read(file)
	if err != nil {
		return err
	}
	plain, with, err := v.openedWith(text)
	if err != nil {
		return ofFile(err, file)
	}
	made, with, err := change(plain, with)
	if err != nil || made == nil {
		return err
	}
	sealed, err := vault.EncryptAs(with.id, made, with.password)
	if err != nil {
		return err
	}
	real, err := filepath.EvalSymlinks(file)
	if err != nil {
		return err
	}
	info, err := os.Stat(real)
	if err != nil {
		return err
	}
	return private.Replace(real, sealed, info.Mode().Perm())
}

func (v *vaultProgram) edit(c *cobra.Command, files []string) error {
	for _, f := range files {
		err := v.inPlace(f, func(plain []byte, with vaultSecret) ([]byte, vaultSecret, error) {
			if v.encryptID != "" {
				var err error
				if with, err = v.sealing(v.secrets); err != nil {
					return nil, with, err
				}
			}
			made, err := v.edited(c.Context(), filepath.Ext(f), plain)
			if string(made) == string(plain) && v.encryptID == "" {
				made = nil
			}
			return made, with, err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (v *vaultProgram) create(c *cobra.Command, files []string) error {
	if len(files) != 1 {
		return options("ansible-vault create can take only one filename argument")
	}
	if skip, _ := c.Flags().GetBool("skip-tty-check"); !skip && !colorful(v.app.out) {
		return options("not a tty, editor cannot be opened")
	}
	if _, err := os.Stat(files[0]); err == nil {
		return fmt.Errorf("%s exists, please use 'edit' instead", files[0])
	}
	with, err := v.sealing(v.secrets)
	if err != nil {
		return err
	}
	plain, err := v.edited(c.Context(), filepath.Ext(files[0]), nil)
	if err != nil {
		return err
	}
	sealed, err := vault.EncryptAs(with.id, plain, with.password)
	if err != nil {
		return err
	}
	return private.Replace(files[0], sealed, 0o600)
}

// edited is what an editor makes of a text.
func (v *vaultProgram) edited(ctx context.Context, suffix string, text []byte) ([]byte, error) {
	dir, err := os.MkdirTemp("", "pig-vault-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	file := filepath.Join(dir, "content"+suffix)
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return nil, err
	}
	if err := v.app.editor(ctx, file); err != nil {
		return nil, err
	}
	return os.ReadFile(file)
}
