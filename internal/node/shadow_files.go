package node

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// plannedFile is a path as the plan leaves it.
type plannedFile struct {
	info    Info
	content []byte
	unknown bool // the content is known only after apply
	fresh   bool // a directory that the plan makes: there is nothing in it but what is planned
}

type shadowFiles struct{ *shadowSystem }

// real gives path with the links in its directories followed, planned ones and live ones.
func (f shadowFiles) real(path string) (string, error) {
	path = filepath.Clean(path)
	done, rest := "", strings.TrimPrefix(path, "/")
	for links := 0; ; {
		name, below, more := strings.Cut(rest, "/")
		next := done + "/" + name
		if !more {
			return next, nil
		}
		rest = below
		i, err := f.entry(next)
		if err != nil {
			return "", err
		}
		if i.Kind != Link {
			done = next
			continue
		}
		if links++; links > maxLinks {
			return "", &fs.PathError{Op: "stat", Path: path, Err: syscall.ELOOP}
		}
		if err := f.distrust(i, path); err != nil {
			return "", err
		}
		target := i.Target
		if !filepath.IsAbs(target) {
			target = filepath.Join("/", done, target)
		}
		if target = strings.TrimPrefix(filepath.Clean(target), "/"); target != "" {
			rest = target + "/" + rest
		}
		done = ""
	}
}

// root tells whether this task will act as root, to whom the rules of ForeignLink apply.
func (f shadowFiles) root() bool {
	live, ok := f.live.(interface{ ActsAsRoot() bool })
	return ok && live.ActsAsRoot() && f.user == f.live.User()
}

// distrust refuses a link that root would not follow.
func (f shadowFiles) distrust(link Info, path string) error {
	if !f.root() || link.UID == 0 {
		return nil
	}
	return &ForeignLink{Path: path, Link: link.Path, Owner: link.Owner}
}

// entry describes one path whose directories hold no links.
func (f shadowFiles) entry(path string) (Info, error) {
	s := f.shadow
	s.mu.Lock()
	planned, ok := s.files.at[path]
	hidden := !ok && s.hides(path)
	unsure := s.unsure(path)
	s.mu.Unlock()
	switch {
	case ok:
		return s.owned(planned.info, true), nil
	case hidden:
		return Info{Path: path, Kind: Absent}, nil
	}
	i, err := f.live.Files().Stat(path, false)
	if err == nil && !i.Exists() {
		i.Assumed = unsure
	}
	return s.owned(i, false), err
}

// hides tells whether a planned ancestor of path covers whatever lives there now. The caller holds the lock.
func (s *Shadow) hides(path string) bool {
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		if p, ok := s.files.at[dir]; ok {
			return p.info.Kind != Dir || p.fresh
		}
		if dir == "/" || dir == "." {
			return false
		}
	}
}

func (f shadowFiles) Stat(path string, follow bool) (Info, error) {
	for range maxLinks {
		at, err := f.real(path)
		if err != nil {
			return Info{}, err
		}
		i, err := f.entry(at)
		if err != nil || !follow || i.Kind != Link {
			return i, err
		}
		if err := f.distrust(i, path); err != nil {
			return Info{}, err
		}
		path = i.Target
		if !filepath.IsAbs(path) {
			path = filepath.Join(filepath.Dir(at), path)
		}
	}
	return Info{}, &fs.PathError{Op: "stat", Path: path, Err: syscall.ELOOP}
}

func (f shadowFiles) Read(path string) ([]byte, error) {
	i, err := f.Stat(path, true)
	if err != nil {
		return nil, err
	}
	if !i.Exists() {
		if i.Assumed {
			return nil, fmt.Errorf("the content of %s: %w", path, ErrUnknown)
		}
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
	}
	f.shadow.mu.Lock()
	p, ok := f.shadow.files.at[i.Path]
	f.shadow.mu.Unlock()
	switch {
	case !ok || p.content == nil && !p.unknown && !p.fresh && i.Kind == File:
		return f.live.Files().Read(i.Path)
	case i.Kind == Dir:
		return nil, &fs.PathError{Op: "read", Path: path, Err: syscall.EISDIR}
	case p.unknown:
		return nil, fmt.Errorf("the content of %s: %w", path, ErrUnknown)
	}
	return p.content, nil
}

func (f shadowFiles) List(path string) ([]string, error) {
	i, err := f.Stat(path, true)
	if err != nil {
		return nil, err
	}
	if i.Kind != Dir {
		if i.Assumed {
			return nil, fmt.Errorf("the entries of %s: %w", path, ErrUnknown)
		}
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
	}
	f.shadow.mu.Lock()
	defer f.shadow.mu.Unlock()
	names := map[string]bool{}
	if p, ok := f.shadow.files.at[i.Path]; !ok || !p.fresh {
		live, err := f.live.Files().List(i.Path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		for _, n := range live {
			names[n] = true
		}
	}
	for name, planned := range f.shadow.files.entries(i.Path) {
		names[name] = planned.info.Exists()
	}
	var list []string
	for n, there := range names {
		if there {
			list = append(list, n)
		}
	}
	slices.Sort(list)
	return list, nil
}
