package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"pig/internal/diag"
)

// Exit codes that only Ansible's programs have.
const (
	exitUsage   = 2   // a flag that there is not
	exitUnread  = 4   // a playbook that cannot be read
	exitOptions = 5   // flags that do not go together, arguments that make no sense
	exitFault   = 250 // a fault that nobody foresaw
)

// ansiblePrograms are names besides ansible-playbook: a link to pig of such a name behaves as that program. They are verbs too, which no
// --help lists: pig ansible-vault view FILE.
func (a *app) ansiblePrograms() []*cobra.Command {
	all := []*cobra.Command{a.ansible(), a.ansibleInventory(), a.ansibleVault(), a.ansibleSettings(), a.ansibleDoc(), a.ansibleGalaxy()}
	for _, c := range all {
		c.Hidden, c.Version = true, Version
		c.SetVersionTemplate(c.Name() + " [core " + ansibleCore + "] (pig {{ .Version }})\n")
	}
	return all
}

// ansibleCore is the release whose behaviour counts.
const ansibleCore = "2.19"

// isProgram tells whether pig was started by the name of one of Ansible's programs.
func isProgram(name string) bool { return name == "ansible" || strings.HasPrefix(name, "ansible-") }

// misused is an error about flags and arguments, before anything was looked at.
type misused struct{ error }

func (m misused) Unwrap() error { return m.error }

// options is an error with the exit code that Ansible has for options that make no sense.
func options(format string, args ...any) error {
	return coded{diag.Errorf(diag.Pos{}, format, args...), exitOptions}
}

// asProgram gives errors the exit codes of Ansible's programs.
func asProgram(err error) error {
	var m misused
	if errors.As(err, &m) {
		return coded{m.error, exitUsage}
	}
	return err
}

// guarded is the exit code of what run gives; a panic, where pig goes by a name of Ansible's, is its code for a fault.
func (a *app) guarded(name string, run func() int) (exit int) {
	defer func() {
		if !isProgram(name) {
			return
		}
		if p := recover(); p != nil {
			fmt.Fprintln(a.err, diag.Visible(a.veil(fmt.Sprintf("[ERROR]: Unexpected Exception, this is probably a bug: %v", p))))
			exit = exitFault
		}
	}()
	return run()
}

// configuredFrom reads ansible.cfg for a program.
func (a *app) configuredFrom(o *runOptions, c *cobra.Command) error {
	conf, err := readAnsibleConfig(os.Getenv)
	if err != nil {
		return err
	}
	o.output, o.asWritten = "ansible", true
	o.configured(conf, c.Flags().Changed)
	return nil
}

// basedir is the directory whose group_vars count besides those of the inventory.
func basedir(given string) string {
	if given == "" {
		return "."
	}
	return filepath.Clean(given)
}
