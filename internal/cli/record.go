package cli

import (
	"errors"
	"os"
	"os/user"
	"slices"
	"strings"
	"time"

	"pig/internal/inventory"
	"pig/internal/journal"
	"pig/internal/playbook"
	"pig/internal/value"
)

// recorded makes e's runs on hosts part of the journal. finish takes the error that the run ends with; plans leave no record.
func (s *runner) recorded(e recapped, verb string, hosts []string) (_ recapped, finish func(*error), err error) {
	if s.base.Plan {
		return e, func(*error) {}, nil
	}
	dir, err := journal.Dir()
	if err != nil {
		return e, nil, err
	}
	cwd, _ := os.Getwd()
	start := journal.Start{
		Time: time.Now().UTC(), Verb: verb, Who: who(), PID: os.Getpid(), Dir: cwd, Args: withoutValues(s.app.args),
		Inventory: s.sourcesRead(), Hosts: hosts, Pig: Version,
	}
	j, err := journal.Open(dir, start, e.sink, s.redactor.Redact)
	if err != nil {
		return e, nil, err
	}
	finish = func(cause *error) {
		text := ""
		var status exitStatus
		if *cause != nil && !errors.As(*cause, &status) {
			text = (*cause).Error()
		}
		if err := j.Close(code(*cause), text); err != nil && *cause == nil {
			*cause = err
		}
	}
	return recapped{e.With(j), j}, finish, nil
}

// sources are the inventory's, as the operator named them.
func (s *source) sources() []string {
	switch {
	case len(s.opt.inventory) > 0:
		return s.opt.inventory
	case s.opt.output == "ansible":
		return ansibleInventory()
	case enabled("."):
		return []string{enabledFile}
	}
	return []string{defaultInventory}
}

// ansibleInventory is what ansible-playbook reads where nothing names an inventory. Without any there is this machine.
func ansibleInventory() []string {
	for _, p := range []string{"/etc/ansible/hosts", defaultInventory} {
		if _, err := os.Stat(p); err == nil {
			return []string{p}
		}
	}
	return nil
}

// sourcesRead are the sources, with the version of the CMDB that was read.
func (s *source) sourcesRead() []string {
	if s.cmdb == nil {
		return s.sources()
	}
	return append(slices.Clone(s.sources()), s.cmdb.String())
}

// who is the operator: the one behind sudo, if there is one.
func who() string {
	name := os.Getenv("SUDO_USER")
	if name == "" {
		name = "?"
		if u, err := user.Current(); err == nil {
			name = u.Username
		}
	}
	host, err := os.Hostname()
	if err != nil {
		host = "?"
	}
	return name + "@" + host
}

// withoutValues is a command line without the values of -e, which may be secrets that nothing else tells.
func withoutValues(args []string) []string {
	out := slices.Clone(args)
	for i, a := range out {
		name, value, given := strings.Cut(a, "=")
		switch {
		case name == "--extra-vars" && given:
			out[i] = name + "=" + hidden(value)
		case (a == "-e" || a == "--extra-vars") && i+1 < len(out):
			out[i+1] = hidden(out[i+1])
		case strings.HasPrefix(a, "-e") && len(a) > 2 && !strings.HasPrefix(a, "--"):
			out[i] = "-e" + hidden(a[2:])
		}
	}
	return out
}

// hidden keeps the name of a variable, and that of a file.
func hidden(extra string) string {
	if strings.HasPrefix(extra, "@") {
		return extra
	}
	name, _, ok := strings.Cut(strings.TrimPrefix(extra, "="), "=")
	if !ok || strings.ContainsAny(name, "{}: ") {
		return "..."
	}
	return name + "=..."
}

// selected are the hosts that plays are for, as far as patterns without templates tell.
func (s *source) selected(plays []*playbook.Play, only []string) ([]string, error) {
	if len(only) > 0 {
		return only, nil
	}
	limited, err := s.hosts()
	if err != nil {
		return nil, err
	}
	var names []string
	for _, p := range plays {
		found, err := s.matched(p, limited)
		if err != nil {
			continue // the engine will tell
		}
		for _, h := range found {
			if !slices.Contains(names, h.Name) {
				names = append(names, h.Name)
			}
		}
	}
	return names, nil
}

// matched are the hosts that a play is for; with -l those among limited.
func (s *source) matched(p *playbook.Play, limited []*inventory.Host) ([]*inventory.Host, error) {
	pattern := value.Str(p.Hosts)
	if l, ok := p.Hosts.(*value.List); ok {
		parts := make([]string, len(l.Items))
		for i, item := range l.Items {
			parts[i] = value.Str(item)
		}
		pattern = strings.Join(parts, ",")
	}
	found, err := s.inventory.Match(pattern)
	if err != nil || s.opt.limit == "" {
		return found, err
	}
	return slices.DeleteFunc(found, func(h *inventory.Host) bool { return !slices.Contains(limited, h) }), nil
}
