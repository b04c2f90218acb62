package builtin

import (
	"context"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"pig/internal/module"
	"pig/internal/value"
)

// mountFacts tells what is mounted, and what /etc/fstab says of it.
func mountFacts() module.Module {
	return module.Module{
		Name: "mount_facts",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "devices", Type: module.List, Elements: module.Str}, {Name: "fstypes", Type: module.List, Elements: module.Str},
			{Name: "sources", Type: module.List, Elements: module.Str}, {Name: "mount_binary", Default: "mount"}, {Name: "timeout", Type: module.Float},
			{Name: "on_timeout", Default: "error", Choices: []string{"error", "warn", "ignore"}}, {Name: "include_aggregate_mounts", Type: module.Bool},
		}},
		Run: runMountFacts,
	}
}

// The sources that have names.
var (
	dynamicMounts = []string{"/etc/mtab", "/proc/mounts", "/etc/mnttab"}
	staticMounts  = []string{"/etc/fstab", "/etc/vfstab", "/etc/filesystems"}
)

// mountLine is one line that tells of a mount.
type mountLine struct {
	source, line                  string
	device, mount, fstype, option string
	dump, pass                    *int64
}

func runMountFacts(ctx context.Context, c *module.Call) (*value.Dict, error) {
	if c.Args.Has("timeout") && c.Args.Float("timeout") <= 0 {
		return nil, fmt.Errorf("argument 'timeout' must be a positive number or null, not %s", value.FloatText(c.Args.Float("timeout")))
	}
	lines, err := mountLines(ctx, c)
	if err != nil {
		return nil, err
	}
	points, all, repeated := value.NewDict(), value.NewList(), map[string][]string{}
	seen := map[string]bool{}
	for _, l := range lines {
		uuid, byUUID := strings.CutPrefix(l.device, "UUID=")
		if byUUID {
			if dev, err := followed(c, "/dev/disk/by-uuid/"+uuid); err == nil && dev != "/dev/disk/by-uuid/"+uuid {
				l.device = dev
			}
		} else {
			uuid = uuidOf(c, l.device)
		}
		if !anyMatches(c.Args.Strings("devices"), l.device) || !anyMatches(c.Args.Strings("fstypes"), l.fstype) {
			continue
		}
		d, err := mountFact(ctx, c, l, uuid)
		if err != nil {
			return nil, err
		}
		all.Append(d)
		if !points.Has(l.mount) {
			points.Set(l.mount, d)
		}
		if seen[l.source+" "+l.mount] {
			repeated[l.source] = append(repeated[l.source], l.mount)
		}
		seen[l.source+" "+l.mount] = true
	}
	if !c.Args.Has("include_aggregate_mounts") {
		for source, mounts := range repeated {
			c.Facts.Warn("mount_facts: ignoring repeat mounts in the following sources: %s (%s). You can disable this warning by configuring the 'include_aggregate_mounts' option as True or False.", source, strings.Join(mounts, ", "))
		}
	}
	if !c.Args.Bool("include_aggregate_mounts") {
		all = value.NewList()
	}
	return value.DictOf("ansible_facts", value.DictOf("mount_points", points, "aggregate_mounts", all)), nil
}

func anyMatches(patterns []string, text string) bool {
	return len(patterns) == 0 || slices.ContainsFunc(patterns, func(p string) bool {
		ok, err := path.Match(strings.ReplaceAll(p, "[!", "[^"), strings.ReplaceAll(text, "/", "\x00"))
		if strings.Contains(p, "/") {
			ok, err = path.Match(strings.ReplaceAll(strings.ReplaceAll(p, "[!", "[^"), "/", "\x00"), strings.ReplaceAll(text, "/", "\x00"))
		}
		return err == nil && ok
	})
}

// mountLines reads the sources, each file once.
func mountLines(ctx context.Context, c *module.Call) (lines []mountLine, err error) {
	var sources []string
	asked := c.Args.Strings("sources")
	if len(asked) == 0 {
		asked = []string{"all"}
	}
	for _, s := range asked {
		switch s {
		case "":
			return nil, fmt.Errorf("sources contains an empty string")
		case "all":
			sources = append(append(sources, dynamicMounts...), staticMounts...)
		case "dynamic":
			sources = append(sources, dynamicMounts...)
		case "static":
			sources = append(sources, staticMounts...)
		default:
			sources = append(sources, s)
		}
	}
	read := map[string]bool{}
	live := false
	for _, s := range sources {
		real := s
		if s != "mount" {
			if real, err = followed(c, s); err != nil {
				return nil, err
			}
			real = strings.Replace(real, "/proc/self/", "/proc/", 1)
		}
		if read[real] {
			continue
		}
		read[real] = true
		var more []mountLine
		if s == "mount" {
			more, err = mountsTold(ctx, c)
		} else {
			more = fstabLines(s, textOf(c, s))
		}
		if err != nil {
			return nil, err
		}
		live = live || len(more) > 0 && (s == "mount" || slices.Contains(dynamicMounts, s))
		lines = append(lines, more...)
	}
	if !live && c.Args.String("mount_binary") != "" && slices.ContainsFunc(sources, func(s string) bool { return slices.Contains(dynamicMounts, s) }) {
		more, err := mountsTold(ctx, c)
		return append(lines, more...), err
	}
	return lines, nil
}

