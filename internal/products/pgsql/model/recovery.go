package model

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"pig/internal/value"
)

// Recovery is the point to which a data directory is brought back.
type Recovery struct {
	// Kind is default (the end of the archive), immediate (the end of the backup), time, lsn, xid or name (a restore point).
	Kind   string
	Target string    // "" of default and immediate
	At     time.Time // of time
	// Set is the label of the backup to begin with, "" for the one that fits. Timeline is a number, current or latest, "" for latest.
	Set, Timeline string
	// Exclusive stops before the target.
	Exclusive bool
	// Action is what to do at the target: promote, pause or shutdown.
	Action string
}

var (
	lsnForm   = regexp.MustCompile(`^[0-9A-F]{1,8}/[0-9A-F]{1,8}$`)
	setForm   = regexp.MustCompile(`^[0-9]{8}-[0-9]{6}F(_[0-9]{8}-[0-9]{6}[DI])?$`)
	timeForms = []string{"2006-01-02 15:04:05.999999999Z07", "2006-01-02 15:04:05.999999999Z0700", "2006-01-02 15:04:05.999999999Z07:00"}
)

// RecoveryOf reads a point from its fields, as pg_pitr has them: at most one target, and a type that agrees with it or none. A time
// without a zone is meant in zone.
func RecoveryOf(d *value.Dict, zone *time.Location) (Recovery, error) {
	text := func(name string) string {
		if v := d.At(name); v != nil {
			return value.Str(v)
		}
		return ""
	}
	r := Recovery{Set: text("set"), Timeline: text("timeline"), Exclusive: value.Truthy(d.At("exclusive")), Action: cmp.Or(text("action"), "promote")}
	given := ""
	for _, name := range []string{"time", "lsn", "xid", "name"} {
		if text(name) == "" {
			continue
		}
		if given != "" {
			return r, fmt.Errorf("cannot combine %s and %s: a recovery has one target", given, name)
		}
		given, r.Target = name, text(name)
	}
	r.Kind = cmp.Or(text("type"), given, "default")
	switch {
	case given != "" && given != r.Kind:
		return r, fmt.Errorf("cannot combine type %s with %s", r.Kind, given)
	case given == "" && r.Kind != "default" && r.Kind != "immediate":
		return r, fmt.Errorf("type %s requires a target: no %s is given", r.Kind, r.Kind)
	}
	if err := r.checkTarget(zone); err != nil {
		return r, err
	}
	return r, r.check()
}

func (r *Recovery) checkTarget(zone *time.Location) (err error) {
	switch r.Kind {
	case "time":
		r.At, err = parseTime(r.Target, zone)
		r.Target = r.At.Format("2006-01-02 15:04:05.999999-07:00")
	case "lsn":
		if !lsnForm.MatchString(r.Target) {
			return fmt.Errorf("invalid lsn %q: want two hexadecimal numbers, such as 0/3000060", r.Target)
		}
	case "xid":
		if n, err := strconv.ParseUint(r.Target, 10, 32); err != nil || n == 0 {
			return fmt.Errorf("invalid xid %q: want a number from 1 to 4294967295", r.Target)
		}
	}
	return err
}

