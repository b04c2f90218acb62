package modules

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"syscall"
	"time"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// haproxyChecks suspends HAProxy's health checks of servers: each keeps the state that it has until HAProxy reads its configuration
// again. It is for the moment in which what answers the checks changes, and not the server.
func haproxyChecks() module.Module {
	return module.Module{
		Name: "haproxy_checks",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "server", Required: true}, // in every backend that has it
			// while_url is an address of the server: the checks are suspended only if it answers there, as it will no longer do.
			{Name: "while_url"}, {Name: "ca", Type: module.Path},
			{Name: "socket", Type: module.Path, Default: "/run/haproxy/admin.sock"},
		}},
		Run: runHAProxyChecks,
	}
}

func runHAProxyChecks(ctx context.Context, c *module.Call) (*value.Dict, error) {
	socket, server := c.Args.String("socket"), c.Args.String("server")
	if url := c.Args.String("while_url"); url != "" {
		there, err := answers(ctx, c, url)
		if err != nil || !there {
			return value.DictOf("backends", value.NewList()), err
		}
	}
	if i, err := c.System.Files().Stat(socket, true); err != nil || !i.Exists() {
		return value.DictOf("backends", value.NewList()), err
	}
	backends, err := haproxyBackends(ctx, c, socket, server)
	if err != nil || len(backends) == 0 {
		return value.DictOf("backends", value.Strings(backends)), err
	}
	var commands []string
	for _, b := range backends {
		commands = append(commands, "disable health "+b+"/"+server)
	}
	err = c.System.Net().Converse(ctx, node.Conversation{
		Socket: socket, Timeout: 10 * time.Second,
		Change: &node.Change{Kind: "haproxy server", ID: server, Action: "suspend health checks"},
		Speak: func(conn io.ReadWriter) error {
			answer, err := haproxyAsk(conn, strings.Join(commands, ";"))
			if err == nil && strings.TrimSpace(answer) != "" {
				err = fmt.Errorf("haproxy reported: %s", module.Snippet([]byte(answer)))
			}
			return err
		},
	})
	return value.DictOf("backends", value.Strings(backends)), err
}

// answers tells whether somebody speaks HTTP at url now. It is an error if somebody is there who says nothing. Who ends the connection
// at once has answered: that is what a server of TLS does to whoever does not begin with it.
func answers(ctx context.Context, c *module.Call, url string) (bool, error) {
	err := module.Question(ctx, c, "", func(ctx context.Context) error {
		_, err := c.System.Net().HTTP(ctx, node.Request{URL: url, CAFile: c.Args.String("ca"), Timeout: 5 * time.Second})
		if cause := node.Cause(err); errors.Is(cause, syscall.ECONNRESET) || errors.Is(cause, io.EOF) {
			return errors.New("the server uses another protocol")
		}
		return err
	})
	var silent *module.NoAnswer
	if errors.As(err, &silent) {
		return false, fmt.Errorf("cannot query %s: %w", url, err)
	}
	return err == nil, nil
}

// haproxyBackends are the backends that have a server of this name.
func haproxyBackends(ctx context.Context, c *module.Call, socket, server string) ([]string, error) {
	var backends []string
	err := module.Question(ctx, c, "haproxy.service", func(ctx context.Context) error {
		backends = []string{}
		return c.System.Net().Converse(ctx, node.Conversation{Socket: socket, Timeout: 10 * time.Second, ReadOnly: true, Speak: func(conn io.ReadWriter) error {
			answer, err := haproxyAsk(conn, "show servers state")
			for line := range strings.SplitSeq(answer, "\n") {
				// be_id be_name srv_id srv_name ...
				if f := strings.Fields(line); len(f) > 3 && f[3] == server && !strings.HasPrefix(line, "#") {
					backends = append(backends, f[1])
				}
			}
			return err
		}})
	})
	if errors.Is(err, fs.ErrNotExist) {
		return backends, nil
	}
	return backends, err
}

// haproxyAsk sends commands and reads the answer up to the end of the connection.
func haproxyAsk(conn io.ReadWriter, commands string) (string, error) {
	if _, err := io.WriteString(conn, commands+"\n"); err != nil {
		return "", fmt.Errorf("cannot talk to haproxy: %w", err)
	}
	answer, err := io.ReadAll(io.LimitReader(conn, 1<<20))
	if err != nil {
		return "", fmt.Errorf("cannot talk to haproxy: %w", err)
	}
	return string(answer), nil
}
