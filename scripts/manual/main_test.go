package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestMarkdown(t *testing.T) {
	t.Parallel()
	got := markdown("Apply pg_hba to *.\n\n  pig apply pg_test\n\nExit status:\n  0  done\n130  interrupted")
	want := "Apply pg\\_hba to \\*.\n\n```\npig apply pg_test\n```\n\n# EXIT STATUS\n\n```\n0  done\n130  interrupted\n```\n"
	if got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// Each verb has a page with its example and its exit status, and man renders all of them without a warning.
func TestPages(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := write("1.0", dir); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "pig-plan.1"))
	if err != nil {
		t.Fatal(err)
	}
	example, exit, options := strings.Index(string(text), "pig plan pg-test --diff"), strings.Index(string(text), ".SH EXIT STATUS"), strings.Index(string(text), ".SH OPTIONS")
	if example < 0 || exit < example || options < exit {
		t.Errorf("the example, the exit status and the options are at %d, %d, %d", example, exit, options)
	}
	if _, err := exec.LookPath("man"); err != nil {
		t.Skip("no man")
	}
	pages, _ := filepath.Glob(filepath.Join(dir, "*.1"))
	out, err := exec.Command("man", append([]string{"--warnings", "--encoding=utf8", "--pager=cat", "-l"}, pages...)...).CombinedOutput()
	if err != nil || strings.Contains(string(out), "warning:") {
		t.Errorf("%v\n%.2000s", err, out)
	}
}
