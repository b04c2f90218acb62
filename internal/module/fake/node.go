// Package fake is a machine for the tests of modules: commands, HTTP and units are answered by functions, files have a content.
package fake

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"strings"
	"time"

	"pig/internal/node"
)

// Node is a machine of which only commands, HTTP and units exist, each answered by a function, and files with a content.
type Node struct {
	node.System
	Planned  bool
	OnExec   func(node.Cmd) (node.Output, error)
	OnHTTP   func(node.Request) (node.Response, error)
	States   map[string]node.Unit
	Contents map[string]string
	Facts    map[string]string // foreseen
	Record   func(node.Change)
}

func (f *Node) For(t node.Task) (node.System, error) {
	g := *f
	record := t.Record
	if record == nil {
		record = f.Record
	}
	g.Record = func(c node.Change) {
		if f.Facts != nil {
			maps.Copy(f.Facts, c.Makes)
		}
		if record != nil {
			record(c)
		}
	}
	return &g, nil
}

func (f *Node) Await(ctx context.Context, w node.Wait) error {
	if f.Planned {
		return node.Look(ctx, w)
	}
	return node.Poll(ctx, w)
}

func (f *Node) Do(ctx context.Context, c node.Change, steps func(context.Context) error) error {
	if !f.Planned {
		if err := steps(ctx); err != nil {
			return err
		}
	}
	f.Record(c)
	return nil
}

func (f *Node) Foreseen(fact string) (string, bool) {
	v, ok := f.Facts[fact]
	return v, ok
}

func (f *Node) User() string            { return "postgres" }
func (f *Node) Files() node.Files       { return Files{files: f.Contents} }
func (f *Node) Services() node.Services { return Services{f: f} }
func (f *Node) Net() node.Net           { return Net{Of: f} }

func (f *Node) Exec(_ context.Context, c node.Cmd) (node.Output, error) {
	if c.Change != nil && f.Planned {
		f.Record(*c.Change)
		return node.Output{}, nil
	}
	out, err := f.OnExec(c)
	if err == nil && out.RC == 0 && c.Change != nil {
		f.Record(*c.Change)
	}
	return out, err
}

// Net answers HTTP by the function of a node, and takes what a plan would change for changed.
type Net struct {
	node.Net
	Of *Node
}

func (n Net) HTTP(_ context.Context, r node.Request) (node.Response, error) {
	if r.Change != nil && n.Of.Planned {
		n.Of.Record(*r.Change)
		return node.Response{Status: 200}, nil
	}
	res, err := n.Of.OnHTTP(r)
	if err == nil && r.Change != nil && r.Done(res) {
		n.Of.Record(*r.Change)
	}
	return res, err
}

// Services are the units of a node by their states; restarts are recorded.
type Services struct {
	node.Services
	f *Node
}

func (s Services) Unit(_ context.Context, name string) (node.Unit, error) {
	return s.f.States[name], nil
}

func (s Services) Restart(_ context.Context, name string, _ node.UnitOptions) error {
	s.f.Record(node.Change{Kind: "service", ID: name, Action: "restart"})
	return nil
}

// Files are texts by path.
type Files struct {
	node.Files
	files map[string]string
}

func (Files) Remove(string) error { return nil }

func (f Files) Read(path string) ([]byte, error) {
	if text, ok := f.files[path]; ok {
		return []byte(text), nil
	}
	return nil, fs.ErrNotExist
}

func (f Files) Stat(path string, _ bool) (node.Info, error) {
	if text, ok := f.files[path]; ok {
		return node.Info{Path: path, Kind: node.File, Size: int64(len(text))}, nil
	}
	return node.Info{Path: path, Kind: node.Absent}, nil
}
func (Files) List(string) ([]string, error) { return nil, errors.New("none") }

// Dial asks the function that answers HTTP.
func (n Net) Dial(_ context.Context, host string, _ int, _ time.Duration, _ int) ([]byte, error) {
	_, err := n.Of.OnHTTP(node.Request{Method: "DIAL", URL: host})
	return nil, err
}

// Keys are changes in short: kind, ID and action of each.
func Keys(changes []node.Change) string {
	var keys []string
	for _, c := range changes {
		keys = append(keys, c.Kind+" "+c.ID+" "+c.Action)
	}
	return strings.Join(keys, "; ")
}
