// Command pig-agent is the half of pig that runs on a node. pig uploads and starts it; nobody needs to.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"pig/internal/agent"
	"pig/internal/node"
	"pig/internal/products/onnode"
)

func main() {
	if len(os.Args) < 2 || len(os.Args) > 3 || os.Args[1] != "--stdio" {
		fmt.Println(agent.Magic)
		return
	}
	if len(os.Args) == 3 {
		agent.Settle(os.Args[2])
	}
	// sshd and the start-up script leave a mask of their own; commands of playbooks expect the usual one.
	syscall.Umask(0o022)
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	if err := agent.NewServer(node.NewLive(), onnode.Modules()).Serve(ctx, os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "pig-agent:", err)
		os.Exit(1)
	}
}
