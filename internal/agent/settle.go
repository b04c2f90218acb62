package agent

import "os"

// Settle goes to dir, where the login began: the agent is started from the directory that it is kept in, so that nobody can
// swap it, and commands of playbooks expect the login's own. It may be closed to this account; / is open to all.
func Settle(dir string) {
	if os.Chdir(dir) != nil {
		_ = os.Chdir("/")
	}
}
