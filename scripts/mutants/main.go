// Command mutants plants faults in pig's safety core, one at a time, and tells which of them no test notices.
//
//	go run ./scripts/mutants [-run REGEXP] [-list] [FILE]
//
// FILE (testdata/mutants.yml) lists the faults. The tree is never changed: the compiler is given each changed file by -overlay.
// Faults in functions are compiled together, and each test is told which of them to have.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"time"
)

func main() {
	only := flag.String("run", "", "plant only the faults whose name this regular expression matches")
	list := flag.Bool("list", false, "only list the faults")
	parallel := flag.Int("p", 2, "faults to try at once")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	file := "testdata/mutants.yml"
	if flag.NArg() > 0 {
		file = flag.Arg(0)
	}
	if err := run(ctx, file, *only, *list, *parallel); err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, file, only string, list bool, parallel int) error {
	pattern, err := regexp.Compile(only)
	if err != nil {
		return err
	}
	faults, err := readFaults(file)
	if err != nil {
		return err
	}
	var chosen []fault
	for _, f := range faults {
		if pattern.MatchString(f.Name) {
			chosen = append(chosen, f)
		}
	}
	if list {
		for _, f := range chosen {
			fmt.Printf("%-60s %s\n", f.Name, f.File)
		}
		return nil
	}
	dir, err := os.MkdirTemp("", "mutants-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	began := time.Now()
	g, err := newGarden(ctx, chosen, dir)
	if err != nil {
		return err
	}
	if err := g.sound(ctx, chosen); err != nil {
		return err
	}
	missed := plantAll(ctx, chosen, g, dir, parallel)
	if err := ctx.Err(); err != nil {
		return err
	}
	fmt.Printf("%d of %d faults noticed, in %s\n", len(chosen)-len(missed), len(chosen), time.Since(began).Round(time.Second))
	if len(missed) > 0 {
		return fmt.Errorf("no test notices:\n  %s", strings.Join(missed, "\n  "))
	}
	return nil
}

// plantAll tries faults, some at once, and gives what is wrong with those that no test notices. A fault that is not noticed among the others is planted
// alone: there it is in all processes that its tests start, too.
func plantAll(ctx context.Context, faults []fault, g garden, dir string, parallel int) (missed []string) {
	var (
		mu    sync.Mutex
		tries sync.WaitGroup
	)
	turn := make(chan struct{}, parallel)
	for i, f := range faults {
		turn <- struct{}{}
		if ctx.Err() != nil {
			break
		}
		tries.Go(func() {
			defer func() { <-turn }()
			began := time.Now()
			why := ""
			if !g.try(ctx, i, f) {
				why = f.plant(ctx, filepath.Join(dir, fmt.Sprint(i)))
			}
			mu.Lock()
			defer mu.Unlock()
			word := "noticed"
			if why != "" {
				word = "MISSED "
				missed = append(missed, f.Name+": "+why)
			}
			fmt.Printf("%s %5.1fs  %s\n", word, time.Since(began).Seconds(), f.Name)
		})
	}
	tries.Wait()
	return missed
}
