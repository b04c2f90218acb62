package playbook

import (
	"strings"

	"pig/internal/value"
)

// A collection lies on disk as ansible_collections/NAMESPACE/NAME, in collections/ beside the playbook or in one of the Loader's
// directories. Its roles and playbooks are known by NAMESPACE.NAME.THING.

// inCollection finds a role or a playbook of a collection by its full name.
func (l *Loader) inCollection(name, kind, dir string) (string, bool) {
	parts := strings.Split(name, ".")
	if len(parts) < 3 || strings.ContainsAny(name, "/ ") {
		return "", false
	}
	for _, home := range l.collectionHomes(parts[0], parts[1], dir) {
		thing := Join(Join(home, kind), parts[2:]...)
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

// collectionHomes are where a collection may lie: beside the playbook in dir, in the directories of the configuration, and around the playbook.
func (l *Loader) collectionHomes(namespace, name, dir string) []string {
	var homes []string
	for _, base := range append([]string{Join(dir, "collections")}, l.Collections...) {
		homes = append(homes, Join(base, "ansible_collections", namespace, name))
	}
	if above, _, ok := strings.Cut(dir, "ansible_collections/"); ok {
		homes = append(homes, Join(above, "ansible_collections", namespace, name))
	}
	return homes
}

func (l *Loader) collectionHome(namespace, name, dir string) (string, bool) {
	for _, home := range l.collectionHomes(namespace, name, dir) {
		if l.Files.IsDir(home) {
			return home, true
		}
	}
	return "", false
}

// amongCollections are the full names that a short name of a role may stand for.
func amongCollections(name string, play *Play) []string {
	if play == nil || strings.ContainsAny(name, "./ ") {
		return nil
	}
	var full []string
	for _, c := range listOf(play.Collections) {
		full = append(full, value.Str(c)+"."+name)
	}
	if c := collectionOf(play.Dir); c != "" {
		full = append(full, c+"."+name)
	}
	return full
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
