package runtime

import (
	"errors"
	"fmt"
	"strings"

	"pig/internal/diag"
	"pig/internal/jinja/python"
	"pig/internal/value"
)

// RunLookup gives what with_<name> loops over. args and kwargs are rendered values; heard tells whether a node had a say in
// them.
func (s *Scope) RunLookup(name string, args []value.Value, kwargs *value.Dict, heard bool) (list *value.List, err error) {
	defer s.begin(diag.Pos{}, &err)()
	s.origin.heard, s.literal = heard, false
	if kwargs == nil {
		kwargs = value.NewDict()
	}
	list, err = s.runLookup(name, args, kwargs)
	if err != nil {
		return nil, s.report(err, diag.Pos{})
	}
	done, err := s.finished(list, nil)
	if err != nil {
		return nil, s.report(err, diag.Pos{})
	}
	return done.(*value.List), nil
}

func (s *Scope) runLookup(name string, args []value.Value, kw *value.Dict) (*value.List, error) {
	fn := s.e.lookups[name]
	for _, prefix := range []string{"ansible.builtin.", "ansible.legacy."} {
		if short, ok := strings.CutPrefix(name, prefix); ok && fn == nil {
			fn = s.e.lookups[short]
		}
	}
	if fn == nil {
		err := diag.Errorf(diag.Pos{}, "lookup plugin '%s' not found", name)
		if hint := diag.DidYouMean(name, s.e.LookupNames()); hint != "" {
			return nil, err.WithHint("%s", hint)
		}
		return nil, err
	}
	var seen python.Survey
	done := make([]value.Value, len(args))
	for i, a := range args {
		v, err := s.finished(a, nil)
		if err != nil {
			return nil, err
		}
		done[i] = v
		if err := seen.Visit(v, 0); err != nil {
			return nil, err
		}
	}
	options, err := python.Finalize(kw)
	if err != nil {
		return nil, err
	}
	if err := seen.Visit(options, 0); err != nil {
		return nil, err
	}
	list, err := fn(s, done, options.(*value.Dict))
	if err != nil {
		var d *diag.Diagnostic
		var u *python.UndefinedError
		if errors.As(err, &d) || errors.As(err, &u) {
			return nil, err
		}
		if _, ok := python.AsUnknown(err); ok {
			return nil, err
		}
		if len(seen.Secrets) > 0 {
			return nil, fmt.Errorf("the lookup plugin '%s' failed: its arguments are secret, so the reason is not shown", name)
		}
		return nil, fmt.Errorf("the lookup plugin '%s' failed: %w", name, err)
	}
	return list, nil
}

// Variable gives a variable to a lookup, as rendered as templates see it: its elements may be lazy.
func (s *Scope) Variable(name string) (value.Value, bool, error) { return s.variable(name) }

// Names are the names of all variables.
func (s *Scope) Names() []string { return s.vars.Names() }

// From is the file that the running lookup stands in.
func (s *Scope) From() string { return s.from }

// ChosenByNode tells whether a node had a say in the arguments of the running lookup. What stands in the template as it is
// was chosen by its author.
func (s *Scope) ChosenByNode() bool { return s.origin.heard && !s.literal }

// Reader is where lookups read files.
func (s *Scope) Reader() (Files, error) {
	if s.files != nil {
		return s.files, nil
	}
	if s.e.opts.Files != nil {
		return s.e.opts.Files, nil
	}
	return nil, fmt.Errorf("no files can be read here")
}

// Load finds a template for lookup('template').
func (s *Scope) Load(name string) (text, file string, err error) {
	if files, err := s.Reader(); err == nil {
		path, err := files.Find("templates", name, s.from)
		if err != nil {
			return "", "", err
		}
		if err := s.Permit(name, path); err != nil {
			return "", "", err
		}
		data, err := files.Read(path)
		return string(data), path, err
	}
	if s.e.opts.Load == nil {
		return "", "", fmt.Errorf("no templates can be loaded here")
	}
	return s.e.opts.Load(name, s.from)
}

// Include renders a template file inside of an evaluation, for lookup('template').
func (s *Scope) Include(text string, base diag.Pos, o TextOptions) (value.Value, error) {
	return s.textValue(text, base, o)
}
