// Command bench measures pig against a plain ssh loop and ansible-playbook: the same work, already done, on ten nodes of
// this machine. With -scale it measures how an environment of many clusters comes up.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	box   = "bench"
	hosts = 10
	// items is how many times a module acts on one host: seven kinds of task by fifty, the packages as one, the facts, and
	// the file of the unit.
	items = 7*50 + 3
)

func main() {
	rounds := flag.Int("n", 5, "runs of pig and of the ssh loop")
	ansible := flag.Int("ansible", 1, "runs of ansible-playbook; 0 leaves it out")
	keep := flag.Bool("keep", false, "leave the nodes running")
	nodes := flag.Int("scale", 0, "measure how so many nodes with a cluster on each come up, instead; at most 240")
	busy := flag.Int("busy", 0, "loops that keep processors busy beside -scale")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var err error
	if *nodes > 0 {
		err = scale(ctx, min(*nodes, 240), *busy, *keep)
	} else {
		err = bench(ctx, *rounds, *ansible, *keep)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func bench(ctx context.Context, rounds, ansible int, keep bool) error {
	dir, err := os.MkdirTemp("", "pig-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	down, err := up(ctx, keep, "--nodes", fmt.Sprint(hosts))
	if err != nil {
		return err
	}
	defer down()
	c, err := contenders(ctx, dir, ansible > 0)
	if err != nil {
		return err
	}
	say("bringing the nodes to where nothing is left to do (minutes: %d units are enabled and started)", hosts*50)
	if _, err := c.pig.measure(ctx); err != nil {
		return err
	}
	var results []result
	for _, m := range c.all() {
		n := rounds
		if m.name == c.ansible.name {
			n = ansible
		}
		r, err := repeat(ctx, m, n)
		if err != nil {
			return err
		}
		results = append(results, r)
		say("%s took %.2fs (median of %d)", r.name, r.wall.Seconds(), r.runs)
	}
	table(results)
	return plans(ctx, dir, rounds)
}

// up starts prepared nodes. down removes them, unless they are to be kept.
func up(ctx context.Context, keep bool, which ...string) (down func(), err error) {
	say("starting nodes")
	if err := run(ctx, append([]string{"./pig", "sandbox", "up", "--name", box, "--prepared"}, which...)...); err != nil {
		return nil, err
	}
	return func() {
		if keep {
			return
		}
		if err := run(context.WithoutCancel(ctx), "./pig", "sandbox", "down", "--name", box, "--purge"); err != nil {
			say("%v", err)
		}
	}, nil
}

// contender is one way to do the work.
type contender struct {
	name string
	argv []string
	env  []string
	noop *regexp.Regexp // what its output says of a host where nothing changed; nil: it does not tell
}

type set struct{ pig, loop, ansible contender }

func (s set) all() []contender {
	list := []contender{s.pig, s.loop}
	if s.ansible.argv != nil {
		list = append(list, s.ansible)
	}
	return list
}

// contenders write what they need into dir.
func contenders(ctx context.Context, dir string, ansible bool) (set, error) {
	var names []string
	for i := range hosts {
		names = append(names, fmt.Sprintf("10.10.10.%d", 10+i))
	}
	inventory := filepath.Join(dir, "hosts")
	sshConfig := filepath.Join(stateDir(), box, "ssh", "config")
	inside := []string{"nsenter", "--net=/run/netns/pig." + box}
	loop := fmt.Sprintf("printf '%%s\\n' %s | xargs -P 10 -I{} sh -c 'ssh -F %s -o ControlMaster=no -o ControlPath=none {} sudo sh -s {} <bench/loop.sh'",
		strings.Join(names, " "), sshConfig)
	config := fmt.Sprintf("[defaults]\nforks = 10\ninterpreter_python = /usr/bin/python3\n[connection]\npipelining = True\n"+
		"[ssh_connection]\npipelining = True\nssh_args = -F %s -o ControlMaster=auto -o ControlPersist=60s\n", sshConfig)
	ansibleConfig := filepath.Join(dir, "ansible.cfg")
	err := errors.Join(
		os.WriteFile(inventory, []byte(strings.Join(names, "\n")+"\n"), 0o600),
		os.WriteFile(ansibleConfig, []byte(config), 0o600),
	)
	s := set{
		pig: contender{
			name: "pig", argv: []string{"./pig", "play", "--sandbox=" + box, "-i", inventory, "bench/site.yml"},
			env: []string{"XDG_STATE_HOME=" + dir}, noop: regexp.MustCompile(`(?m)^ +\S+ +ok=\d+ changed=0 .*failed=0`),
		},
		loop: contender{name: "ssh loop", argv: append(slices.Clone(inside), "sh", "-c", loop)},
	}
	if ansible {
		if err := needAnsible(ctx); err != nil {
			return s, err
		}
		s.ansible = contender{
			name: "ansible-playbook", argv: append(slices.Clone(inside), "ansible-playbook", "-i", inventory, "bench/site.yml"),
			env: []string{"ANSIBLE_CONFIG=" + ansibleConfig, "ANSIBLE_LOCAL_TEMP=" + dir}, noop: regexp.MustCompile(`(?m)^\S+ +: ok=\d+ +changed=0 .*failed=0`),
		}
	}
	return s, err
}

func stateDir() string {
	if d := os.Getenv("PIG_SANDBOX_STATE"); d != "" {
		return d
	}
	return "/var/lib/pig-sandbox"
}

// needAnsible installs ansible-core where it is missing: for the comparison only.
func needAnsible(ctx context.Context) error {
	if _, err := exec.LookPath("ansible-playbook"); err == nil {
		return nil
	}
	say("installing ansible-core")
	if err := run(ctx, "apt-get", "-q", "-y", "install", "--no-install-recommends", "ansible-core"); err == nil {
		return nil
	}
	if err := run(ctx, "apt-get", "-q", "update"); err != nil {
		return err
	}
	return run(ctx, "apt-get", "-q", "-y", "install", "--no-install-recommends", "ansible-core")
}

func say(format string, args ...any) { fmt.Fprintf(os.Stderr, "bench: "+format+"\n", args...) }

func run(ctx context.Context, argv ...string) error {
	c := exec.CommandContext(ctx, argv[0], argv[1:]...)
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	if err := c.Run(); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(argv, " "), err, out.String())
	}
	return nil
}

// sample is one measured run.
type sample struct {
	wall time.Duration
	cpu  time.Duration // of the controller and all that it started on this side
	rss  int64         // kB, of the largest process
	node time.Duration // CPU of all nodes together
	out  string
}

func (m contender) measure(ctx context.Context) (sample, error) {
	c := exec.CommandContext(ctx, m.argv[0], m.argv[1:]...)
	c.Env = append(os.Environ(), m.env...)
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	begin, before := time.Now(), nodeCPU()
	err := c.Run()
	s := sample{wall: time.Since(begin), node: nodeCPU() - before, out: out.String()}
	if err != nil {
		return s, fmt.Errorf("%s: %w\n%s", m.name, err, s.out)
	}
	if u, ok := c.ProcessState.SysUsage().(*syscall.Rusage); ok {
		s.cpu, s.rss = c.ProcessState.UserTime()+c.ProcessState.SystemTime(), u.Maxrss
	}
	return s, nil
}

// nodeCPU is what the nodes of the sandbox have used so far, as their control group counts it.
func nodeCPU() time.Duration {
	if text, err := os.ReadFile("/sys/fs/cgroup/cpuacct/pig-sandbox/" + box + "/cpuacct.usage"); err == nil {
		n, _ := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
		return time.Duration(n)
	}
	text, _ := os.ReadFile("/sys/fs/cgroup/pig-sandbox/" + box + "/cpu.stat")
	for line := range strings.SplitSeq(string(text), "\n") {
		if v, ok := strings.CutPrefix(line, "usage_usec "); ok {
			n, _ := strconv.ParseInt(v, 10, 64)
			return time.Duration(n) * time.Microsecond
		}
	}
	return 0
}
