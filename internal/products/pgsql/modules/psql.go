package modules

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"pig/internal/module"
	"pig/internal/node"
	pgsql "pig/internal/products/pgsql/model"
)

// psql runs SQL on this node's PostgreSQL as its superuser, through the local socket. Statements go in on stdin, so
// that none is seen among the arguments of a process.
type psql struct {
	call *module.Call
	port int
	unit string // whose start brings PostgreSQL up
	bin  string
	dbsu string // as whom
	// distributed is a server with Citus, which does what it is told on all nodes: what is declared is made in each group by itself.
	distributed bool
}

// psqlArgs are the arguments that every module that speaks SQL takes.
func psqlArgs() []module.Arg {
	return []module.Arg{
		{Name: "port", Type: module.Int, Default: int64(5432)},
		{Name: "unit", Default: "patroni.service"},
		{Name: "dbsu", Default: "postgres"},
		{Name: "socket", Type: module.Path, Default: "/var/run/postgresql"},
		// bin_dir is where psql is; found by itself if it is not given.
		{Name: "bin_dir", Type: module.Path},
		// data is the data directory: a server that runs has another port than the declared one until it is restarted.
		{Name: "data", Type: module.Path, Default: "/pg/data"},
		// distributed: the server runs Citus
		{Name: "distributed", Type: module.Bool},
	}
}

func newPsql(c *module.Call) psql {
	return psql{call: c, port: livePort(c), unit: c.Args.String("unit"), bin: psqlPath(c), dbsu: c.Args.String("dbsu"), distributed: c.Args.Bool("distributed")}
}

// psqlPath looks for the program itself: the wrapper that Debian has in /usr/bin takes as long to start as all the rest.
func psqlPath(c *module.Call) string {
	if dir := c.Args.String("bin_dir"); dir != "" {
		return path.Join(dir, "psql")
	}
	files := c.System.Files()
	candidates := []string{"/usr/pgsql/bin/psql"}
	const debian = "/usr/lib/postgresql"
	if versions, err := files.List(debian); err == nil {
		slices.SortFunc(versions, func(a, b string) int { return module.Number(b) - module.Number(a) })
		for _, v := range versions {
			candidates = append(candidates, path.Join(debian, v, "bin/psql"))
		}
	}
	for _, p := range candidates {
		if i, err := files.Stat(p, true); err == nil && i.Exists() && !i.Assumed {
			return p
		}
	}
	return "psql"
}

