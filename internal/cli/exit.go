package cli

import (
	"fmt"
	"time"

	"pig/internal/ui"
)

// Exit codes. They are part of the interface.
const (
	exitOK          = 0
	exitError       = 1
	exitFailed      = 2
	exitPending     = 2 // of plan --detailed-exitcode, which fails with exitError
	exitUnreachable = 4
	exitConfirm     = 7
	exitInterrupted = 130
)

// exitCodes say what the codes mean: for --help in a few words (see exitTable), for docs/reference/exit-codes.md with what else there is to say.
var exitCodes = []struct {
	code        int
	short, more string
}{
	{exitOK, "done", ""},
	{exitError, "an error before anything was begun", "`plan --detailed-exitcode`, `drift`: any failure; else an error in the inventory, an invalid flag, an unreadable playbook, or a lock held by another run"},
	{exitFailed, "some host failed", "`plan --detailed-exitcode`: changes are pending; `drift`, `cmdb diff`: differences; `status`: a cluster is degraded; `node trust`: a key differs; `lint`: something was found"},
	{exitUnreachable, "some host could not be reached", "no host failed"},
	{exitConfirm, "a confirmation is needed", "no terminal to confirm on"},
	{exitInterrupted, "interrupted", "the first Ctrl-C lets every host finish its task; the second one cancels the tasks at hand"},
}

// exitStatus is an exit code with nothing more to say.
type exitStatus int

// coded is an error with an exit code of its own: those of ansible-playbook, where pig goes by that name.
type coded struct {
	error
	code int
}

func (c coded) Unwrap() error { return c.error }

func (e exitStatus) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// hostStatus is the exit status of what was done on hosts: one that failed weighs more than one that could not be reached.
func hostStatus(failed, unreachable bool) error {
	switch {
	case failed:
		return exitStatus(exitFailed)
	case unreachable:
		return exitStatus(exitUnreachable)
	}
	return nil
}

// emit writes an event of the outcome of a run for programs.
func (a *app) emit(e ui.Event) error {
	line, err := ui.Line(e, time.Time{})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(a.out, string(line))
	return err
}
