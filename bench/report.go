package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// result is what several runs of a contender gave.
type result struct {
	name string
	runs int
	wall time.Duration // medians
	cpu  time.Duration
	node time.Duration
	rss  int64 // the largest
}

func repeat(ctx context.Context, m contender, n int) (result, error) {
	r := result{name: m.name, runs: n}
	var walls, cpus, nodes []time.Duration
	for i := range n {
		say("%s, run %d of %d", m.name, i+1, n)
		s, err := m.measure(ctx)
		if err != nil {
			return r, err
		}
		if m.noop != nil && len(m.noop.FindAllString(s.out, -1)) != hosts {
			return r, fmt.Errorf("cannot compare: %s changed something in a run that must change nothing:\n%s", m.name, s.out)
		}
		walls, cpus, nodes = append(walls, s.wall), append(cpus, s.cpu), append(nodes, s.node)
		r.rss = max(r.rss, s.rss)
	}
	r.wall, r.cpu, r.node = median(walls), median(cpus), median(nodes)
	return r, nil
}

func median(d []time.Duration) time.Duration {
	if len(d) == 0 {
		return 0
	}
	slices.Sort(d)
	return d[len(d)/2]
}

func table(results []result) {
	pig := results[0]
	fmt.Printf("Nothing to do: %d hosts, %d items each, %d in all. Load of this machine at the end: %s\n\n", hosts, items, hosts*items, load())
	w := tabwriter.NewWriter(os.Stdout, 0, 8, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "\truns\twall clock\tto pig's\titems/s\tcontroller CPU\tCPU per item\tCPU of nodes\tlargest process\tper host\t")
	for _, r := range results {
		fmt.Fprintf(w, "%s\t%d\t%.2fs\t%.1f\t%.0f\t%.2fs\t%s\t%.1fs\t%.1f MB\t%.2f MB\t\n", r.name, r.runs, r.wall.Seconds(),
			r.wall.Seconds()/pig.wall.Seconds(), hosts*items/r.wall.Seconds(), r.cpu.Seconds(), (r.cpu / (hosts * items)).Round(time.Microsecond), r.node.Seconds(),
			float64(r.rss)/1024, float64(r.rss)/1024/hosts)
	}
	_ = w.Flush()
}

// plans measures what needs no node: reading, validating and resolving a large inventory, and dividing it into units.
func plans(ctx context.Context, dir string, rounds int) error {
	const clusters = 333
	var b strings.Builder
	b.WriteString("all:\n  children:\n    infra: { hosts: { 10.0.0.1: { infra_seq: 1 } } }\n    etcd: { hosts: { 10.0.0.1: { etcd_seq: 1 } }, vars: { etcd_cluster: etcd } }\n")
	for i := range clusters {
		fmt.Fprintf(&b, "    pg-%03d:\n      hosts:\n", i)
		for j := range 3 {
			n := i*3 + j
			role := "replica"
			if j == 0 {
				role = "primary"
			}
			fmt.Fprintf(&b, "        10.1.%d.%d: { pg_seq: %d, pg_role: %s }\n", n/250, n%250+1, j+1, role)
		}
		fmt.Fprintf(&b, "      vars:\n        pg_cluster: pg-%03d\n        pg_users: [ { name: app, password: App.%03d.Secret, pgbouncer: true, roles: [ dbrole_admin ] } ]\n        pg_databases: [ { name: app, owner: app } ]\n", i, i)
	}
	b.WriteString("  vars: { admin_ip: 10.0.0.1 }\n")
	inventory := filepath.Join(dir, "large.yml")
	if err := os.WriteFile(inventory, []byte(b.String()), 0o600); err != nil {
		return err
	}
	fmt.Printf("\nNo connection: %d hosts in %d clusters.\n\n", clusters*3+1, clusters)
	w := tabwriter.NewWriter(os.Stdout, 0, 8, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "\twall clock\tCPU\tmemory\t")
	for _, m := range []contender{
		{name: "pig inventory list", argv: []string{"./pig", "inventory", "list", "-i", inventory}},
		{name: "pig validate", argv: []string{"./pig", "validate", "-i", inventory}},
		{name: "pig graph (read, validate, resolve, divide)", argv: []string{"./pig", "graph", "-i", inventory}},
		{name: "pig plan --offline (every task on every host)", argv: []string{"./pig", "plan", "--offline", "-i", inventory}, env: []string{"XDG_STATE_HOME=" + dir}},
	} {
		n := rounds
		if slices.Contains(m.argv, "--offline") {
			n = 1 // it is long enough to be steady
		}
		r, err := repeat(ctx, m, n)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%s\t%.2fs\t%.2fs\t%.0f MB\t\n", m.name, r.wall.Seconds(), r.cpu.Seconds(), float64(r.rss)/1024)
	}
	return w.Flush()
}

func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "?"
	}
	return strings.Join(strings.Fields(string(text))[:3], " ")
}
