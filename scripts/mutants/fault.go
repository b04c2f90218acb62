package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"
)

// fault is one change that makes pig wrong in a way that its tests have to notice.
type fault struct {
	Name    string   `yaml:"name"`
	File    string   `yaml:"file"`
	Find    string   `yaml:"find"` // stands in the file exactly once
	Replace string   `yaml:"replace"`
	Tests   []string `yaml:"tests"` // packages whose tests have to notice; the file's own if there are none
	Run     string   `yaml:"run"`   // the tests of those packages, to save time
}

func readFaults(file string) ([]fault, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var faults []fault
	if err := yaml.Unmarshal(text, &faults); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	var wrong []error
	names := map[string]bool{}
	for _, f := range faults {
		if names[f.Name] {
			wrong = append(wrong, fmt.Errorf("two faults are named %q", f.Name))
		}
		names[f.Name] = true
		if _, err := f.mutated(); err != nil {
			wrong = append(wrong, err)
		}
	}
	return faults, errors.Join(wrong...)
}

// mutated is the file's text with the fault in it.
func (f fault) mutated() (string, error) {
	text, err := os.ReadFile(f.File)
	if err != nil {
		return "", fmt.Errorf("%s: %w", f.Name, err)
	}
	if n := strings.Count(string(text), f.Find); n != 1 || f.Find == f.Replace {
		return "", fmt.Errorf("%s: %s has %d places of %q, and there has to be one", f.Name, f.File, n, f.Find)
	}
	return strings.Replace(string(text), f.Find, f.Replace, 1), nil
}

// packages are those whose tests have to notice the fault.
func (f fault) packages() []string {
	if len(f.Tests) > 0 {
		return f.Tests
	}
	return []string{"./" + filepath.Dir(f.File)}
}

// memory is where binaries are linked that one run of tests uses.
const memory = "/dev/shm"

// goTest calls go test. Neither vet nor what debuggers read has a say in what a test notices.
func goTest(ctx context.Context, args ...string) *exec.Cmd {
	return command(ctx, append([]string{"go", "test", "-vet", "off", "-ldflags", "-s -w"}, args...))
}

// command is one whose mounts end with it: a fault of the code that mounts would leave them on this machine. Compilers, linkers and tests are short:
// room costs less than collecting.
func command(ctx context.Context, args []string) *exec.Cmd {
	if os.Geteuid() == 0 {
		args = append([]string{"unshare", "--mount", "--"}, args...)
	}
	c := exec.CommandContext(ctx, args[0], args[1:]...) //nolint:gosec // the arguments are of the list of faults
	c.Env = append(os.Environ(), "GOGC=400")
	if i, err := os.Stat(memory); err == nil && i.IsDir() { // a fault that is planted alone links what no other uses
		c.Env = append(c.Env, "GOTMPDIR="+memory)
	}
	return c
}

// plant compiles the tests with the fault alone, and runs them. It gives "" if they fail, and what is wrong if they do not.
func (f fault) plant(ctx context.Context, dir string) string {
	overlay, err := f.overlay(dir)
	if err != nil {
		return err.Error()
	}
	args := append([]string{"-count", "1", "-overlay", overlay, "-timeout", "3m", "-failfast", "-run", f.Run}, f.packages()...)
	return f.judge(goTest(ctx, args...).CombinedOutput())
}

// judge gives "" if tests failed, and what is wrong if they did not.
func (f fault) judge(out []byte, err error) string {
	text := string(out)
	var exit *exec.ExitError
	switch {
	case err == nil && strings.Contains(text, "no tests to run"):
		return "no test has the name " + f.Run
	case err == nil:
		return "the tests pass"
	case !errors.As(err, &exit):
		return err.Error()
	case strings.Contains(text, "[build failed]") || strings.Contains(text, "[setup failed]"):
		return "the fault does not compile: " + firstLines(text, 3)
	case !strings.Contains(text, "--- FAIL") && !strings.Contains(text, "panic:"):
		return "the tests ended otherwise: " + firstLines(text, 3)
	}
	return ""
}

// overlay writes the changed file and the list that tells the compiler of it.
func (f fault) overlay(dir string) (string, error) {
	text, err := f.mutated()
	if err != nil {
		return "", err
	}
	original, err := filepath.Abs(f.File)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	changed := filepath.Join(dir, filepath.Base(f.File))
	if err := os.WriteFile(changed, []byte(text), 0o600); err != nil {
		return "", err
	}
	list, err := json.Marshal(map[string]any{"Replace": map[string]string{original: changed}})
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "overlay.json")
	return path, os.WriteFile(path, list, 0o600)
}

func firstLines(text string, n int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[:min(n, len(lines))], "; ")
}
