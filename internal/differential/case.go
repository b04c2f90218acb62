// Package differential compares runs of playbooks: what ansible-core answered, which is kept beside each playbook, with what pig answers.
//
// A case is a folder with a playbook, site.yml, and what it needs. /SCRATCH in its files stands for an empty directory, the only place that
// a case changes, /CASE for the copy of the folder. expected/ holds what ansible-core 2.19 printed and left; make oracle records it.
package differential

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Case is one folder of testdata/differential.
type Case struct {
	Name string
	Dir  string
	// Runs are the command lines, one after the other, without the name of the program.
	Runs [][]string
}

// everybody is the inventory of a case that brings none.
const everybody = `[web]
h1
h2
[db]
h3
[all:vars]
ansible_connection=local
`

// Cases reads the folders of dir.
func Cases(dir string) ([]Case, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var cases []Case
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		c := Case{Name: e.Name(), Dir: filepath.Join(dir, e.Name())}
		text, err := os.ReadFile(filepath.Join(c.Dir, "command"))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			c.Runs = [][]string{{"-i", "inv", "site.yml"}}
		case err != nil:
			return nil, err
		}
		for line := range strings.Lines(string(text)) {
			c.Runs = append(c.Runs, words(line))
		}
		cases = append(cases, c)
	}
	return cases, nil
}

// words splits a command line; single quotes keep blanks together.
func words(line string) []string {
	var all []string
	for i, part := range strings.Split(strings.TrimSpace(line), "'") {
		if i%2 == 1 {
			all = append(all, part)
			continue
		}
		all = append(all, strings.Fields(part)...)
	}
	return all
}

// Place is where a case runs: its copy, and the directory that it may change. Inside is what the program takes for the root of both.
type Place struct{ Case, Scratch, Inside string }

// NewPlace makes the two directories below root/sub.
func NewPlace(root, sub string) (Place, error) {
	p := Place{filepath.Join(root, sub, "case"), filepath.Join(root, sub, "scratch"), root}
	return p, errors.Join(os.MkdirAll(p.Case, 0o755), os.MkdirAll(p.Scratch, 0o755))
}

// names are the directories as the program knows them.
func (p Place) names() (scratch, dir string) {
	inside := func(path string) string { return "/" + strings.TrimPrefix(strings.TrimPrefix(path, p.Inside), "/") }
	if p.Inside == "" {
		return p.Scratch, p.Case
	}
	return inside(p.Scratch), inside(p.Case)
}

// Home is the copy of the case as the program knows it.
func (p Place) Home() string {
	_, dir := p.names()
	return dir
}

// Copy puts the files of a case into its place.
func (c Case) Copy(p Place) error {
	scratch, home := p.names()
	err := filepath.WalkDir(c.Dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(c.Dir, path)
		if err != nil {
			return err
		}
		to := filepath.Join(p.Case, rel)
		switch {
		case rel == "expected":
			return fs.SkipDir
		case e.IsDir():
			return os.MkdirAll(to, 0o755)
		}
		text, err := os.ReadFile(path) //nolint:gosec // a case of this repository
		if err != nil {
			return err
		}
		mode := os.FileMode(0o644)
		if strings.HasPrefix(string(text), "#!") {
			mode = 0o755
		}
		return os.WriteFile(to, []byte(strings.NewReplacer("/SCRATCH", scratch, "/CASE", home).Replace(string(text))), mode)
	})
	if err != nil {
		return err
	}
	inv := filepath.Join(p.Case, "inv")
	if _, err := os.Stat(inv); errors.Is(err, fs.ErrNotExist) {
		return os.WriteFile(inv, []byte(everybody), 0o600)
	}
	return nil
}

// Answer is what a program printed, and what it left.
type Answer struct{ Output, Files string }

// Program runs a command line, of which the first word is the program, in a directory as the program knows it, and gives its standard output
// and exit code.
type Program func(ctx context.Context, dir string, args []string) (out string, code int, err error)

// programs are those that a line of a case's command may begin with; others are arguments of ansible-playbook.
var programs = []string{"ansible", "ansible-playbook", "ansible-inventory", "ansible-vault", "ansible-config", "ansible-doc", "ansible-galaxy"}

// program puts the name of the program before a command line that has none.
func program(args []string) []string {
	if len(args) > 0 && slices.Contains(programs, args[0]) {
		return args
	}
	return append([]string{"ansible-playbook"}, args...)
}

// Run runs a case at an empty place.
func (c Case) Run(ctx context.Context, p Place, run Program) (Answer, error) {
	if err := c.Copy(p); err != nil {
		return Answer{}, err
	}
	var all strings.Builder
	for _, args := range c.Runs {
		given := slices.Clone(args)
		scratch, _ := p.names()
		for i, a := range given {
			given[i] = strings.ReplaceAll(a, "/SCRATCH", scratch)
		}
		out, code, err := run(ctx, p.Home(), program(given))
		if err != nil {
			return Answer{}, err
		}
		fmt.Fprintf(&all, "%s\nrc=%d\n", strings.TrimRight(out, "\n"), code)
	}
	files, err := left(p.Scratch)
	return Answer{p.Neutral(all.String()), p.Neutral(files)}, err
}

// Neutral puts /SCRATCH and /CASE in place of the directories.
func (p Place) Neutral(text string) string {
	scratch, dir := p.names()
	return strings.NewReplacer(scratch, "/SCRATCH", dir, "/CASE").Replace(text)
}

// left tells each file of a directory: its mode, its path and its content.
func left(dir string) (string, error) {
	var b strings.Builder
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		rel, _ := filepath.Rel(dir, path)
		info, err := e.Info()
		if err != nil {
			return err
		}
		kind := ""
		switch {
		case e.IsDir():
			kind = "/"
		case info.Mode()&fs.ModeSymlink != 0:
			to, err := os.Readlink(path)
			fmt.Fprintf(&b, "== link %s -> %s\n", rel, to)
			return err
		}
		mode := info.Mode().Perm()
		if info.Mode()&fs.ModeSticky != 0 {
			mode |= 0o1000
		}
		fmt.Fprintf(&b, "== %o %s%s\n", mode, rel, kind)
		if kind != "" || !info.Mode().IsRegular() {
			return nil
		}
		text, err := os.ReadFile(path) //nolint:gosec // what a case made in its own scratch folder
		b.Write(text)
		if len(text) > 0 && text[len(text)-1] != '\n' {
			b.WriteString("\n(no line break)\n")
		}
		return err
	})
	return b.String(), err
}

// Expected reads what the oracle answered.
func (c Case) Expected() (Answer, error) {
	out, err := os.ReadFile(filepath.Join(c.Dir, "expected", "output.txt"))
	files, err2 := os.ReadFile(filepath.Join(c.Dir, "expected", "files.txt"))
	if errors.Is(err2, fs.ErrNotExist) { // it left none
		err2 = nil
	}
	return Answer{string(out), string(files)}, errors.Join(err, err2)
}

// Record keeps an answer as the expected one.
func (c Case) Record(a Answer) error {
	dir := filepath.Join(c.Dir, "expected")
	err := errors.Join(os.RemoveAll(dir), os.MkdirAll(dir, 0o750), os.WriteFile(filepath.Join(dir, "output.txt"), []byte(a.Output), 0o600))
	if a.Files != "" {
		err = errors.Join(err, os.WriteFile(filepath.Join(dir, "files.txt"), []byte(a.Files), 0o600))
	}
	return err
}
