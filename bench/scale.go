package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// scale measures how an environment of many clusters comes up on prepared nodes: one with etcd and the infrastructure, each other one a
// cluster of its own. busy is how many loops keep processors busy beside it.
func scale(ctx context.Context, nodes, busy int, keep bool) error {
	dir, err := os.MkdirTemp("", "pig-scale")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	inventory := filepath.Join(dir, "pigsty.yml")
	if err := os.WriteFile(inventory, []byte(clusters(nodes)), 0o600); err != nil {
		return err
	}
	down, err := up(ctx, keep, "-i", inventory)
	if err != nil {
		return err
	}
	defer down()
	loops, stop := context.WithCancel(ctx)
	defer stop()
	for range busy {
		if err := exec.CommandContext(loops, "sh", "-c", "while :; do :; done").Start(); err != nil {
			return err
		}
	}
	there := []string{"--sandbox=" + box, "-i", inventory}
	apply := contender{name: "pig apply", argv: append([]string{"./pig", "apply", "--yes"}, there...), env: []string{"XDG_STATE_HOME=" + dir}}
	plan := contender{name: "pig plan", argv: append([]string{"./pig", "plan", "--detailed-exitcode"}, there...), env: apply.env}
	applied, failed := apply.measure(ctx)
	planned, pending := plan.measure(ctx)
	ready := serving(ctx, nodes)
	fmt.Printf("\nNodes: %d. Load of this machine at the end: %s\n\n", nodes, load())
	fmt.Printf("| | wall clock | processor time of the nodes | for each | of pig | memory of pig | |\n|---|---|---|---|---|---|---|\n")
	for _, row := range []struct {
		sample
		name, end string
	}{
		{applied, "first apply", fmt.Sprintf("%d of %d clusters accept connections", ready, nodes-1)},
		{planned, "plan after it", lastLine(planned.out)},
	} {
		fmt.Printf("| %s | %.1f s | %.1f s | %.2f s | %.1f s | %d MB | %s |\n", row.name, row.wall.Seconds(), row.node.Seconds(), row.node.Seconds()/float64(nodes),
			row.cpu.Seconds(), row.rss/1024, row.end)
	}
	if ready < nodes-1 && failed == nil {
		failed = errors.New("some clusters do not accept connections")
	}
	return errors.Join(failed, pending)
}

// clusters is the inventory of nodes. The memory of a cluster is small: each node takes all of this machine for its own.
func clusters(nodes int) string {
	var b strings.Builder
	fmt.Fprintf(&b, `all:
  vars:
    admin_ip: %[1]s
    pg_version: 17
    node_repo_modules: local
    node_tune: none
    pg_parameters: { shared_buffers: 32MB, max_connections: 60, max_worker_processes: 8 }
  children:
    infra: { hosts: { %[1]s: { infra_seq: 1 } } }
    etcd: { hosts: { %[1]s: { etcd_seq: 1 } }, vars: { etcd_cluster: etcd } }
`, address(0))
	for i := 1; i < nodes; i++ {
		fmt.Fprintf(&b, `    pg-%[1]d:
      hosts: { %[2]s: { pg_seq: 1, pg_role: primary } }
      vars: { pg_cluster: pg-%[1]d, pg_users: [ { name: app, password: App.%[1]d.Pass } ], pg_databases: [ { name: app, owner: app } ] }
`, i, address(i))
	}
	return b.String()
}

func address(i int) string { return fmt.Sprintf("10.10.10.%d", 10+i) }

// serving counts the clusters whose database answers on its node.
func serving(ctx context.Context, nodes int) int {
	n := 0
	for i := 1; i < nodes; i++ {
		c := exec.CommandContext(ctx, "./pig", "sandbox", "exec", "--name", box, address(i), "--", "su", "-", "postgres", "-c", "psql -XAtqc 'select 1' app")
		if out, err := c.Output(); err == nil && strings.TrimSpace(string(out)) == "1" {
			n++
		}
	}
	return n
}

var inColor = regexp.MustCompile(`\x1b\[[0-9;]*m`)

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return inColor.ReplaceAllString(lines[len(lines)-1], "")
}
