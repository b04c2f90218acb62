package cli

import (
	"slices"
	"sync"

	"pig/internal/engine"
	"pig/internal/fleet"
	"pig/internal/jinja"
	"pig/internal/module"
	"pig/internal/params"
	"pig/internal/playbook"
	"pig/internal/product"
	"pig/internal/transport"
	"pig/internal/value"
	"pig/internal/yaml"
)

// runner is what a verb runs: playbooks and units of a source, over the way to the nodes.
type runner struct {
	*source
	fleet     *fleet.Fleet
	nodes     engine.Nodes // the fleet, or what stands in for it
	templates *jinja.Engine
	modules   map[string]module.Module
	base      engine.Options
	// derived and defaults are what engines know of the whole inventory; nil for playbooks of somebody else.
	derived  func(host string) *value.Dict
	defaults *value.Dict
	// found is what hosts said of parameters that the inventory does not write.
	found product.Found
	// recreate are names that the operator let go before anything was planned, confirmed those that a run may destroy. Both
	// are variables, pig_recreate and pig_confirmed; without the latter, as in a plan, all is shown that would go.
	recreate, confirmed []string
	// waited says that others had locks of hosts, which were waited for: what was planned before may not be so any more.
	waited bool
	// plays are pig's own playbooks that were read, under owned: units run at the same time.
	owned sync.Mutex
	plays map[string][]*playbook.Play
}

// newRunner runs what source reads, with these modules.
func newRunner(source *source, modules map[string]module.Module) *runner {
	return &runner{source: source, modules: modules, templates: jinja.New(jinja.Options{Load: source.loadTemplate, Filters: source.filters()})}
}

// gather makes the fleet.
func (s *runner) gather() error {
	if s.app.fleet != nil {
		s.fleet = s.app.fleet(s.modules)
		s.nodes = s.fleet
		return nil
	}
	conf, err := s.reach()
	if err != nil {
		return err
	}
	s.fleet = fleet.New(conf, s.modules)
	s.nodes = s.fleet
	return nil
}

// reach is how hosts are dialled: as the operator's ssh would, or inside a sandbox with its keys.
func (s *runner) reach() (transport.Config, error) {
	if s.opt.sandbox == "" {
		return transport.UserConfig(transport.Dialer()), nil
	}
	conf, user, err := reachSandbox(s.opt.sandbox)
	if s.opt.user == "" {
		s.opt.user = user
	}
	return conf, err
}

func (s *runner) engineOptions() error {
	o := s.opt
	s.base = engine.Options{
		Plan: o.check, Diff: o.diff, Forks: o.forks, Tags: o.tags, SkipTags: o.skipTags, Limit: o.limit, ExtraVars: params.Seal(s.extra),
		Become: o.become, BecomeUser: o.becomeUser, User: o.user, KeyFile: o.key, Timeout: o.connectTimeout(), SSHCommon: o.sshCommon, SSHExtra: o.sshExtra,
		FlushAll: o.flush, StartAt: o.startAt, Verbosity: o.verbosity, Version: Version, Merge: o.merge, Python: o.python,
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

func (s *runner) loader() *playbook.Loader {
	names := append(engine.Actions(), module.Names(s.modules)...)
	known := map[string]bool{}
	for _, n := range names {
		known[n] = true
	}
	return &playbook.Loader{
		Files: s.files, RolesPath: append(s.opt.rolesPath(), playbook.Embedded+"roles"), Collections: s.opt.collectionsPath(), Libraries: s.opt.libraryPath(),
		ModuleUtils: s.opt.moduleUtilsPath(),
		Known:       func(name string) bool { return known[name] }, Names: func() []string { return slices.Clone(names) }, FreeForm: engine.FreeForm(s.modules), Static: s.static, Seal: s.seal,
		YAML: yaml.Options{Vault: s.opens, Closed: true},
	}
}

// close ends what open began.
func (s *runner) close() { s.fleet.Close() }
