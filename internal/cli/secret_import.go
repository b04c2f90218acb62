package cli

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"pig/internal/credential"
	"pig/internal/diag"
	"pig/internal/params"
	"pig/internal/private"
)

func (a *app) secretImport() *cobra.Command {
	return a.secretVerb("import FILE", "Import passwords from a file written by pig secret export, or - for standard input", "import moved.yml", cobra.ExactArgs(1), (*session).secretImport)
}

// secretImport adds the passwords of a file, and replaces those that are there already; all of them or none.
func (s *source) secretImport(args []string) error {
	text, err := s.app.readAll(args[0])
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("file %s not found", args[0])
	}
	if err != nil {
		return fmt.Errorf("cannot read passwords: %w", err)
	}
	values, at, err := credential.Parse(text, args[0])
	switch {
	case err != nil:
		return err
	case len(values) == 0:
		return fmt.Errorf("%s holds no passwords", args[0])
	}
	for _, password := range values {
		s.redactor.Add(password)
	}
	saved := s.passwords.Saved()
	var replaced []string
	var found diag.List
	added, unchanged := 0, 0
	for _, name := range slices.Sorted(maps.Keys(values)) {
		before, had := saved[name]
		switch _, key := params.KeyOfData(name); {
		case had && before == values[name]:
			unchanged++
			continue
		case had && key:
			found.Add(diag.Errorf(at[name], "cannot replace %s: data encrypted with the key in %s would be lost", name, s.passwords.Path()).
				WithHint("remove the line from %s", args[0]))
		case had:
			replaced = append(replaced, name)
		default:
			added++
		}
		if !slices.Contains(s.passwords.Asked(), name) {
			found.Add(s.unused(name, at[name]))
		}
		s.passwords.Set(name, values[name])
	}
	found = append(found, weakPasswords(values, func(name string) diag.Pos { return at[name] })...)
	if e := private.Exposed(args[0], false); e != nil {
		found.Add(diag.Warnf(diag.Pos{}, "%s", e.Why).WithRule("exposed-file").WithHint("%s; or delete the file", e.Mend))
	}
	if found.HasErrors() {
		return found
	}
	s.tell(found)
	if err := s.passwords.Save(); err != nil {
		return err
	}
	counts := fmt.Sprintf("%d added, %d replaced", added, len(replaced))
	if len(replaced) > 0 {
		counts += ": " + strings.Join(replaced, ", ")
	}
	_, err = fmt.Fprintf(s.app.out, "%s: %s, %d unchanged\n", s.passwords.Path(), counts, unchanged)
	return err
}

// unused warns of a password that nothing takes.
func (s *source) unused(name string, pos diag.Pos) *diag.Diagnostic {
	if written := s.writes(name); written.Known() {
		return diag.Warnf(pos, "password %s is not used: the inventory sets it in %s", name, written)
	}
	return diag.Warnf(pos, "password %s is not used by this inventory", name).WithHint("%s", diag.DidYouMean(name, s.passwords.Asked()))
}

// weakPasswords warns of passwords that somebody has written into a file of generated ones, as of those that the inventory writes. A key
// that data is encrypted with cannot be another one.
func weakPasswords(values map[string]string, at func(name string) diag.Pos) (found diag.List) {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if _, key := params.KeyOfData(name); key {
			continue
		}
		if why := params.WeakPassword(values[name]); why != "" {
			found.Add(diag.Warnf(at(name), "%s "+why, name).WithRule("weak-password").WithHint("pig secret rotate %s", name))
		}
	}
	return found
}
