package cli

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	programs := map[string]func(){}
	for _, name := range []string{"pig", "pgsql-hba", "ansible", "ansible-playbook", "ansible-inventory", "ansible-vault", "ansible-doc", "ansible-galaxy"} {
		programs[name] = func() { os.Exit(Main(built(), os.Args, os.Stdin, os.Stdout, os.Stderr)) }
	}
	testscript.Main(m, programs)
}

// TestScripts runs testdata/*.txtar: whole command lines with their output and exit status.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: false,
		UpdateScripts:       os.Getenv("UPDATE") != "",
		Setup: func(e *testscript.Env) error {
			e.Setenv("HOME", filepath.Join(e.WorkDir, "home"))
			e.Setenv("XDG_STATE_HOME", filepath.Join(e.WorkDir, "state"))
			e.Setenv("NO_COLOR", "1")
			bin := filepath.Join(e.WorkDir, "bin")
			return errors.Join(os.MkdirAll(filepath.Join(e.WorkDir, "home"), 0o755), os.MkdirAll(bin, 0o755),
				os.Symlink(os.Args[0], filepath.Join(bin, "pgsql-hba")))
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
	})
}

// exits STATUS COMMAND...: run it; it has to end with this exit status.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS COMMAND...")
	}
	err := ts.Exec("sh", append([]string{"-c", `"$@"; s=$?; [ "$s" = "$0" ] || { echo "exit status $s, not $0" >&2; exit 1; }`}, args...)...)
	ts.Logf("%s", ts.ReadFile("stdout"))
	if err != nil {
		ts.Fatalf("%v: %v\n%s", args, err, ts.ReadFile("stderr"))
	}
}
