package modules

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"pig/internal/module"
	"pig/internal/node"
	pgsql "pig/internal/products/pgsql/model"
	"pig/internal/value"
)

// postgresReady waits until this node's PostgreSQL takes connections in the wanted role: primary is one that can be written
// to, replica one that follows another, any is either. Under Patroni it waits too until somebody leads, since a leader
// that has just started is in recovery for a moment.
//
// It returns role (primary or replica, as it is now), patroni_role (such as standby_leader; "" without Patroni), listen (where
// it listens now: addresses, a blank, the port) and elapsed.
// In a plan that starts PostgreSQL, role is declared, unless one of peers (addresses of other members) says that the cluster
// lives and has a leader: then it comes back as a replica.
func postgresReady() module.Module {
	return module.Module{
		Name: "postgres_ready",
		Spec: module.Spec{Args: append(psqlArgs(),
			module.Arg{Name: "role", Default: "any", Choices: []string{"primary", "replica", "any"}},
			module.Arg{Name: "declared", Choices: []string{"primary", "replica"}},
			module.Arg{Name: "peers", Type: module.List, Elements: module.Str},
			module.Arg{Name: "timeout", Type: module.Int, Default: int64(120)},
			module.Arg{Name: "patroni_port", Type: module.Int, Default: int64(8008)},
		)},
		Run: runPostgresReady,
	}
}

func runPostgresReady(ctx context.Context, c *module.Call) (*value.Dict, error) {
	p := newPsql(c)
	want := c.Args.String("role")
	begin := time.Now()
	limit := time.Duration(c.Args.Int("timeout")) * time.Second
	var result *value.Dict
	err := c.System.Await(ctx, node.Wait{
		Limit: limit,
		Met: func(ctx context.Context) error {
			p.port = livePort(c)
			role, patroni, err := p.role(ctx)
			if err != nil {
				return err
			}
			if want != "any" && role != want {
				return fmt.Errorf("PostgreSQL runs as %s", role)
			}
			result = readyResult(role, patroni, begin)
			result.Set("listen", p.listen(ctx))
			return nil
		},
		Late: func(ctx context.Context, why error) error {
			return postgresTrouble(ctx, c, p.unit, p.port, fmt.Errorf("PostgreSQL on port %d was not ready as %s within %d s: %w", p.port, want, c.Args.Int("timeout"), why))
		},
		Assume: func(why error) {
			switch {
			case errors.Is(why, node.ErrUnknown): // what the plan starts comes up
			case promotes(c):
				result = readyResult("primary", "", begin)
				return
			default: // nothing that is planned so far brings it up
				c.Facts.Warn("PostgreSQL on port %d is not ready as %s now: %v", p.port, want, why)
			}
			result = readyResult(foreseen(ctx, c, want), "", begin)
		},
	})
	return result, err
}

func readyResult(role value.Value, patroni string, begin time.Time) *value.Dict {
	return value.DictOf("role", role, "patroni_role", patroni, "elapsed", int64(time.Since(begin).Seconds()))
}

// foreseen is the role of a server that is only planned to run.
func foreseen(ctx context.Context, c *module.Call, want string) value.Value {
	if d := c.Args.String("declared"); d != "" {
		if d == "primary" && ledAt(ctx, c, c.Args.Strings("peers")) {
			return "replica"
		}
		return d
	}
	if want != "any" {
		return want
	}
	return value.Unknown{Why: "the role of PostgreSQL"}
}

// ledAt asks members whether one of them knows of a leader that runs. Those that do not answer know of none.
func ledAt(ctx context.Context, c *module.Call, peers []string) bool {
	for _, peer := range peers {
		var view pgsql.ClusterView
		body, err := askPatroniAt(ctx, c, net.JoinHostPort(peer, strconv.Itoa(patroniPort(c))), "/cluster")
		if err != nil || json.Unmarshal(body, &view) != nil {
			continue
		}
		if leader, ok := view.Leader(); ok && leader.Well() {
			return true
		}
	}
	return false
}

const roleSQL = "SELECT CASE WHEN pg_is_in_recovery() THEN 'replica' ELSE 'primary' END;"

// role is primary or replica, if the server answers, and what Patroni calls it, if Patroni does.
func (p psql) role(ctx context.Context) (role, patroni string, err error) {
	cmd := p.cmd("postgres", roleSQL, "")
	cmd.ReadOnly, cmd.Needs = true, p.unit
	out, err := p.call.System.Exec(ctx, cmd)
	if err != nil {
		return "", "", err
	}
	if out.RC != 0 {
		first, _, _ := strings.Cut(strings.TrimSpace(string(out.Stderr)), "\n")
		return "", "", errors.New(first)
	}
	role = strings.TrimSpace(string(out.Stdout))
	var state struct {
		Role     string `json:"role"`
		Unlocked bool   `json:"cluster_unlocked"`
	}
	body, err := askPatroni(ctx, p.call, "/patroni")
	if err != nil || json.Unmarshal(body, &state) != nil {
		return role, "", nil //nolint:nilerr // Patroni need not answer: PostgreSQL did
	}
	if state.Unlocked {
		return "", "", errors.New("the cluster has no leader yet")
	}
	if role == "replica" && (state.Role == "primary" || state.Role == "master") {
		return "", "", errors.New("PostgreSQL is being promoted")
	}
	return role, state.Role, nil
}

// listen tells where the server listens, which only a restart changes; "" if it does not say.
func (p psql) listen(ctx context.Context) string {
	var at string
	_ = p.query(ctx, "postgres", "SELECT to_jsonb(current_setting('listen_addresses') || ' ' || current_setting('port'));\n", &at) //nolint:errcheck // then nothing is known
	return at
}

// askPatroni reads a resource of this node's Patroni, wherever it listens.
func askPatroni(ctx context.Context, c *module.Call, resource string) ([]byte, error) {
	return askPatroniAt(ctx, c, module.Listener(ctx, c, patroniPort(c)), resource)
}

func patroniPort(c *module.Call) int {
	if c.Args.Has("patroni_port") {
		return c.Args.Int("patroni_port")
	}
	return 8008
}

// askPatroniAt reads a resource of the Patroni at an address with a port.
func askPatroniAt(ctx context.Context, c *module.Call, at, resource string) ([]byte, error) {
	var last error
	for _, scheme := range []string{"http", "https"} { // what it says is taken for a hint only, whoever it is
		res, err := c.System.Net().HTTP(ctx, node.Request{URL: scheme + "://" + at + resource, Timeout: 3 * time.Second, Insecure: true})
		if err == nil && res.Status != 400 { // plain HTTP to a TLS port
			return res.Body, nil
		}
		last = err
	}
	return nil, last
}