func parseTime(text string, zone *time.Location) (time.Time, error) {
	text = strings.NewReplacer("T", " ", " +", "+", " -", "-").Replace(text)
	if t, err := time.ParseInLocation("2006-01-02 15:04:05.999999999", text, zone); err == nil {
		return t, nil
	}
	for _, form := range timeForms {
		if t, err := time.Parse(form, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("invalid time %q: want a time such as 2026-11-22 10:30:00+01, in quotes", text)
}

func (r Recovery) check() error {
	switch {
	case !slices.Contains([]string{"default", "immediate", "time", "lsn", "xid", "name"}, r.Kind):
		return fmt.Errorf("invalid type %q: want default, immediate, time, lsn, xid or name", r.Kind)
	case !slices.Contains([]string{"promote", "pause", "shutdown"}, r.Action):
		return fmt.Errorf("invalid action %q: want promote, pause or shutdown", r.Action)
	case r.Set != "" && !setForm.MatchString(r.Set):
		return fmt.Errorf("invalid set %q: want the label of a backup, such as 20261122-010000F", r.Set)
	case r.Exclusive && !slices.Contains([]string{"time", "lsn", "xid"}, r.Kind):
		return fmt.Errorf("exclusive requires a time, an lsn or an xid as the target, not %s", r.Kind)
	case r.Kind == "default" && r.Action != "promote":
		return fmt.Errorf("action %s requires a target: without a target, recovery ends at the end of the archive", r.Action)
	case r.Timeline != "" && r.Timeline != "latest" && r.Timeline != "current":
		if n, err := strconv.ParseUint(r.Timeline, 10, 32); err != nil || n == 0 {
			return fmt.Errorf("invalid timeline %q: want a number, current or latest", r.Timeline)
		}
	}
	return nil
}

// String is the point as people read it.
func (r Recovery) String() string {
	switch r.Kind {
	case "default":
		return "the end of the archive"
	case "immediate":
		return "the end of the backup"
	}
	text := r.Kind + " " + r.Target
	if r.Exclusive {
		text = "just before " + text
	}
	return text
}

// Flags are the flags of "pgbackrest restore" for this point, from the backup with this label; "" leaves the choice to it. A
// shutdown at the target is a pause for the server, which is stopped by whoever started it.
func (r Recovery) Flags(label string) []string {
	var flags []string
	add := func(name, v string) {
		if v != "" {
			flags = append(flags, "--"+name+"="+v)
		}
	}
	if r.Kind != "default" {
		add("type", r.Kind)
		add("target", r.Target)
		if r.Exclusive {
			flags = append(flags, "--target-exclusive")
		}
		if r.Action == "promote" {
			add("target-action", "promote")
		}
	}
	add("target-timeline", r.Timeline)
	add("set", label)
	return flags
}

// Backup is one that a repository has.
type Backup struct {
	Label string
	Stop  time.Time
	LSN   string // where it ended
}

// Choose gives the label of the backup to begin with, "" for the latest, or tells why none fits. now is the time.
func (r Recovery) Choose(backups []Backup, now time.Time) (string, error) {
	if len(backups) == 0 {
		return "", errors.New("no backup found")
	}
	if r.Kind == "time" && r.At.After(now) {
		return "", fmt.Errorf("invalid time %q: must be in the past", r.Target)
	}
	backups = slices.SortedFunc(slices.Values(backups), func(a, b Backup) int { return cmp.Compare(a.Stop.Unix(), b.Stop.Unix()) })
	if r.Set != "" {
		i := slices.IndexFunc(backups, func(b Backup) bool { return b.Label == r.Set })
		if i < 0 {
			return "", fmt.Errorf("backup %q not found: want one of %s", r.Set, labels(backups))
		}
		if !r.covers(backups[i]) {
			return "", fmt.Errorf("the backup %s ended only after %s", r.Set, r.Target)
		}
		return r.Set, nil
	}
	if r.Kind != "time" && r.Kind != "lsn" {
		return "", nil
	}
	for _, b := range slices.Backward(backups) {
		if r.covers(b) {
			return b.Label, nil
		}
	}
	return "", fmt.Errorf("no backup had ended by %s: the oldest, %s, ended at %s", r.Target, backups[0].Label, backups[0].Stop.In(r.zone()).Format("2006-01-02 15:04:05-07:00"))
}

func (r Recovery) zone() *time.Location {
	if r.Kind == "time" {
		return r.At.Location()
	}
	return time.Local
}

// covers tells whether a recovery from this backup can stop at the target.
func (r Recovery) covers(b Backup) bool {
	switch r.Kind {
	case "time":
		return b.Stop.Before(r.At)
	case "lsn":
		return b.LSN == "" || place(b.LSN) <= place(r.Target)
	}
	return true
}

// place is a location in the log as a number.
func place(lsn string) uint64 {
	high, low, _ := strings.Cut(lsn, "/")
	h, _ := strconv.ParseUint(high, 16, 32)
	l, _ := strconv.ParseUint(low, 16, 32)
	return h<<32 | l
}

func labels(backups []Backup) string {
	var all []string
	for _, b := range backups {
		all = append(all, b.Label)
	}
	return strings.Join(all, ", ")
}
