package builtin

import (
	"context"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// archive packs files. The same files always make the same archive, so one that is there already is left alone.
func archive() module.Module {
	return module.Module{
		Name: "archive",
		Spec: module.Spec{Args: append(fileArgs(),
			module.Arg{Name: "path", Type: module.List, Elements: module.Path, Required: true}, module.Arg{Name: "dest", Type: module.Path},
			module.Arg{Name: "format", Default: "gz", Choices: []string{"bz2", "gz", "tar", "xz", "zip"}},
			module.Arg{Name: "exclude_path", Type: module.List, Elements: module.Path}, module.Arg{Name: "exclusion_patterns", Type: module.List, Elements: module.Path},
			module.Arg{Name: "force_archive", Type: module.Bool}, module.Arg{Name: "remove", Type: module.Bool},
		)},
		Run: runArchive,
	}
}

// packing is what goes into an archive.
type packing struct {
	*module.Call
	root    string
	paths   []string // that were found
	missing []string
	entries []packed
	size    int64
}

// packed is one entry: where it is, and its name inside.
type packed struct {
	path, name string
	info       node.Info
}

// mostPacked bounds what is packed: it lies in memory.
const mostPacked = 1 << 30

func runArchive(ctx context.Context, c *module.Call) (*value.Dict, error) {
	p := &packing{Call: c}
	if err := p.find(); err != nil {
		return nil, err
	}
	format, dest := c.Args.String("format"), c.Args.String("dest")
	single := len(p.paths) == 1 && len(c.Args.Strings("path")) == 1 && !strings.ContainsAny(c.Args.Strings("path")[0], "*?[") && !c.Args.Bool("force_archive")
	if single {
		i, err := c.System.Files().Stat(p.paths[0], true)
		if err != nil {
			return nil, err
		}
		single = i.Kind == node.File
	}
	if dest == "" && !single {
		return nil, fmt.Errorf("Error, must specify \"dest\" when archiving multiple files or trees") //nolint:staticcheck // Ansible's words
	}
	if dest == "" {
		dest = p.paths[0] + "." + format
	}
	result := value.DictOf("dest", dest, "arcroot", p.root, "missing", value.Strings(append([]string{}, p.missing...)), "expanded_paths", value.Strings(append([]string{}, p.paths...)),
		"expanded_exclude_paths", value.Strings(append([]string{}, c.Args.Strings("exclude_path")...)))
	if len(p.paths) == 0 {
		if len(p.missing) == 0 {
			return nil, &module.Failure{Msg: "Error, no source paths were found", Values: result}
		}
		i, err := c.System.Files().Stat(dest, true) // what was packed may be gone since: remove
		result.Set("state", map[bool]string{true: "archive", false: "absent"}[i.Exists()])
		result.Set("archived", value.NewList())
		return result, err
	}
	if err := p.collect(dest); err != nil {
		return nil, err
	}
	var names []string
	for _, e := range p.entries {
		names = append(names, e.path)
	}
	result.Set("archived", value.Strings(append([]string{}, names...)))
	made, err := p.pack(ctx, format, single)
	if err != nil {
		return nil, err
	}
	result.Set("state", map[bool]string{true: "compress", false: "archive"}[single])
	result.Set("dest_state", result.At("state"))
	if err := p.put(dest, made); err != nil {
		return nil, err
	}
	if c.Args.Bool("remove") {
		for _, path := range p.paths {
			if err := c.System.Files().Remove(path); err != nil {
				return nil, err
			}
		}
	}
	return result, nil
}

func (p *packing) put(dest string, made []byte) error {
	old, before, err := textAt(p.Call, dest)
	if err != nil {
		return err
	}
	if before.Exists() && old == string(made) {
		return settle(p.Call, dest, true)
	}
	a, err := attrs(p.Args, before)
	if err != nil {
		return err
	}
	a.NoDiff = true
	return p.System.Files().Write(dest, made, a)
}

// find looks for the paths, patterns included, and the directory that all of them are in.
func (p *packing) find() error {
	for _, pattern := range p.Args.Strings("path") {
		found := []string{pattern}
		if strings.ContainsAny(pattern, "*?[") {
			var err error
			if found, err = module.Glob(p.System.Files(), pattern); err != nil {
				return err
			}
		}
		for _, path := range found {
			i, err := p.System.Files().Stat(path, false)
			if err != nil {
				return err
			}
			if !i.Exists() {
				p.missing = append(p.missing, path)
				continue
			}
			p.paths = append(p.paths, strings.TrimRight(path, "/"))
		}
	}
	for i, path := range p.paths {
		dir := filepath.Dir(path)
		for i > 0 && p.root != "/" && dir+"/" != p.root && !strings.HasPrefix(dir+"/", p.root) {
			p.root = strings.TrimSuffix(filepath.Dir(strings.TrimSuffix(p.root, "/")), "/") + "/"
		}
		if i == 0 {
			p.root = strings.TrimSuffix(dir, "/") + "/"
		}
	}
	return nil
}

// collect lists all entries. What is excluded, and the archive itself, is none.
func (p *packing) collect(dest string) error {
	for _, path := range p.paths {
		i, err := p.System.Files().Stat(path, false)
		if err != nil {
			return err
		}
		if err := p.add(path, dest, i, i.Kind != node.Dir); err != nil {
			return err
		}
	}
	return nil
}

func (p *packing) add(file, dest string, i node.Info, itself bool) error {
	name := strings.TrimPrefix(file, p.root)
	if file == dest || p.excluded(file, name) {
		return nil
	}
	if itself {
		if p.size += i.Size; p.size > mostPacked {
			return fmt.Errorf("invalid path %q: more than %d bytes are to be packed", p.paths[0], int64(mostPacked))
		}
		p.entries = append(p.entries, packed{file, name, i})
	}
	if i.Kind != node.Dir {
		return nil
	}
	names, err := p.System.Files().List(file)
	if err != nil {
		return err
	}
	for _, n := range names {
		below := file + "/" + n
		i, err := p.System.Files().Stat(below, false)
		if err != nil {
			return err
		}
		if err := p.add(below, dest, i, true); err != nil {
			return err
		}
	}
	return nil
}

func (p *packing) excluded(file, name string) bool {
	matches := func(pattern string) bool {
		// as Python's fnmatch, for which a slash is a sign like others
		flat := func(s string) string { return strings.ReplaceAll(s, "/", "\x00") }
		ok, err := path.Match(flat(pattern), flat(name))
		return err == nil && ok
	}
	return slices.ContainsFunc(p.Args.Strings("exclude_path"), func(x string) bool {
		ok, err := path.Match(strings.TrimRight(x, "/"), file)
		return err == nil && ok
	}) || slices.ContainsFunc(p.Args.Strings("exclusion_patterns"), matches)
}
