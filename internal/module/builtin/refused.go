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
		"subversion":  "pig has no client of Subversion: check out with command: svn ..., or keep the files in git",
		"synchronize": "rsync would need an ssh of its own beside pig's: use copy or unarchive, or command: rsync ... with delegate_to: localhost",
		"expect":      "pig gives a command no terminal to be asked on: use the command's own option for answers, or command: with stdin",
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
