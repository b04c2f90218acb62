package modules

import (
	"context"
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
	"pig/internal/value"
)

// postgresRecover lets PostgreSQL itself, without Patroni, replay the log of changes from a restored data directory up to the point
// that its configuration names. What is done there is pitr's action: after promote and shutdown the server is stopped;
// after pause it goes on, to be read. Nobody reaches it meanwhile but through the socket.
//
// It returns last: the time of the last transaction that came back, as the server tells it, "" if there was none.
func postgresRecover() module.Module {
	return module.Module{
		Name: "postgres_recover",
		Spec: module.Spec{Args: append(recoveryArgs(),
			module.Arg{Name: "data", Type: module.Path, Required: true}, module.Arg{Name: "port", Type: module.Int, Default: int64(5432)}, module.Arg{Name: "socket", Type: module.Path, Required: true},
			module.Arg{Name: "bin_dir", Type: module.Path, Required: true}, module.Arg{Name: "instance", Required: true}, module.Arg{Name: "log", Type: module.Path, Required: true},
			module.Arg{Name: "dbsu", Default: "postgres"}, module.Arg{Name: "unit"},
			// settings are given to the server for the time of the recovery. stay leaves it running in the end.
			module.Arg{Name: "settings", Type: module.Dict}, module.Arg{Name: "stay", Type: module.Bool},
			module.Arg{Name: "timeout", Type: module.Int, Default: int64(86400)},
		)},
		Run: runPostgresRecover,
	}
}

// recoverer is a server that recovers.
type recoverer struct {
	psql
	data, log string
	limit     time.Duration
}

func runPostgresRecover(ctx context.Context, c *module.Call) (*value.Dict, error) {
	r, err := recovery(c)
	if err != nil {
		return nil, err
	}
	v := recoverer{
		psql: psql{call: c, port: c.Args.Int("port"), bin: path.Join(c.Args.String("bin_dir"), "psql"), dbsu: c.Args.String("dbsu"), unit: c.Args.String("unit")},
		data: c.Args.String("data"), log: c.Args.String("log"), limit: time.Duration(c.Args.Int("timeout")) * time.Second,
	}
	change := node.Change{Kind: "postgres", ID: c.Args.String("instance"), Action: "recover", Impact: node.ImpactRestart, Attrs: []node.Attr{{Name: "to", After: r.String()}}}
	var last value.Value = value.Unknown{Why: "where the recovery ends"}
	err = c.System.Do(ctx, change, func(ctx context.Context) error {
		if err := v.start(ctx); err != nil {
			return err
		}
		if err := v.arrive(ctx, r.Action == "promote"); err != nil {
			return err
		}
		last = v.last()
		if r.Action == "pause" || r.Action == "promote" && c.Args.Bool("stay") {
			return nil
		}
		return v.stop(ctx)
	})
	if err != nil {
		return nil, err
	}
	return value.DictOf("last", last), nil
}

// start waits until the server takes connections, which it does as soon as its data are consistent.
func (v recoverer) start(ctx context.Context) error {
	options := []string{"-p " + strconv.Itoa(v.port), "-c listen_addresses=''", "-c unix_socket_directories=" + v.call.Args.String("socket"),
		"-c hba_file=" + path.Join(v.data, "pg_hba.conf"), "-c ident_file=" + path.Join(v.data, "pg_ident.conf"), "-c logging_collector=off", "-c log_destination=stderr", "-c hot_standby=on"}
	if d := v.call.Args.Dict("settings"); d != nil {
		for k, s := range d.All() {
			options = append(options, "-c "+value.KeyText(k)+"="+value.Str(s))
		}
	}
	if err := v.call.Scratch.Files().Remove(v.log); err != nil {
		return err
	}
	out, err := v.call.Scratch.Exec(ctx, v.ctl("-w", "-t", strconv.Itoa(int(v.limit/time.Second)), "-l", v.log, "-o", strings.Join(options, " "), "start"))
	if err == nil && out.RC != 0 {
		err = v.trouble(errors.New(strings.TrimSpace(string(out.Stderr) + string(out.Stdout))))
	}
	return err
}

