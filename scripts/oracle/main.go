// Command oracle records what ansible-core answers to the cases of testdata/differential.
//
// It runs Ansible's programs in a Debian 13 root (PIG_ORACLE_ROOT, made by scripts/oracle.sh), without a network.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"pig/internal/differential"
)

const dir = "testdata/differential"

func main() {
	if err := record(os.Getenv("PIG_ORACLE_ROOT"), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// record asks the oracle about cases: the named ones, or those that have no answer yet.
func record(root string, names []string) error {
	if root == "" {
		return errors.New("PIG_ORACLE_ROOT is not set: scripts/oracle.sh makes a root and asks there")
	}
	cases, err := differential.Cases(dir)
	if err != nil {
		return err
	}
	named := map[string]bool{}
	for _, n := range names {
		named[filepath.Base(n)] = true
	}
	work := make(chan differential.Case)
	var all sync.WaitGroup
	var mu sync.Mutex
	var failed error
	for range 2 {
		all.Go(func() {
			for c := range work {
				if err := ask(root, c); err != nil {
					mu.Lock()
					failed = errors.Join(failed, fmt.Errorf("%s: %w", c.Name, err))
					mu.Unlock()
				}
			}
		})
	}
	for _, c := range cases {
		_, err := c.Expected()
		if len(names) > 0 && !named[c.Name] || len(names) == 0 && err == nil {
			continue
		}
		work <- c
	}
	close(work)
	all.Wait()
	return failed
}

func ask(root string, c differential.Case) error {
	sub := filepath.Join("work", c.Name)
	if err := os.RemoveAll(filepath.Join(root, sub)); err != nil {
		return err
	}
	place, err := differential.NewPlace(root, sub)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	a, err := c.Run(ctx, place, func(ctx context.Context, dir string, args []string) (string, int, error) {
		line := append([]string{"-n", "chroot", root, "env", "-i", "-C", dir, "HOME=/root", "PATH=/usr/bin:/bin:/usr/sbin:/sbin", "LANG=C.UTF-8",
			"ANSIBLE_PYTHON_INTERPRETER=/usr/bin/python3"}, args...)
		cmd := exec.CommandContext(ctx, "unshare", line...) //nolint:gosec // arguments of a case of this repository
		cmd.Env = os.Environ()
		out, err := cmd.Output()
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			if os.Getenv("SHOW") != "" {
				fmt.Printf("== %s\n%s%s", c.Name, out, exit.Stderr)
			}
			return string(out), exit.ExitCode(), nil
		}
		return string(out), 0, err
	})
	if err != nil {
		return err
	}
	fmt.Println(c.Name)
	return errors.Join(c.Record(a), os.RemoveAll(filepath.Join(root, sub)))
}
