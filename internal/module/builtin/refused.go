package builtin

import (
	"context"
	"errors"

	"pig/internal/module"
	"pig/internal/value"
)

// refusedModules are modules of Ansible that pig has not, and what to do in their place: whoever meets one is told more than that it is missing.
func refusedModules() (all []module.Module) {
	for name, why := range map[string]string{
		"subversion":  "pig has no Subversion client: check out with command: svn ..., or use git",
		"synchronize": "rsync would need a separate ssh connection: use copy or unarchive, or command: rsync ... with delegate_to: localhost",
		"expect":      "pig runs commands without a terminal: use an option of the command for its answers, or command: with stdin",
	} {
		all = append(all, module.Module{
			Name: name, Spec: module.Spec{Open: true},
			Run: func(context.Context, *module.Call) (*value.Dict, error) {
				return nil, errors.New("module " + name + " is refused: " + why)
			},
		})
	}
	return all
}