func (p psql) cmd(db, script, options string) node.Cmd {
	argv := []string{p.bin, "-X", "-w", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", p.call.Args.String("socket"), "-p", strconv.Itoa(p.port), "-d", db}
	if p.call.System.User() != p.dbsu { // the local socket asks who the process is
		argv = append([]string{"runuser", "-u", p.dbsu, "--"}, argv...)
	}
	return node.Cmd{
		Argv: argv,
		Env: map[string]string{"PGOPTIONS": "-c client_min_messages=warning -c statement_timeout=0 " + options, "PGAPPNAME": "pig", "PGCONNECT_TIMEOUT": "10",
			"PGUSER": p.dbsu, "PGCLIENTENCODING": "UTF8"},
		Stdin: []byte(script),
	}
}

// query runs a script of SELECTs, each with one JSON value in one row, and reads them into targets in turn. A target is
// left alone where the script leaves its row empty. node.ErrNotYet says that PostgreSQL is only planned to start, and holds nothing yet;
// node.ErrUnknown that the plan starts one that was stopped.
func (p psql) query(ctx context.Context, db, script string, targets ...any) error {
	cmd := p.cmd(db, script, "-c default_transaction_read_only=on")
	cmd.ReadOnly, cmd.Needs = true, p.unit
	var out node.Output
	err := module.Question(ctx, p.call, p.unit, func(ctx context.Context) (err error) {
		out, err = p.read(ctx, cmd)
		return err
	})
	if out.RC != 0 {
		return p.failure(ctx, "reading the current state", out)
	}
	if errors.Is(err, node.ErrNotYet) && p.holdsData() {
		return fmt.Errorf("contents of the stopped server: %w", node.ErrUnknown)
	}
	if err != nil {
		return err
	}
	rows := bytes.Split(bytes.TrimSuffix(out.Stdout, []byte("\n")), []byte("\n"))
	if len(rows) != len(targets) {
		return fmt.Errorf("psql answered %d rows, not %d", len(rows), len(targets))
	}
	for i, row := range rows {
		if len(bytes.TrimSpace(row)) == 0 {
			continue
		}
		if err := json.Unmarshal(row, targets[i]); err != nil { //nolint:gosec // there are as many targets as rows
			return errors.New("invalid answer of psql: want JSON") // which may hold secrets
		}
	}
	return nil
}

// holdsData tells whether there are data of a server, by the file that initdb writes first.
func (p psql) holdsData() bool {
	i, err := p.call.System.Files().Stat(path.Join(p.call.Args.String("data"), "PG_VERSION"), true)
	return err == nil && i.Exists()
}

// queryTakes is how long one script of questions may take: a server that hangs says nothing at all.
const queryTakes = time.Minute

// read runs a script of questions once.
func (p psql) read(ctx context.Context, cmd node.Cmd) (node.Output, error) {
	limited, cancel := context.WithTimeout(ctx, queryTakes)
	defer cancel()
	out, err := p.call.System.Exec(limited, cmd)
	switch {
	case err != nil && limited.Err() != nil && ctx.Err() == nil:
		return out, module.Busy{Cause: fmt.Errorf("reading the current state: no answer from PostgreSQL on port %d for %s", p.port, queryTakes)}
	case err != nil:
		return out, err
	case out.RC == 0:
		return out, nil
	}
	switch err := fmt.Errorf("psql: %s", module.Snippet(out.Stderr)); {
	case notYetUp.Match(out.Stderr):
		return out, module.Busy{Cause: err}
	case nobodyThere.Match(out.Stderr):
		return out, module.NotReady{Cause: err}
	}
	return out, nil
}

// notYetUp is what a server says that comes up, goes down for a restart, or has no connection left for the moment. Of one that is not there psql
// says nobodyThere.
var (
	notYetUp    = regexp.MustCompile(`the database system is (starting up|shutting down|in recovery mode|not yet accepting connections|not accepting connections)|server closed the connection unexpectedly|timeout expired|sorry, too many clients already|remaining connection slots are reserved`)
	nobodyThere = regexp.MustCompile(`failed: (Connection refused|No such file or directory)|could not connect to server: (Connection refused|No such file or directory)`)
)

// apply makes the changes of steps, each in a session of its own, so that each is told by itself.
func (p psql) apply(ctx context.Context, steps []pgsql.Step) error {
	for _, s := range steps {
		db := s.DB
		if db == "" {
			db = "postgres"
		}
		// A standby that is away must not hold up the commit of a change that it gets later anyway. Whether a transaction is a sample
		// for the log is decided at its beginning, before the settings in it.
		options := "-c lock_timeout=60s -c synchronous_commit=local -c log_transaction_sample_rate=0"
		if p.distributed && s.Kind != "baseline" {
			options += " -c citus.enable_ddl_propagation=off"
		}
		cmd := p.cmd(db, pgsql.Script(s.SQL, !s.Loose), options)
		change := stepChange(s)
		cmd.Change = &change
		out, err := p.call.System.Exec(ctx, cmd)
		for try := 0; err == nil && templateInUse(out) && try < 5; try++ {
			if err = module.Pause(ctx, time.Second); err == nil {
				out, err = p.call.System.Exec(ctx, cmd)
			}
		}
		if err != nil {
			return err
		}
		if out.RC != 0 {
			return p.failure(ctx, s.Action+" "+s.Kind+" "+s.Name, out)
		}
	}
	return nil
}

// templateInUse tells that CREATE DATABASE met somebody in its template. Background workers, such as TimescaleDB's, look into
// each database once after a start, and wait there for the very statement that waits for them.
func templateInUse(out node.Output) bool {
	return out.RC != 0 && bytes.Contains(out.Stderr, []byte("source database")) && bytes.Contains(out.Stderr, []byte("is being accessed by other users"))
}

// verifier is what PostgreSQL keeps of a password. It has a salt, another one each time.
var verifier = regexp.MustCompile(`SCRAM-SHA-256\$\d+:[^']*`)

func stepChange(s pgsql.Step) node.Change {
	c := node.Change{Kind: s.Kind, ID: s.Name, Action: s.Action, Shared: true}
	state := sha256.Sum256([]byte(verifier.ReplaceAllString(strings.Join(s.SQL, "\n"), "")))
	c.State = string(state[:])
	for _, a := range s.Attrs {
		c.Attrs = append(c.Attrs, node.Attr(a))
	}
	switch {
	case s.DataLoss:
		c.Impact = node.ImpactDataLoss
	case s.Outage:
		c.Impact = node.ImpactRestart
	}
	return c
}

var (
	psqlPlace = regexp.MustCompile(`(?m)^psql:<stdin>:\d+: `)
	psqlLine  = regexp.MustCompile(`(?m)^(LINE \d+:.*|\s*\^)\n?`)
)

// failure tells what psql complained of. Of statements nothing is shown, since they may hold what nobody told to hide.
func (p psql) failure(ctx context.Context, doing string, out node.Output) error {
	text := psqlPlace.ReplaceAllString(string(out.Stderr), "")
	text = strings.TrimSpace(psqlLine.ReplaceAllString(text, ""))
	if text == "" {
		text = fmt.Sprintf("psql ended with status %d", out.RC)
	}
	err := fmt.Errorf("%s: %s", doing, text)
	if out.RC == 2 && !strings.Contains(text, "ERROR:") { // it could not connect, or lost the connection
		return postgresTrouble(ctx, p.call, p.unit, p.port, err)
	}
	return err
}
