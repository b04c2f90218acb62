package cli

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"slices"

	"pig/internal/credential"
	"pig/internal/diag"
	"pig/internal/inventory"
	"pig/internal/params"
	"pig/internal/playbook"
	"pig/internal/secret"
	"pig/internal/value"
)

// source is what a verb reads: the inventory, the files of playbooks, the secrets.
type source struct {
	*screen
	inventory *inventory.Inventory
	files     *playbook.Files
	extra     *value.Dict
	// loaded are mistakes that only the text of the inventory shows: ports that are declared twice on a node; where all that is wrong is
	// counted, what was warned of as well.
	loaded diag.List
	// passwords are those that the inventory does not write; vaultKey opens those that it has encrypted.
	passwords *credential.Store
	// opens decrypts what is encrypted in playbooks and roles; nil without a password.
	opens    func(text string) (string, error)
	vaultKey string
	secrets  []vaultSecret // what vaults are opened with, once they were read
	// openKey and sealKey open and encrypt the keys of the CA.
	openKey func(path string, text []byte) ([]byte, error)
	sealKey func(key []byte) ([]byte, error)
	// cmdb is what was read from the tables of a CMDB; nil for an inventory of files.
	cmdb *cmdbRead
	// installed says that hosts have what pig brings: passwords were generated for them before.
	installed bool
}

// newSource reads content from files, and tells on screen what is wrong.
func newSource(screen *screen, files *playbook.Files) *source {
	return &source{screen: screen, files: files}
}

func (s *source) loadInventory(ctx context.Context) error {
	sources := s.sources()
	if len(s.opt.inventory) == 0 && len(sources) > 0 && sources[0] == defaultInventory {
		if _, err := os.Stat(defaultInventory); err != nil {
			return diag.Errorf(diag.Pos{}, "file %s not found in this directory", defaultInventory).WithHint("name an inventory with -i, or create %s: pig configure", defaultInventory)
		}
	}
	decrypt, err := s.decrypt(ctx)
	if err != nil {
		return err
	}
	s.opens = decrypt
	inv, warnings, err := inventory.Load(sources, s.inventoryOptions(ctx, decrypt))
	if err != nil && s.opt.output == "ansible" && inv != nil { // it goes on with what can be read
		fmt.Fprintln(s.app.err, s.app.paint.Yellow("[WARNING]: "+err.Error()))
		err = nil
	}
	if err != nil {
		return err
	}
	s.loaded = portsTwice(warnings)
	if s.opt.validates {
		s.loaded = append(s.loaded, warnings...)
	} else {
		for _, w := range warnings {
			fmt.Fprintln(s.app.err, s.app.paint.Yellow("warning: "+w.Error()))
		}
	}
	if !s.opt.asWritten {
		if err := inv.ByAddress(params.Addresses(inv)); err != nil {
			return err
		}
	}
	s.inventory = inv.Clone()
	s.masks = s.inventory
	s.extra, _, err = inventory.ParseExtraVars(s.opt.extraVars, inventory.Options{Vault: decrypt, Merge: s.opt.merge})
	if err != nil {
		return err
	}
	s.extra = params.Protect(params.Modernize(s.extra))
	s.redactor.Add(value.Secrets(s.extra)...)
	s.learnSecrets()
	s.openKey, s.sealKey = s.keyOpener(ctx), s.keySealer(ctx)
	if err := s.openPasswords(ctx); err != nil {
		return err
	}
	if !s.opt.validates {
		s.tell(s.exposed())
	}
	return nil
}

// inventoryOptions say how sources are read.
func (s *source) inventoryOptions(ctx context.Context, decrypt func(string) (string, error)) inventory.Options {
	return constructed(inventory.Options{
		Vault: decrypt, Tables: s.tables(ctx), PlaybookDir: s.opt.playbooks, Closed: s.opt.playbooks != "", Merge: s.opt.merge,
	})
}

// reread reads the inventory anew, for a run that is under way.
func (s *source) reread() (*inventory.Inventory, error) {
	decrypt, err := s.decrypt(context.Background())
	if err != nil {
		return nil, err
	}
	inv, _, err := inventory.Load(s.sources(), s.inventoryOptions(context.Background(), decrypt))
	return inv, err
}

var portTwice = regexp.MustCompile(`^duplicate key \d+,`)

// portsTwice makes mistakes of the warnings about keys that are numbers: those are ports, and the last one would silently take the
// place of another instance. A playbook of somebody else's gets away with it, as with Ansible.
func portsTwice(warnings diag.List) (found diag.List) {
	for _, w := range warnings {
		if portTwice.MatchString(w.Summary) {
			found.Add(diag.Errorf(w.Pos, "%s", w.Summary).WithRule("duplicate-port").WithHint("give each instance a port of its own"))
		}
	}
	return found
}

func (s *source) loadTemplate(name, from string) (string, string, error) {
	path, _, err := s.files.Search("templates", name, "", playbook.Dir(from), "")
	if err != nil {
		return "", "", os.ErrNotExist
	}
	text, err := s.files.Read(path)
	return string(text), path, err
}

// seal makes the secrets of a file of a playbook secrets, and known.
func (s *source) seal(v value.Value) value.Value {
	v = params.SealAll(v)
	s.redactor.Add(value.Secrets(v)...)
	value.Walk(v, func(v value.Value) {
		if text, ok := v.(string); ok { // of any kind: a command, a condition
			s.redactor.Add(slices.DeleteFunc(secret.Inside(text), secret.Weak)...)
		}
	})
	return v
}
