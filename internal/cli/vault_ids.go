package cli

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"pig/internal/diag"
	"pig/internal/vault"
)

// vaultSecret is a password of vaults, and the id that they may name it by.
type vaultSecret struct{ id, password string }

// vaultSecrets are all passwords that were given. They are read, or asked for, at most once.
func (s *source) vaultSecrets(ctx context.Context) ([]vaultSecret, error) {
	if s.secrets != nil {
		return s.secrets, nil
	}
	secrets, err := s.app.secretsOf(ctx, s.opt.passwords)
	for _, one := range secrets {
		s.redactor.Add(one.password)
	}
	s.secrets = secrets
	return secrets, err
}

// secretsOf reads the passwords that flags name: those with ids first.
func (a *app) secretsOf(ctx context.Context, o passwordOptions) (secrets []vaultSecret, err error) {
	for _, given := range o.ids {
		one, err := a.secretByID(ctx, given)
		if err != nil {
			return nil, err
		}
		secrets = append(secrets, one)
	}
	if o.vaultFile != "" {
		password, err := passwordFrom(ctx, o.vaultFile)
		if err != nil {
			return nil, err
		}
		secrets = append(secrets, vaultSecret{"default", password})
	}
	if o.askVault {
		password, err := a.ask("Vault password")
		if err != nil {
			return nil, err
		}
		secrets = append(secrets, vaultSecret{"default", password})
	}
	return secrets, nil
}

// secretByID reads ID@SOURCE: a file, a program, or prompt.
func (a *app) secretByID(ctx context.Context, given string) (one vaultSecret, err error) {
	id, source, ok := strings.Cut(given, "@")
	if !ok {
		id, source = "default", given
	}
	if id == "" {
		id = "default"
	}
	one.id = id
	switch {
	case strings.Contains(id, ";"):
		return one, options("'%s' is not a valid vault id. The character ';' is not allowed in vault ids", given)
	case source == "":
		return one, options("invalid vault id %q: want ID@FILE or ID@prompt", given)
	case source == "prompt" || source == "prompt_ask_vault_pass":
		one.password, err = a.ask(fmt.Sprintf("Vault password (%s)", id))
	case strings.HasSuffix(strings.TrimSuffix(filepath.Base(source), filepath.Ext(source)), "-client"): // such a program is told the id
		one.password, err = passwordFrom(ctx, source, "--vault-id", id)
	default:
		one.password, err = passwordFrom(ctx, source)
	}
	return one, err
}

// openVault decrypts with the password that a vault names, or else with any that opens it.
func openVault(text []byte, secrets []vaultSecret) (plain []byte, with vaultSecret, err error) {
	id := vault.ID(text)
	inOrder := slices.Clone(secrets)
	slices.SortStableFunc(inOrder, func(x, y vaultSecret) int {
		return map[bool]int{true: -1}[x.id == id] - map[bool]int{true: -1}[y.id == id]
	})
	err = diag.Errorf(diag.Pos{}, "no vault password was given")
	for _, one := range inOrder {
		if plain, err = vault.Decrypt(text, one.password); err == nil {
			return plain, one, nil
		}
	}
	return nil, with, err
}
