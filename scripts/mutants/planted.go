package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// Compiling pig anew takes longer than most tests, so faults that stand in functions are compiled together: each function with faults begins with
//
//	if plantedFault == "17" { body with fault 17; return }
//
// and the environment tells a test which one to have.

// variable is the environment's variable that names the fault to have.
const variable = "PIG_PLANTED_FAULT"

// place is where a fault stands: the text of a function's body, from its brace to its brace.
type place struct {
	open, close int // offsets in the file
	results     bool
}

// placeOf finds the innermost function of a Go file that has the whole of a fault in it. There is none for a fault elsewhere, or where a label
// would stand in the function twice.
func (f fault) placeOf(text []byte) (place, bool) {
	if filepath.Ext(f.File) != ".go" {
		return place{}, false
	}
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, f.File, text, 0)
	if err != nil {
		return place{}, false
	}
	from := bytes.Index(text, []byte(f.Find))
	to := from + len(f.Find)
	var at place
	found := false
	ast.Inspect(file, func(n ast.Node) bool {
		var body *ast.BlockStmt
		var kind *ast.FuncType
		switch n := n.(type) {
		case *ast.FuncDecl:
			body, kind = n.Body, n.Type
		case *ast.FuncLit:
			body, kind = n.Body, n.Type
		case *ast.LabeledStmt:
			found = found && (set.Position(n.Pos()).Offset < at.open || set.Position(n.Pos()).Offset > at.close)
		}
		if body == nil {
			return true
		}
		open, end := set.Position(body.Lbrace).Offset, set.Position(body.Rbrace).Offset
		if open < from && to <= end {
			at, found = place{open, end, kind.Results.NumFields() > 0}, true
		}
		return true
	})
	return at, found
}

// planted is the text of a file with faults in it, each asked for by its number.
func planted(file string, faults map[int]fault) (string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	bodies := map[int]string{} // what is put behind the brace at an offset
	for n, f := range faults {
		at, _ := f.placeOf(text)
		body := strings.Replace(string(text[at.open+1:at.close]), f.Find, f.Replace, 1)
		if !at.results {
			body += "\nreturn\n"
		}
		bodies[at.open+1] += fmt.Sprintf("\nif plantedFault == \"%d\" {%s}\n", n, body)
	}
	var out strings.Builder
	last := 0
	offsets := make([]int, 0, len(bodies))
	for at := range bodies {
		offsets = append(offsets, at)
	}
	slices.Sort(offsets)
	for _, at := range offsets {
		out.Write(text[last:at])
		out.WriteString(bodies[at])
		last = at
	}
	out.Write(text[last:])
	return out.String(), nil
}

// plantTogether writes the files with all faults that stand in functions, and the list that tells the compiler of them. It gives the numbers of those faults.
func plantTogether(faults []fault, dir string) (overlay string, numbers []int, err error) {
	files := map[string]map[int]fault{}
	for n, f := range faults {
		text, err := os.ReadFile(f.File)
		if err != nil {
			return "", nil, err
		}
		if _, ok := f.placeOf(text); ok {
			if files[f.File] == nil {
				files[f.File] = map[int]fault{}
			}
			files[f.File][n] = f
			numbers = append(numbers, n)
		}
	}
	replace := map[string]string{}
	put := func(original, text string) error {
		path, err := filepath.Abs(original)
		if err != nil {
			return err
		}
		replace[path] = filepath.Join(dir, fmt.Sprintf("%d_%s", len(replace), filepath.Base(original)))
		return os.WriteFile(replace[path], []byte(text), 0o600)
	}
	for file, some := range files {
		text, err := planted(file, some)
		if err != nil {
			return "", nil, err
		}
		if err := put(file, text); err != nil {
			return "", nil, err
		}
		name, _, _ := strings.Cut(text[strings.Index("\n"+text, "\npackage ")+len("package "):], "\n")
		asked := fmt.Sprintf("package %s\n\nimport \"os\"\n\nvar plantedFault = os.Getenv(%q)\n", name, variable)
		if err := put(filepath.Join(filepath.Dir(file), "planted_fault.go"), asked); err != nil {
			return "", nil, err
		}
	}
	list, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", nil, err
	}
	overlay = filepath.Join(dir, "overlay.json")
	return overlay, numbers, os.WriteFile(overlay, list, 0o600)
}

// garden has the tests of packages compiled with all faults that could be planted together.
type garden struct {
	numbers  []int             // of those faults
	binaries map[string]string // by package
}

// newGarden compiles the tests.
func newGarden(ctx context.Context, faults []fault, dir string) (garden, error) {
	g := garden{binaries: map[string]string{}}
	overlay, numbers, err := plantTogether(faults, dir)
	if err != nil {
		return g, err
	}
	g.numbers = numbers
	for _, n := range numbers {
		for _, p := range faults[n].packages() {
			if g.binaries[p] != "" {
				continue
			}
			g.binaries[p] = filepath.Join(dir, fmt.Sprintf("%d.test", len(g.binaries)))
			if out, err := goTest(ctx, "-c", "-overlay", overlay, "-o", g.binaries[p], p).CombinedOutput(); err != nil {
				return g, fmt.Errorf("compiling the tests of %s with faults: %w: %s", p, err, firstLines(string(out), 5))
			}
		}
	}
	return g, nil
}

// try runs the tests of a fault. It tells whether they fail.
func (g garden) try(ctx context.Context, n int, f fault) bool {
	if !slices.Contains(g.numbers, n) {
		return false
	}
	for _, p := range f.packages() {
		test := g.run(ctx, p, f.Run)
		test.Env = append(test.Env, fmt.Sprintf("%s=%d", variable, n))
		if f.judge(test.CombinedOutput()) == "" {
			return true
		}
	}
	return false
}

// sound holds that the tests pass while no fault is asked for: else what they notice says nothing.
func (g garden) sound(ctx context.Context, faults []fault) error {
	runs := map[string][]string{}
	for _, n := range g.numbers {
		for _, p := range faults[n].packages() {
			runs[p] = append(runs[p], faults[n].Run)
		}
	}
	for p, some := range runs {
		if out, err := g.run(ctx, p, strings.Join(some, "|")).CombinedOutput(); err != nil {
			return fmt.Errorf("the tests of %s fail without a fault: %w: %s", p, err, firstLines(string(out), 20))
		}
	}
	return nil
}

// run is a run of tests of a package.
func (g garden) run(ctx context.Context, p, tests string) *exec.Cmd {
	c := command(ctx, []string{g.binaries[p], "-test.run", tests, "-test.failfast", "-test.timeout", "3m"})
	c.Dir = p
	return c
}
