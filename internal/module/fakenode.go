package module

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"strings"

	"pig/internal/node"
)

// fakeNode is a machine of which only commands, HTTP and units exist, each answered by a function, and files with a content.
type fakeNode struct {
	node.System
	planned bool
	exec    func(node.Cmd) (node.Output, error)
	http    func(node.Request) (node.Response, error)
	units   map[string]node.Unit
	files   map[string]string
	facts   map[string]string // foreseen
	record  func(node.Change)
}

func (f *fakeNode) For(t node.Task) (node.System, error) {
	g := *f
	record := t.Record
	if record == nil {
		record = f.record
	}
	g.record = func(c node.Change) {
		if f.facts != nil {
			maps.Copy(f.facts, c.Makes)
		}
		if record != nil {
			record(c)
		}
	}
	return &g, nil
}

func (f *fakeNode) Await(ctx context.Context, w node.Wait) error {
	if f.planned {
		return node.Look(ctx, w)
	}
	return node.Poll(ctx, w)
}

func (f *fakeNode) Do(ctx context.Context, c node.Change, steps func(context.Context) error) error {
	if !f.planned {
		if err := steps(ctx); err != nil {
			return err
		}
	}
	f.record(c)
	return nil
}

func (f *fakeNode) Foreseen(fact string) (string, bool) {
	v, ok := f.facts[fact]
	return v, ok
}

func (f *fakeNode) User() string            { return "postgres" }
func (f *fakeNode) Files() node.Files       { return fakeFiles{files: f.files} }
func (f *fakeNode) Services() node.Services { return fakeServices{f: f} }
func (f *fakeNode) Net() node.Net           { return fakeNet{f: f} }

func (f *fakeNode) Exec(_ context.Context, c node.Cmd) (node.Output, error) {
	if c.Change != nil && f.planned {
		f.record(*c.Change)
		return node.Output{}, nil
	}
	out, err := f.exec(c)
	if err == nil && out.RC == 0 && c.Change != nil {
		f.record(*c.Change)
	}
	return out, err
}

type fakeNet struct {
	node.Net
	f *fakeNode
}

func (n fakeNet) HTTP(_ context.Context, r node.Request) (node.Response, error) {
	if r.Change != nil && n.f.planned {
		n.f.record(*r.Change)
		return node.Response{Status: 200}, nil
	}
	res, err := n.f.http(r)
	if err == nil && res.Status < 300 && r.Change != nil {
		n.f.record(*r.Change)
	}
	return res, err
}

type fakeServices struct {
	node.Services
	f *fakeNode
}

func (s fakeServices) Unit(_ context.Context, name string) (node.Unit, error) {
	return s.f.units[name], nil
}

func (s fakeServices) Restart(_ context.Context, name string, _ node.UnitOptions) error {
	s.f.record(node.Change{Kind: "service", ID: name, Action: "restart"})
	return nil
}

type fakeFiles struct {
	node.Files
	files map[string]string
}

func (fakeFiles) Remove(string) error { return nil }

func (f fakeFiles) Read(path string) ([]byte, error) {
	if text, ok := f.files[path]; ok {
		return []byte(text), nil
	}
	return nil, fs.ErrNotExist
}

func (f fakeFiles) Stat(path string, _ bool) (node.Info, error) {
	if _, ok := f.files[path]; ok {
		return node.Info{Path: path, Kind: node.File}, nil
	}
	return node.Info{Path: path, Kind: node.Absent}, nil
}
func (fakeFiles) List(string) ([]string, error) { return nil, errors.New("none") }

func keysOf(r Result) string {
	var keys []string
	for _, c := range r.Changes {
		keys = append(keys, c.Kind+" "+c.ID+" "+c.Action)
	}
	return strings.Join(keys, "; ")
}
