package playbook

import (
	"strings"
)

// A collection lies on disk as ansible_collections/NAMESPACE/NAME, in collections/ beside the playbook or in one of the Loader's
// directories. Its roles and playbooks are known by NAMESPACE.NAME.THING.

// inCollection finds a role or a playbook of a collection by its full name.
func (l *Loader) inCollection(name, kind, dir string) (string, bool) {
	parts := strings.Split(name, ".")
	if len(parts) < 3 || strings.ContainsAny(name, "/ ") {
		return "", false
	}
	for _, base := range append([]string{Join(dir, "collections")}, l.Collections...) {
		home := Join(base, "ansible_collections", parts[0], parts[1], kind)
		thing := Join(home, parts[2:]...)
		if kind == "roles" && l.Files.IsDir(thing) {
			return thing, true
		}
		for _, suffix := range []string{".yml", ".yaml", ""} {
			if p := thing + suffix; kind == "playbooks" && l.Files.Exists(p) && !l.Files.IsDir(p) {
				return p, true
			}
		}
	}
	return "", false
}

// findRole finds a role by its name, also beside the role that asks for it.
func (l *Loader) findRole(use RoleUse, play *Play) (string, error) {
	dir, err := l.FindRole(use.Name, play)
	if err != nil && use.Beside != "" {
		if p := Join(use.Beside, use.Name); l.Files.IsDir(p) {
			return p, nil
		}
	}
	return dir, err
}

// siblingName is the full name of a role that a role of a collection depends on.
func siblingName(of, name string, l *Loader, beside string) string {
	parts := strings.Split(of, ".")
	if len(parts) < 3 || !l.Files.IsDir(Join(beside, name)) {
		return name
	}
	return parts[0] + "." + parts[1] + "." + name
}

// roleName is what a role is called: one that is given by its path goes by the end of it.
func roleName(name string) string {
	if !strings.HasPrefix(name, "/") && !strings.HasPrefix(name, ".") {
		return name
	}
	name = strings.TrimRight(name, "/")
	return name[strings.LastIndexByte(name, '/')+1:]
}

func playDir(play *Play) string {
	if play == nil {
		return ""
	}
	return play.Dir
}
