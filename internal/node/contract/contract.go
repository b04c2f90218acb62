// Package contract holds what all sides of node.Machine have in common, for the tests of each: whatever a module does, they record
// the same changes and answer the same questions afterwards.
package contract

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"

	"pig/internal/node"
)

// Side is a machine under test.
type Side struct {
	Name    string
	Machine node.Machine // does the deeds
	Before  node.Machine // makes the files that they begin with; nil: the machine itself
	Dir     string       // exists, is empty, and is of this side alone
}

// Compare does each deed and each work on both sides and compares what was recorded, and what is there then.
func Compare(t *testing.T, sides func(t *testing.T) (want, got Side)) {
	t.Helper()
	for _, d := range deeds() {
		t.Run(d.name, func(t *testing.T) {
			left, right := sides(t)
			want, got := outcomeOf(t, left, d), outcomeOf(t, right, d)
			if want.failed != got.failed {
				t.Errorf("%s failed: %t, %s failed: %t", left.Name, want.failed, right.Name, got.failed)
			}
			if !slices.Equal(want.changes, got.changes) {
				t.Errorf("changes differ\n%s: %q\n%s: %q", left.Name, want.changes, right.Name, got.changes)
			}
			if !slices.Equal(want.after, got.after) {
				t.Errorf("the outcome differs\n%s:\n%s\n%s:\n%s", left.Name, strings.Join(want.after, "\n"), right.Name, strings.Join(got.after, "\n"))
			}
		})
	}
	compareWorks(t, sides)
}

type outcome struct {
	changes, after []string
	failed         bool
}

func outcomeOf(t *testing.T, s Side, d deed) (o outcome) {
	t.Helper()
	under := s.Before
	if under == nil {
		under = s.Machine
	}
	playground(t, files(t, under, nil), s.Dir)
	before := observe(t, files(t, under, nil), s.Dir)
	f := files(t, s.Machine, func(c node.Change) {
		o.changes = append(o.changes, strings.ReplaceAll(fmt.Sprintf("%s %v %s", c.Key(), c.Attrs, c.Diff), s.Dir, ""))
	})
	o.failed = d.do(f, s.Dir) != nil
	o.after = observe(t, f, s.Dir)
	if s.Before != nil {
		if now := observe(t, files(t, under, nil), s.Dir); !slices.Equal(now, before) {
			t.Errorf("%s touched the machine:\n%s\nwas\n%s", s.Name, strings.Join(now, "\n"), strings.Join(before, "\n"))
		}
	}
	return o
}

func files(t *testing.T, m node.Machine, record func(node.Change)) node.Files {
	t.Helper()
	s, err := m.For(node.Task{Record: record})
	if err != nil {
		t.Fatal(err)
	}
	return s.Files()
}

// playground makes the files that each deed begins with.
func playground(t *testing.T, f node.Files, dir string) {
	t.Helper()
	for _, d := range []string{"tree", "tree/deep"} {
		if err := f.Mkdir(path.Join(dir, d), node.Attrs{Mode: mode(0o755)}); err != nil {
			t.Fatal(err)
		}
	}
	for name, content := range map[string]string{"old": "old\n", "tree/leaf": "leaf\n", "tree/deep/leaf": "deep\n"} {
		if err := f.Write(path.Join(dir, name), []byte(content), node.Attrs{Mode: mode(0o644)}); err != nil {
			t.Fatal(err)
		}
	}
}

// observe tells all that Files says about a directory, with the directory's own name left out.
func observe(t *testing.T, f node.Files, dir string) []string {
	t.Helper()
	var seen []string
	var walk func(path string)
	walk = func(path string) {
		i, err := f.Stat(path, false)
		if err != nil {
			t.Fatalf("stat %s: %v", path, err)
		}
		line := fmt.Sprintf("%s %s %04o %s", strings.TrimPrefix(path, dir), i.Kind, uint32(i.Mode), strings.TrimPrefix(i.Target, dir))
		if i.Kind == node.File {
			content, err := f.Read(path)
			line += fmt.Sprintf(" %q %v", content, err)
		}
		seen = append(seen, line)
		if i.Kind != node.Dir {
			return
		}
		names, err := f.List(path)
		if err != nil {
			t.Fatalf("list %s: %v", path, err)
		}
		for _, n := range names {
			walk(path + "/" + n)
		}
	}
	walk(dir)
	return seen
}
