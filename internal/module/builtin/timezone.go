package builtin

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

const (
	zones     = "/usr/share/zoneinfo"
	localtime = "/etc/localtime"
	adjtime   = "/etc/adjtime"
)

// timezone sets the time zone of the machine, and what its hardware clock shows, as timedatectl keeps them.
func timezone() module.Module {
	return module.Module{
		Name: "timezone",
		Spec: module.Spec{
			Args:  []module.Arg{{Name: "name"}, {Name: "hwclock", Aliases: []string{"rtc"}, Choices: []string{"local", "UTC"}}},
			OneOf: [][]string{{"name", "hwclock"}},
		},
		Run: runTimezone,
	}
}

func runTimezone(_ context.Context, c *module.Call) (*value.Dict, error) {
	if c.Args.Has("name") {
		if err := setZone(c, c.Args.String("name")); err != nil {
			return nil, err
		}
	}
	if c.Args.Has("hwclock") {
		if err := setHardwareClock(c, c.Args.String("hwclock")); err != nil {
			return nil, err
		}
	}
	return value.NewDict(), nil
}

func setZone(c *module.Call, name string) error {
	if name == "" || strings.Contains(name, "..") || strings.HasPrefix(name, "/") {
		return fmt.Errorf("invalid time zone %q: want a name such as Europe/Berlin", name)
	}
	zone, err := c.System.Files().Stat(filepath.Join(zones, name), true)
	if err != nil {
		return err
	}
	if zone.Kind != node.File && !zone.Assumed && name != "UTC" {
		return fmt.Errorf("given timezone %q is not available", name)
	}
	before, err := c.System.Files().Stat(localtime, false)
	if err != nil {
		return err
	}
	if _, now, _ := strings.Cut(before.Target, "/zoneinfo/"); before.Kind != node.Link || now != name {
		if err := c.System.Files().Symlink(".."+filepath.Join(zones, name), localtime); err != nil {
			return err
		}
	}
	const named = "/etc/timezone"
	text, i, err := textAt(c, named)
	if err != nil || !i.Exists() { // newer releases have none
		return err
	}
	_, err = putText(c, named, text, name+"\n", i)
	return err
}

// setHardwareClock writes the third line of adjtime, which systemd and hwclock read.
func setHardwareClock(c *module.Call, mode string) error {
	text, before, err := textAt(c, adjtime)
	if err != nil && !errors.Is(err, node.ErrUnknown) {
		return err
	}
	doc := splitLines(text)
	for len(doc.lines) < 3 {
		doc.lines = append(doc.lines, []string{"0.0 0 0.0", "0", "UTC"}[len(doc.lines)])
	}
	wanted := strings.ToUpper(mode)
	if doc.lines[2] == wanted && (before.Exists() || wanted == "UTC") {
		return nil
	}
	doc.lines[2], doc.newline = wanted, true
	_, err = putText(c, adjtime, text, doc.String(), before)
	return err
}
