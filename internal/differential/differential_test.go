package differential_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"pig/internal/cli"
	"pig/internal/differential"
	"pig/internal/products"
	"pig/internal/products/onnode"
)

// update lists the differences that there are as those that stay: look at each, and give it a reason in docs/compatibility.md.
var update = flag.Bool("update", false, "write the list of differences")

// TestMain is also pig, started by a name of Ansible's.
func TestMain(m *testing.M) {
	if os.Getenv("PIG_IS") == "" {
		os.Exit(m.Run())
	}
	args := append([]string{os.Getenv("PIG_IS")}, os.Args[1:]...)
	os.Exit(cli.Main(cli.Build{Products: products.All(), Modules: onnode.Modules()}, args, os.Stdin, os.Stdout, os.Stderr))
}

// TestAnswersOfAnsible compares what pig answers with what ansible-core answered.
func TestAnswersOfAnsible(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("some hundred processes take long")
	}
	const dir = "../../testdata/differential"
	list := filepath.Join(dir, "known.txt")
	cases, err := differential.Cases(dir)
	if err != nil {
		t.Fatal(err)
	}
	known, err := differential.Known(list)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	equal, total, whole := 0, 0, 0
	found := differential.Differences{}
	t.Cleanup(func() {
		if *update {
			if err := found.Write(list); err != nil {
				t.Error(err)
			}
		}
		t.Logf("%d of %d assertions are equal; %d of %d cases in all", equal, total, whole, len(cases))
	})
	for _, c := range cases {
		want, err := c.Expected()
		if err != nil {
			t.Errorf("%s has no answer: run make oracle", c.Name)
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			got := answer(t, c)
			v := differential.Compare(want, got)
			mu.Lock()
			equal, total = equal+v.Equal, total+v.Total
			found.Note(c.Name, v.Differ)
			if v.Equal == v.Total {
				whole++
			}
			mu.Unlock()
			if unlisted := known.Unlisted(c.Name, v.Differ); len(unlisted) > 0 && !*update {
				t.Errorf("%d of %d are equal; these differ:\n%s", v.Equal, v.Total, strings.Join(unlisted, "\n"))
			}
		})
	}
}

// answer runs a case with this program under the names of Ansible's programs.
func answer(t *testing.T, c differential.Case) differential.Answer {
	t.Helper()
	place, err := differential.NewPlace(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	place.Inside = ""
	home := t.TempDir()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	a, err := c.Run(ctx, place, func(ctx context.Context, dir string, args []string) (string, int, error) {
		cmd := exec.CommandContext(ctx, os.Args[0], args[1:]...)
		cmd.Dir = dir
		cmd.Env = []string{"PIG_IS=" + args[0], "HOME=" + home, "XDG_STATE_HOME=" + home, "PATH=/usr/bin:/bin:/usr/sbin:/sbin", "LANG=C.UTF-8", "ANSIBLE_PYTHON_INTERPRETER=/usr/bin/python3"}
		var errs bytes.Buffer
		cmd.Stderr = &errs
		out, err := cmd.Output()
		var exit *exec.ExitError
		if errs.Len() > 0 {
			t.Logf("%s", errs.String())
		}
		if errors.As(err, &exit) {
			return string(out), exit.ExitCode(), nil
		}
		return string(out), 0, err
	})
	if err != nil {
		t.Fatal(err)
	}
	a.Output, a.Files = strings.ReplaceAll(a.Output, home, "/root"), strings.ReplaceAll(a.Files, home, "/root")
	return a
}
