package contract

import (
	"errors"
	"io/fs"

	"pig/internal/node"
)

// deed is what a module might do below dir.
type deed struct {
	name string
	do   func(f node.Files, dir string) error
}

func mode(m uint32) *fs.FileMode {
	x := fs.FileMode(m)
	return &x
}

func deeds() []deed {
	return []deed{
		{"write a new file", func(f node.Files, d string) error {
			return f.Write(d+"/new", []byte("a\n"), node.Attrs{Mode: mode(0o640)})
		}},
		{"write over a file keeps its mode", func(f node.Files, d string) error { return f.Write(d+"/old", []byte("b\n"), node.Attrs{}) }},
		{"write below a directory that was just made", func(f node.Files, d string) error {
			return errors.Join(f.Mkdir(d+"/sub", node.Attrs{Mode: mode(0o750)}), f.Write(d+"/sub/x", []byte("x"), node.Attrs{}))
		}},
		{"write into a missing directory", func(f node.Files, d string) error { return f.Write(d+"/nowhere/x", nil, node.Attrs{}) }},
		{"write over a directory", func(f node.Files, d string) error { return f.Write(d+"/tree", nil, node.Attrs{}) }},
		{"make a directory twice", func(f node.Files, d string) error {
			return errors.Join(f.Mkdir(d+"/sub", node.Attrs{}), f.Mkdir(d+"/sub", node.Attrs{}))
		}},
		{"set a mode", func(f node.Files, d string) error { return f.Set(d+"/old", true, node.Attrs{Mode: mode(0o600)}) }},
		{"set the mode that is there", func(f node.Files, d string) error { return f.Set(d+"/old", true, node.Attrs{Mode: mode(0o644)}) }},
		{"set a mode of what was just written", func(f node.Files, d string) error {
			return errors.Join(f.Write(d+"/new", []byte("n"), node.Attrs{}), f.Set(d+"/new", true, node.Attrs{Mode: mode(0o700)}))
		}},
		{"set a mode where nothing is", func(f node.Files, d string) error { return f.Set(d+"/nothing", true, node.Attrs{Mode: mode(0o600)}) }},
		{"link", func(f node.Files, d string) error { return f.Symlink(d+"/old", d+"/link") }},
		{"write through a linked directory", func(f node.Files, d string) error {
			return errors.Join(f.Symlink(d+"/tree", d+"/alias"), f.Write(d+"/alias/leaf", []byte("new leaf\n"), node.Attrs{}))
		}},
		{"replace a link", func(f node.Files, d string) error {
			return errors.Join(f.Symlink("old", d+"/link"), f.Symlink("tree", d+"/link"))
		}},
		{"remove a file", func(f node.Files, d string) error { return f.Remove(d + "/old") }},
		{"remove a tree", func(f node.Files, d string) error { return f.Remove(d + "/tree") }},
		{"remove nothing", func(f node.Files, d string) error { return f.Remove(d + "/nothing") }},
		{"remove a tree and make it anew", func(f node.Files, d string) error {
			return errors.Join(f.Remove(d+"/tree"), f.Mkdir(d+"/tree", node.Attrs{}))
		}},
		{"rename", func(f node.Files, d string) error { return f.Rename(d+"/old", d+"/moved") }},
		{"place the pieces of a file", func(f node.Files, d string) error {
			return errors.Join(f.Stage(d+"/old", 0, []byte("ab")), f.Stage(d+"/old", 2, []byte("c\n")), f.Place(d+"/old", 4, node.Attrs{Mode: mode(0o640)}), f.Remove(d+"/old"))
		}},
		{"place pieces over a directory", func(f node.Files, d string) error {
			return errors.Join(f.Stage(d+"/tree", 0, []byte("ab")), f.Place(d+"/tree", 2, node.Attrs{}))
		}},
		{"touch a new file", func(f node.Files, d string) error { return f.Touch(d+"/touched", node.Attrs{}) }},
		{"give to an account that does not exist", func(f node.Files, d string) error {
			return f.Write(d+"/new", nil, node.Attrs{Owner: "nobody-of-that-name"})
		}},
		{"give to a number", func(f node.Files, d string) error { return f.Write(d+"/new", nil, node.Attrs{Owner: "0", Group: "0"}) }},
	}
}
