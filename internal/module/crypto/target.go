package crypto

import (
	"errors"
	"fmt"
	"io/fs"
	"time"

	"pig/internal/module"
	"pig/internal/module/builtin"
	"pig/internal/node"
	"pig/internal/value"
)

// target is the file that a module keeps.
type target struct {
	*module.Call
	path    string
	was     node.Info
	text    []byte
	unknown bool // an earlier task of the plan writes it: only a run can tell what will be in it
	mode    fs.FileMode
	private bool // it holds a secret: its mode is kept even where none is given, and no diff shows it
	kept    string
}

func newTarget(c *module.Call, path string, mode fs.FileMode, private bool) (*target, error) {
	t := &target{Call: c, path: path, mode: mode, private: private}
	var err error
	if t.was, err = c.System.Files().Stat(path, true); err != nil {
		return nil, err
	}
	if t.was.Kind == node.Dir {
		return nil, fmt.Errorf("invalid path %q: a directory is there", path)
	}
	t.text, err = c.System.Files().Read(path)
	switch {
	case errors.Is(err, node.ErrUnknown):
		t.unknown = true
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	return t, nil
}

func (t *target) there() bool { return t.was.Exists() }

// attrs are the attributes that the file has to have.
func (t *target) attrs() (node.Attrs, error) {
	a := node.Attrs{Owner: t.Args.String("owner"), Group: t.Args.String("group"), NoDiff: t.private}
	switch {
	case t.Args.Has("mode"):
		mode, err := builtin.ParseMode(t.Args.Get("mode"), t.was)
		if err != nil {
			return a, err
		}
		a.Mode = &mode
	case t.private || !t.there():
		a.Mode = &t.mode
	}
	return a, nil
}

// settle sets the attributes of a file whose content stays.
func (t *target) settle() error {
	a, err := t.attrs()
	if err != nil || !t.there() || a.Mode == nil && a.Owner == "" && a.Group == "" {
		return err
	}
	return t.System.Files().Set(t.path, true, a)
}

// keep saves what the file holds, if that is asked for.
func (t *target) keep() error {
	if !t.Args.Bool("backup") || !t.there() || t.unknown {
		return nil
	}
	t.kept = fmt.Sprintf("%s.%s~", t.path, time.Now().UTC().Format("2006-01-02@15:04:05"))
	mode := t.was.Mode
	return t.System.Files().Write(t.kept, t.text, node.Attrs{Mode: &mode, Owner: t.was.Owner, Group: t.was.Group, NoDiff: t.private})
}

// generate makes a new content, which is different each time; ErrUnknown in a plan.
func (t *target) generate(create func() ([]byte, error)) ([]byte, error) {
	a, err := t.attrs()
	if err != nil {
		return nil, err
	}
	if err := t.keep(); err != nil {
		return nil, err
	}
	return t.System.Files().Generate(t.path, create, a)
}

// write makes the content that one.
func (t *target) write(text []byte) error {
	a, err := t.attrs()
	if err != nil {
		return err
	}
	if err := t.keep(); err != nil {
		return err
	}
	return t.System.Files().Write(t.path, text, a)
}

// foresee plans the file where it is made of what is itself only planned. If it was planned before, it is as good as made.
func (t *target) foresee() error {
	if t.unknown {
		return nil
	}
	a, err := t.attrs()
	if err != nil {
		return err
	}
	if err := t.keep(); err != nil {
		return err
	}
	return t.System.Files().WriteUnknown(t.path, a)
}

// remove removes the file.
func (t *target) remove() (*value.Dict, error) {
	if t.there() {
		if err := t.keep(); err != nil {
			return nil, err
		}
	}
	return t.result(), t.System.Files().Remove(t.path)
}

// result is what all of these modules return.
func (t *target) result(pairs ...value.Value) *value.Dict {
	d := value.DictOf(append([]value.Value{"filename", t.path}, pairs...)...)
	if t.kept != "" {
		d.Set("backup_file", t.kept)
	}
	return d
}
