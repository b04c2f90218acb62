//go:build linux

package node

import (
	"context"
	"os"
	"strconv"
	"strings"
)

// systemd is asked over its own socket where this process is root, else through systemctl, which does all that changes something.
type systemd struct{ *liveSystem }

const unitProperties = "LoadState,ActiveState,SubState,UnitFileState,Result,MainPID,InvocationID,NeedDaemonReload,FragmentPath"

func (s systemd) Unit(ctx context.Context, name string) (Unit, error) {
	if s.reachesSystemd() {
		if u, err := s.live.units.unit(ctx, name); err == nil || ctx.Err() != nil {
			return u, err
		}
	}
	return s.show(ctx, name)
}

// asksSystemd tells whether systemd is asked over its socket to change something: it would do that for root, who this process is.
func (s systemd) asksSystemd() bool { return s.id.uid == 0 && !s.id.other && s.reachesSystemd() }

// reachesSystemd tells whether systemd's socket serves this process. What systemd tells of units it tells every account.
func (s systemd) reachesSystemd() bool {
	if os.Geteuid() != 0 {
		return false
	}
	_, err := s.live.units.connect()
	return err == nil
}

// show asks systemctl.
func (s systemd) show(ctx context.Context, name string) (Unit, error) {
	out, err := s.run(ctx, Cmd{Argv: []string{"systemctl", "show", "--no-pager", "-p", unitProperties, "--", name}})
	if err != nil {
		return Unit{}, err
	}
	if out.RC != 0 {
		return Unit{}, &CommandError{Argv: []string{"systemctl", "show", name}, Output: out}
	}
	u := Unit{Name: name}
	for line := range strings.SplitSeq(string(out.Stdout), "\n") {
		key, val, _ := strings.Cut(line, "=")
		switch key {
		case "LoadState":
			u.Exists = val != "not-found" && val != ""
			if val == "masked" {
				u.Enabled = "masked"
			}
		case "ActiveState":
			u.Active = val
		case "SubState":
			u.Sub = val
		case "UnitFileState":
			if val != "" {
				u.Enabled = val
			}
		case "Result":
			u.Result = val
		case "MainPID":
			u.PID, _ = strconv.Atoi(val)
		case "InvocationID":
			u.InvocationID = val
		case "NeedDaemonReload":
			u.NeedReload = u.NeedReload || val == "yes"
		case "FragmentPath":
			u.NeedReload = u.NeedReload || outranked(unitDirs, unitName(name), val)
		}
	}
	return u, nil
}

func (s systemd) Start(ctx context.Context, name string, o UnitOptions) error {
	return s.act(ctx, "start", name, o)
}

func (s systemd) Stop(ctx context.Context, name string, o UnitOptions) error {
	return s.act(ctx, "stop", name, o)
}

func (s systemd) Restart(ctx context.Context, name string, o UnitOptions) error {
	return s.act(ctx, "restart", name, o)
}

func (s systemd) Reload(ctx context.Context, name string, o UnitOptions) error {
	return s.act(ctx, "reload", name, o)
}

func (s systemd) act(ctx context.Context, verb, name string, o UnitOptions) error {
	argv := []string{"systemctl", verb}
	if o.NoBlock {
		argv = append(argv, "--no-block")
	}
	if err := s.must(ctx, Cmd{Argv: append(argv, "--", name)}); err != nil {
		return err
	}
	s.record(UnitChange(verb, name, o))
	return nil
}

func (s systemd) Enable(ctx context.Context, name string, on bool) error {
	return s.toggle(ctx, name, "enable", "disable", on)
}

func (s systemd) Mask(ctx context.Context, name string, on bool) error {
	return s.toggle(ctx, name, "mask", "unmask", on)
}

func (s systemd) toggle(ctx context.Context, name, yes, no string, on bool) error {
	verb := no
	if on {
		verb = yes
	}
	argv := []string{"systemctl"}
	if links := verb == "enable" || verb == "disable"; links && s.asksSystemd() {
		// Just the links, which count when the machine boots: systemd need not read all its files again for them, and tells the
		// state of the links, not the one that it remembers.
		argv = append(argv, "--root=/")
	}
	cmd := Cmd{Argv: append(argv, verb, "--", name)}
	if verb == "enable" {
		// The unit counts, not the init script that packages have beside it: its hook reloads systemd twice more for each unit.
		cmd.Env = map[string]string{"SYSTEMCTL_SKIP_SYSV": "1"}
	}
	if err := s.must(ctx, cmd); err != nil {
		return err
	}
	s.record(Change{Kind: "service", ID: name, Action: verb})
	return nil
}

func (s systemd) DaemonReload(ctx context.Context) error {
	return s.must(ctx, Cmd{Argv: []string{"systemctl", "daemon-reload"}})
}
