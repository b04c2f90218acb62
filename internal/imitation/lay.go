package imitation

import (
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"pig/internal/node"
)

// Laid is a file, directory or link that an installation or a package brings. A path that ends in / is a directory.
type Laid struct {
	Path    string
	Content string
	Link    string
	Mode    fs.FileMode // 0: as usual
	Owner   string      // "" is root
	Config  bool        // kept as it is if it is there
	// Kernel answers for a file of which the kernel gives the content.
	Kernel func(m *Machine) string
}

var superuser = &node.Account{}

// mkdirs makes a directory with all above it, and gives its entry. The caller holds the lock, as with all that follows.
func (m *Machine) mkdirs(dir string, mode fs.FileMode) *entry {
	s, err := m.tree.walk(dir, true, superuser, m.accounts.userName)
	if err == nil && s.entry != nil {
		return s.entry
	}
	parent := m.mkdirs(path.Dir(path.Clean(dir)), 0o755)
	e := m.tree.create(node.Dir, mode, 0, 0)
	m.tree.put(spot{dir: parent, name: path.Base(dir)}, e)
	return e
}

// lay puts a file where it belongs.
func (m *Machine) lay(f Laid) {
	mode := f.Mode
	if strings.HasSuffix(f.Path, "/") {
		if mode == 0 {
			mode = 0o755
		}
		m.give(m.mkdirs(f.Path, mode), f.Owner)
		return
	}
	at := spot{dir: m.mkdirs(path.Dir(f.Path), 0o755), name: path.Base(f.Path)}
	if f.Config && at.dir.children[at.name] != nil {
		return
	}
	var e *entry
	switch {
	case f.Link != "":
		e = m.tree.create(node.Link, 0o777, 0, 0)
		e.target = f.Link
	default:
		if mode == 0 {
			mode = 0o644
		}
		e = m.tree.create(node.File, mode, 0, 0)
		e.content = []byte(f.Content)
		e.kernel = f.Kernel
	}
	m.tree.put(at, e)
	m.give(e, f.Owner)
}

func (m *Machine) give(e *entry, owner string) {
	if u, ok := m.accounts.user(owner); ok && owner != "" {
		e.uid, e.gid = u.UID, u.GID
	}
}

// peek reads a file as root.
func (m *Machine) peek(at string) (string, bool) {
	s, err := m.tree.walk(at, true, superuser, m.accounts.userName)
	if err != nil || s.entry == nil || s.entry.kind != node.File {
		return "", false
	}
	return string(m.text(s.entry)), true
}

func (m *Machine) text(e *entry) []byte {
	if e.kernel != nil {
		return []byte(e.kernel(m))
	}
	return e.content
}

// below are the files of a directory and of those in it.
func (m *Machine) below(dir string) []string {
	s, err := m.tree.walk(dir, true, superuser, m.accounts.userName)
	if err != nil || s.entry == nil || s.entry.kind != node.Dir {
		return nil
	}
	var all []string
	for _, name := range slices.Sorted(maps.Keys(s.entry.children)) {
		at := path.Join(dir, name)
		if s.entry.children[name].kind == node.Dir {
			all = append(all, m.below(at)...)
		} else {
			all = append(all, at)
		}
	}
	return all
}

// Content is what a file holds now, for tests; "" if there is none.
func (m *Machine) Content(at string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	text, _ := m.peek(at)
	return text
}

// Put lays a file on the machine, as somebody does by hand.
func (m *Machine) Put(f Laid) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.lay(f)
}

// Below are the files of a directory and of those in it, for tests.
func (m *Machine) Below(dir string) []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.below(dir)
}