func (v recoverer) ctl(argv ...string) node.Cmd {
	return node.Cmd{Argv: append([]string{path.Join(path.Dir(v.bin), "pg_ctl"), "-D", v.data}, argv...)}
}

// arrive waits until the server is at the point: promoted, or paused there.
func (v recoverer) arrive(ctx context.Context, promotes bool) error {
	var state string
	return v.call.System.Await(ctx, node.Wait{
		Limit: v.limit,
		Met: func(ctx context.Context) error {
			state = ""
			err := v.query(ctx, "postgres", "SELECT to_jsonb(CASE WHEN NOT pg_is_in_recovery() THEN 'promoted' WHEN pg_is_wal_replay_paused() THEN 'paused' ELSE 'recovering' END);\n", &state)
			if err == nil && (promotes && state == "promoted" || !promotes && state == "paused") {
				return nil
			}
			if err != nil {
				if out, e := v.call.System.Exec(ctx, node.Cmd{Argv: v.ctl("status").Argv, ReadOnly: true}); e == nil && out.RC != 0 { // it has ended
					return node.Final(err)
				}
			}
			return fmt.Errorf("PostgreSQL did not reach the target within %v: the state is %q", v.limit, state)
		},
		Late: func(_ context.Context, why error) error { return v.trouble(why) },
	})
}

func (v recoverer) stop(ctx context.Context) error {
	out, err := v.call.Scratch.Exec(ctx, v.ctl("-m", "fast", "-w", "-t", "600", "stop"))
	if err == nil && out.RC != 0 {
		err = fmt.Errorf("cannot stop the recovered server: %s", lastWords(out))
	}
	return err
}

var (
	lastDone = regexp.MustCompile(`last completed transaction was at log time (.*)`)
	fatal    = regexp.MustCompile(`(?m)^.*(?:FATAL|PANIC):\s+(.*)$`)
)

// last is when the last transaction was, by the server's log.
func (v recoverer) last() string {
	text, err := v.call.System.Files().Read(v.log)
	if err != nil {
		return ""
	}
	if m := lastDone.FindAllSubmatch(text, -1); m != nil {
		return string(m[len(m)-1][1])
	}
	return ""
}

// recoveryHints say what to do about what PostgreSQL says (src/backend/access/transam/xlogrecovery.c).
var recoveryHints = []struct{ says, hint string }{
	{"recovery ended before configured recovery target was reached", "the archive ends before the target, or the target is on another timeline (timeline)"},
	{"requested recovery stop point is before consistent recovery point", "begin with an earlier backup (set)"},
	{"recovery aborted because of insufficient parameter settings", "the cluster had higher settings at that time: see the log"},
}

func (v recoverer) trouble(err error) error {
	text, readErr := v.call.System.Files().Read(v.log)
	if readErr != nil {
		return fmt.Errorf("cannot recover %s: %w", v.data, err)
	}
	said := ""
	for _, m := range fatal.FindAllStringSubmatch(string(text), -1) {
		if !strings.Contains(m[1], "the database system is") { // what others are told meanwhile
			said = m[1]
			break
		}
	}
	if said == "" {
		lines := strings.Split(strings.TrimSpace(string(text)), "\n")
		said = strings.Join(lines[max(0, len(lines)-5):], "\n")
	}
	if i := slices.IndexFunc(recoveryHints, func(h struct{ says, hint string }) bool { return strings.Contains(said, h.says) }); i >= 0 {
		said += ": " + recoveryHints[i].hint
	}
	if last := v.last(); last != "" {
		said += "; the last recovered transaction is of " + last
	}
	return fmt.Errorf("cannot recover %s: %s\nthe log is in %s", v.data, module.Clip(said, 1200), v.log)
}
