package cli

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"slices"
	"sync"

	"pig"
	"pig/internal/credential"
	"pig/internal/diag"
	"pig/internal/engine"
	"pig/internal/fleet"
	"pig/internal/inventory"
	"pig/internal/jinja"
	"pig/internal/module"
	"pig/internal/params"
	"pig/internal/playbook"
	"pig/internal/product"
	"pig/internal/secret"
	"pig/internal/transport"
	"pig/internal/value"
)

// session is what a verb works with once its flags are read: the inventory, the content, and the way to the nodes.
type session struct {
	app       *app
	opt       *runOptions
	inventory *inventory.Inventory
	fleet     *fleet.Fleet
	nodes     engine.Nodes // the fleet, or what stands in for it
	files     *playbook.Files
	templates *jinja.Engine
	modules   map[string]module.Module
	redactor  *secret.Redactor
	extra     *value.Dict
	base      engine.Options
	// derived and defaults are what engines know of the whole inventory; nil for playbooks of somebody else.
	derived  func(host string) *value.Dict
	defaults *value.Dict
	// recreate are names that the operator let go before anything was planned, confirmed those that a run may destroy. Both
	// are variables, pig_recreate and pig_confirmed; without the latter, as in a plan, all is shown that would go.
	recreate, confirmed []string
	// loaded are mistakes that only the text of the inventory shows: ports that are declared twice on a node; where all that is wrong is
	// counted, what was warned of as well.
	loaded diag.List
	// passwords are those that the inventory does not write; vaultKey opens those that it has encrypted.
	passwords *credential.Store
	vaultKey  string
	// openKey and sealKey open and encrypt the keys of the CA.
	openKey func(path string, text []byte) ([]byte, error)
	sealKey func(key []byte) ([]byte, error)
	// installed says that hosts have what pig brings: passwords were generated for them before.
	installed bool
	// plays are pig's own playbooks that were read, under owned: units run at the same time.
	owned sync.Mutex
	plays map[string][]*playbook.Play
	// env is what was planned; offline says that no host was asked.
	env     *product.Environment
	offline bool
}

// defaultInventory is what is read where no -i says otherwise.
const defaultInventory = "pigsty.yml"

func (a *app) open(ctx context.Context, o *runOptions) (*session, error) {
	s := &session{app: a, opt: o, modules: a.Modules, redactor: secret.NewRedactor(), files: playbook.NewFiles(pig.Content())}
	if err := s.loadInventory(ctx); err != nil {
		return nil, err
	}
	a.redact = s.redacted
	if err := s.gather(); err != nil {
		return nil, err
	}
	s.nodes = s.fleet
	s.templates = jinja.New(jinja.Options{Load: s.loadTemplate, Filters: s.filters()})
	return s, s.engineOptions()
}

func (s *session) loadInventory(ctx context.Context) error {
	sources := s.sources()
	if len(s.opt.inventory) == 0 {
		if _, err := os.Stat(defaultInventory); err != nil {
			return fmt.Errorf("file %s not found in this directory: name an inventory with -i", defaultInventory)
		}
	}
	decrypt, err := s.decrypt(ctx)
	if err != nil {
		return err
	}
	inv, warnings, err := inventory.Load(sources, inventory.Options{Vault: decrypt})
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
	s.extra, _, err = inventory.ParseExtraVars(s.opt.extraVars, inventory.Options{Vault: decrypt})
	if err != nil {
		return err
	}
	s.extra = params.Protect(s.extra)
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

var portTwice = regexp.MustCompile(`^duplicate key \d+,`)

// portsTwice makes mistakes of the warnings about keys that are numbers: those are ports, and the last one would silently take the
// place of another instance. A playbook of somebody else's gets away with it, as with Ansible.
func portsTwice(warnings diag.List) (found diag.List) {
	for _, w := range warnings {
		if portTwice.MatchString(w.Summary) {
			found.Add(diag.Errorf(w.Pos, "%s", w.Summary).WithHint("give each instance a port of its own"))
		}
	}
	return found
}

// gather makes the fleet.
func (s *session) gather() error {
	if s.app.fleet != nil {
		s.fleet = s.app.fleet(s.modules)
		return nil
	}
	conf, err := s.reach()
	if err != nil {
		return err
	}
	s.fleet = fleet.New(conf, s.modules)
	return nil
}

// reach is how hosts are dialled: as the operator's ssh would, or inside a sandbox with its keys.
func (s *session) reach() (transport.Config, error) {
	if s.opt.sandbox == "" {
		return transport.UserConfig(transport.Dialer()), nil
	}
	conf, user, err := reachSandbox(s.opt.sandbox)
	if s.opt.user == "" {
		s.opt.user = user
	}
	return conf, err
}

func (s *session) engineOptions() error {
	o := s.opt
	s.base = engine.Options{
		Plan: o.check, Diff: o.diff, Forks: o.forks, Tags: o.tags, SkipTags: o.skipTags, Limit: o.limit, ExtraVars: params.Seal(s.extra),
		Become: o.become, BecomeUser: o.becomeUser, User: o.user, KeyFile: o.key, Timeout: o.connectTimeout(), SSHCommon: o.sshCommon, SSHExtra: o.sshExtra,
		FlushAll: o.flush, StartAt: o.startAt, Verbosity: o.verbosity, Version: Version,
	}
	var err error
	if o.askPass {
		if s.base.Password, err = s.app.ask("SSH password"); err != nil {
			return err
		}
	}
	if o.askBecome {
		if s.base.BecomePass, err = s.app.ask("BECOME password"); err != nil {
			return err
		}
	}
	s.redactor.Add(s.base.Password, s.base.BecomePass)
	return nil
}

func (s *session) loadTemplate(name, from string) (string, string, error) {
	path, _, err := s.files.Search("templates", name, "", playbook.Dir(from), "")
	if err != nil {
		return "", "", os.ErrNotExist
	}
	text, err := s.files.Read(path)
	return string(text), path, err
}

func (s *session) loader() *playbook.Loader {
	return &playbook.Loader{
		Files: s.files, RolesPath: []string{"roles", playbook.Embedded + "roles"},
		Known: s.known, Names: s.actionNames, FreeForm: engine.FreeForm(s.modules), Static: s.static, Seal: s.seal,
	}
}

// seal makes the secrets of a file of a playbook secrets, and known.
func (s *session) seal(v value.Value) value.Value {
	v = params.SealAll(v)
	s.redactor.Add(value.Secrets(v)...)
	value.Walk(v, func(v value.Value) {
		if text, ok := v.(string); ok { // of any kind: a command, a condition
			s.redactor.Add(slices.DeleteFunc(secret.Inside(text), secret.Weak)...)
		}
	})
	return v
}

func (s *session) known(name string) bool {
	for _, n := range s.actionNames() {
		if n == name {
			return true
		}
	}
	return false
}

func (s *session) actionNames() []string { return append(engine.Actions(), module.Names(s.modules)...) }

// close ends what open began.
func (s *session) close() { s.fleet.Close() }