// fstabLines reads lines of four to six fields.
func fstabLines(source, text string) (lines []mountLine) {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		f := strings.Fields(line)
		if line == "" || line[0] == '#' || len(f) < 4 {
			continue
		}
		for i := range f {
			f[i] = withoutOctal(f[i])
		}
		l := mountLine{source: source, line: line, device: f[0], mount: f[1], fstype: f[2], option: f[3]}
		if len(f) > 5 {
			if dump, err := strconv.ParseInt(f[4], 10, 64); err == nil {
				if pass, err := strconv.ParseInt(f[5], 10, 64); err == nil {
					l.dump, l.pass = &dump, &pass
				}
			}
		}
		lines = append(lines, l)
	}
	return lines
}

// withoutOctal puts signs in place of \040 and its like.
func withoutOctal(s string) string {
	for i := 0; i+3 < len(s); i++ {
		if n, err := strconv.ParseUint(s[i+1:i+4], 8, 8); s[i] == '\\' && err == nil {
			s = s[:i] + string(rune(n)) + s[i+4:]
		}
	}
	return s
}

// mountsTold reads what the program says: DEVICE on PLACE type KIND (OPTIONS).
func mountsTold(ctx context.Context, c *module.Call) (lines []mountLine, err error) {
	out, err := learned(ctx, c, c.Args.String("mount_binary"))
	for line := range strings.Lines(out) {
		line = strings.TrimSpace(line)
		device, rest, ok := strings.Cut(line, " on ")
		at := strings.LastIndex(rest, " type ")
		if !ok || at < 0 {
			continue
		}
		kind, options, _ := strings.Cut(rest[at+len(" type "):], " ")
		lines = append(lines, mountLine{source: "mount", line: line, device: device, mount: rest[:at], fstype: kind, option: strings.Trim(options, "()")})
	}
	return lines, err
}

// uuidOf is the name of a device in /dev/disk/by-uuid, "" if it has none.
func uuidOf(c *module.Call, device string) string {
	const dir = "/dev/disk/by-uuid"
	if !strings.HasPrefix(device, "/dev/") {
		return ""
	}
	names, err := c.System.Files().List(dir)
	if err != nil {
		return ""
	}
	real, err := followed(c, device)
	if err != nil {
		return ""
	}
	for _, n := range names {
		if to, err := followed(c, filepath.Join(dir, n)); err == nil && filepath.Clean(to) == real {
			return n
		}
	}
	return ""
}

// mountFact is a mount with its sizes, where it is mounted.
func mountFact(ctx context.Context, c *module.Call, l mountLine, uuid string) (*value.Dict, error) {
	d := value.DictOf("device", l.device, "mount", l.mount, "fstype", l.fstype, "options", l.option)
	if l.dump != nil {
		d.Set("dump", *l.dump)
		d.Set("passno", *l.pass)
	}
	limit := 10.0
	if c.Args.Has("timeout") {
		limit = c.Args.Float("timeout")
	}
	out, err := inquire(ctx, c, "timeout", strconv.FormatFloat(limit, 'f', -1, 64), "stat", "-f", "-c", "%S %b %f %a %c %d", l.mount)
	if err != nil && !isUnknown(err) {
		return nil, err
	}
	const late = 124
	if err == nil && out.RC == late {
		msg := fmt.Sprintf("Timed out getting mount size for mount %s (type %s)", l.mount, l.fstype)
		switch c.Args.String("on_timeout") {
		case "error":
			return nil, fmt.Errorf("%s", msg)
		case "warn":
			c.Facts.Warn("%s", msg)
		}
	}
	var n [6]int64
	if f := strings.Fields(string(out.Stdout)); err == nil && out.RC == 0 && len(f) == len(n) {
		for i := range f {
			n[i], _ = strconv.ParseInt(f[i], 10, 64)
		}
		for i, name := range []string{"block_size", "block_total", "", "block_available", "inode_total", "inode_available"} {
			if name != "" {
				d.Set(name, n[i])
			}
		}
		d.Set("block_used", n[1]-n[3])
		d.Set("inode_used", n[4]-n[5])
		d.Set("size_total", n[0]*n[1])
		d.Set("size_available", n[0]*n[3])
	}
	d.Set("ansible_context", value.DictOf("source", l.source, "source_data", l.line))
	d.Set("uuid", nil)
	if uuid != "" {
		d.Set("uuid", uuid)
	}
	return d, nil
}
