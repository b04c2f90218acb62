package imitation

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"pig/internal/node"
)

// seeing is the machine as one command finds it: a copy of its files in which some are otherwise.
func (m *Machine) seeing(files []node.Seen) *Machine {
	c := m.clone(m.world)
	files = slices.Clone(files)
	slices.SortStableFunc(files, func(a, b node.Seen) int { return strings.Compare(a.Path, b.Path) })
	for _, f := range files {
		mode := fs.FileMode(0)
		if f.Attrs.Mode != nil {
			mode = *f.Attrs.Mode
		}
		switch f.Kind {
		case node.Absent:
			if s, err := c.tree.walk(f.Path, false, superuser, c.accounts.userName); err == nil && s.entry != nil {
				delete(s.dir.children, path.Base(s.path))
			}
		case node.Dir:
			c.mkdirs(f.Path, 0o755)
		case node.Link:
			c.lay(Laid{Path: f.Path, Link: string(f.Content)})
		default:
			c.lay(Laid{Path: f.Path, Content: string(f.Content), Mode: mode, Owner: f.Attrs.Owner})
		}
	}
	return c
}
