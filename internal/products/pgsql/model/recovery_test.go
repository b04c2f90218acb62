package model

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pig/internal/value"
)

func TestRecoveryOf(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("", 3600)
	for _, c := range []struct {
		fields *value.Dict
		want   string // the point in words, or what is wrong
		flags  string
	}{
		{value.DictOf(), "the end of the archive", ""},
		{value.DictOf("type", "immediate"), "the end of the backup", "--type=immediate --target-action=promote"},
		{value.DictOf("time", "2026-11-22 10:30:00"), "time 2026-11-22 10:30:00+01:00", "--type=time --target=2026-11-22 10:30:00+01:00 --target-action=promote"},
		{value.DictOf("time", "2026-11-22T10:30:00.25Z", "exclusive", true), "just before time 2026-11-22 10:30:00.25+00:00", "--type=time --target=2026-11-22 10:30:00.25+00:00 --target-exclusive --target-action=promote"},
		{value.DictOf("time", "2026-11-22 10:30:00-0530"), "time 2026-11-22 10:30:00-05:30", "--type=time --target=2026-11-22 10:30:00-05:30 --target-action=promote"},
		{value.DictOf("lsn", "0/3000060", "timeline", int64(2)), "lsn 0/3000060", "--type=lsn --target=0/3000060 --target-action=promote --target-timeline=2"},
		{value.DictOf("name", "release", "action", "pause"), "name release", "--type=name --target=release"},
		{value.DictOf("xid", "0"), "want a number from 1 to", ""},
		{value.DictOf("xid", int64(4294967296)), "want a number from 1 to", ""},
		{value.DictOf("lsn", "3000060"), "two hexadecimal numbers", ""},
		{value.DictOf("time", "10:30"), "want a time such as", ""},
		{value.DictOf("type", "xid"), "no xid is given", ""},
		{value.DictOf("type", "date"), "no date is given", ""},
		{value.DictOf("time", "2026-11-22 10:30:00", "lsn", "0/1"), "cannot combine time and lsn", ""},
		{value.DictOf("name", "x", "set", "latest"), "label of a backup", ""},
		{value.DictOf("name", "x", "timeline", "old"), "a number, current or latest", ""},
		{value.DictOf("name", "x", "action", "stop"), "promote, pause or shutdown", ""},
		{value.DictOf("name", "x", "exclusive", true), "exclusive requires a time, an lsn or an xid", ""},
		{value.DictOf("action", "pause"), "recovery ends at the end of the archive", ""},
	} {
		r, err := RecoveryOf(c.fields, zone)
		got := r.String()
		if err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, c.want) || (c.flags != "") != (err == nil && r.Kind != "default") {
			t.Errorf("%s: %s, want %s", value.Str(c.fields), got, c.want)
		}
		if flags := strings.Join(r.Flags(""), " "); err == nil && flags != c.flags {
			t.Errorf("%s: %s, want %s", value.Str(c.fields), flags, c.flags)
		}
	}
}

func TestRecoveryChoosesTheLastBackupBefore(t *testing.T) {
	t.Parallel()
	at := func(text string) time.Time {
		tm, err := parseTime("2026-11-"+text, time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		return tm
	}
	backups := []Backup{
		{"20261103-000000F", at("03 00:10:00"), "0/9000000"},
		{"20261101-000000F", at("01 00:10:00"), "0/3000000"},
		{"20261101-000000F_20261102-000000I", at("02 00:10:00"), "0/A000000"},
	}
	if i := slices.IndexFunc(backups, func(b Backup) bool { return !setForm.MatchString(b.Label) }); i >= 0 {
		t.Fatalf("%s is no label", backups[i].Label)
	}
	for _, c := range []struct {
		fields      *value.Dict
		label, says string
	}{
		{value.DictOf("time", "2026-11-02 12:00:00"), "20261101-000000F_20261102-000000I", ""},
		{value.DictOf("time", "2026-11-02 00:10:00"), "20261101-000000F", ""},
		{value.DictOf("time", "2026-11-01 00:00:00"), "", "no backup had ended by 2026-11-01 00:00:00+00:00: the oldest, 20261101-000000F, ended at 2026-11-01 00:10:00+00:00"},
		{value.DictOf("time", "2026-12-01 00:00:00"), "", "must be in the past"},
		{value.DictOf("lsn", "0/9000001"), "20261103-000000F", ""},
		{value.DictOf("lsn", "0/8FFFFFF"), "20261101-000000F", ""},
		{value.DictOf("lsn", "0/1"), "", "no backup had ended"},
		{value.DictOf("name", "x"), "", ""},
		{value.DictOf("name", "x", "set", "20261103-000000F"), "20261103-000000F", ""},
		{value.DictOf("name", "x", "set", "20261104-000000F"), "", `backup "20261104-000000F" not found: want one of 20261101-000000F, `},
		{value.DictOf("time", "2026-11-02 12:00:00", "set", "20261103-000000F"), "", "ended only after"},
	} {
		r, err := RecoveryOf(c.fields, time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		label, err := r.Choose(backups, at("04 00:00:00"))
		if label != c.label || (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %q, %v", value.Str(c.fields), label, err)
		}
	}
	if _, err := (Recovery{Kind: "default"}).Choose(nil, at("04 00:00:00")); err == nil {
		t.Error("without a backup it goes on")
	}
}
