package builtin

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// lvg keeps a volume group of LVM on its devices.
func lvg() module.Module {
	return module.Module{
		Name: "lvg",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "vg", Required: true}, {Name: "pvs", Type: module.List, Elements: module.Str}, {Name: "pesize", Default: "4"}, {Name: "pv_options", Default: ""}, {Name: "vg_options", Default: ""},
			{Name: "state", Default: "present", Choices: []string{"absent", "present"}}, {Name: "force", Type: module.Bool}, {Name: "remove_extra_pvs", Type: module.Bool, Default: true},
		}},
		Run: runLvg,
	}
}

// table runs a command of LVM that lists things, and gives the fields of its lines.
func table(ctx context.Context, c *module.Call, program, columns string, more ...string) (rows [][]string, err error) {
	text, err := learned(ctx, c, append([]string{program, "--noheadings", "--separator", ";", "-o", columns}, more...)...)
	for line := range strings.Lines(text) {
		if f := strings.Split(strings.TrimSpace(line), ";"); len(f) > 1 {
			rows = append(rows, f)
		}
	}
	return rows, err
}

func runLvg(ctx context.Context, c *module.Call) (*value.Dict, error) {
	vg, wanted, fact := c.Args.String("vg"), c.Args.Strings("pvs"), "volume group "+c.Args.String("vg")
	rows, err := table(ctx, c, "pvs", "pv_name,vg_name")
	if err != nil {
		return nil, err
	}
	var have []string
	owners := map[string]string{}
	for _, r := range rows {
		owners[r[0]] = r[1]
		if r[1] == vg {
			have = append(have, r[0])
		}
	}
	if planned, ok := c.System.Foreseen(fact); ok {
		have = strings.Fields(planned)
	}
	if c.Args.String("state") == "absent" {
		if len(have) == 0 {
			return value.NewDict(), nil
		}
		return value.NewDict(), removeGroup(ctx, c, vg, fact)
	}
	if len(have) == 0 && len(wanted) == 0 {
		return nil, errors.New("No physical volumes given.") //nolint:staticcheck,revive // Ansible's words
	}
	var added, extra []string
	for _, dev := range wanted {
		if owner := owners[dev]; owner != "" && owner != vg {
			return nil, fmt.Errorf("Device %s is already in %s volume group.", dev, owner) //nolint:staticcheck,revive // Ansible's words
		}
		if !slices.Contains(have, dev) {
			added = append(added, dev)
		}
	}
	if c.Args.Bool("remove_extra_pvs") && len(wanted) > 0 {
		extra = slices.DeleteFunc(slices.Clone(have), func(dev string) bool { return slices.Contains(wanted, dev) })
	}
	return value.NewDict(), shapeGroup(ctx, c, fact, have, added, extra, owners)
}

func removeGroup(ctx context.Context, c *module.Call, vg, fact string) error {
	rows, err := table(ctx, c, "vgs", "vg_name,lv_count", vg)
	if err != nil {
		return err
	}
	if len(rows) > 0 && rows[0][1] != "0" && !c.Args.Bool("force") {
		return fmt.Errorf("Refuse to remove non-empty volume group %s without force=true", vg) //nolint:staticcheck // Ansible's words
	}
	return carryOut(ctx, c, node.Change{Kind: "volume group", ID: vg, Action: "delete", Impact: node.ImpactDataLoss, Makes: map[string]string{fact: ""}}, "vgremove", "--force", vg)
}

// shapeGroup makes the group, or changes which devices are in it.
func shapeGroup(ctx context.Context, c *module.Call, fact string, have, added, extra []string, owners map[string]string) error {
	vg := c.Args.String("vg")
	pvOptions, err := module.SplitWords(c.Args.String("pv_options"))
	if err != nil {
		return err
	}
	vgOptions, err := module.SplitWords(c.Args.String("vg_options"))
	if err != nil {
		return err
	}
	for _, dev := range added {
		if _, there := owners[dev]; there {
			continue
		}
		argv := append([]string{"pvcreate", "-f", "-y"}, pvOptions...)
		if err := carryOut(ctx, c, node.Change{Kind: "physical volume", ID: dev, Action: "create"}, append(argv, dev)...); err != nil {
			return err
		}
	}
	now := slices.DeleteFunc(slices.Concat(have, added), func(dev string) bool { return slices.Contains(extra, dev) })
	change := node.Change{Kind: "volume group", ID: vg, Action: "update", Makes: map[string]string{fact: strings.Join(now, " ")},
		Attrs: []node.Attr{{Name: "devices", Before: strings.Join(have, " "), After: strings.Join(now, " ")}}}
	if len(have) == 0 {
		change.Action = "create"
		return carryOut(ctx, c, change, slices.Concat([]string{"vgcreate"}, vgOptions, []string{"-s", c.Args.String("pesize"), vg}, added)...)
	}
	if len(added) > 0 {
		if err := carryOut(ctx, c, change, append([]string{"vgextend", vg}, added...)...); err != nil {
			return err
		}
	}
	if len(extra) > 0 {
		return carryOut(ctx, c, change, append([]string{"vgreduce", "--force", vg}, extra...)...)
	}
	return nil
}

// lvol keeps a logical volume in a volume group.
func lvol() module.Module {
	return module.Module{
		Name: "lvol",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "vg", Required: true}, {Name: "lv", Required: true}, {Name: "size"}, {Name: "opts", Default: ""}, {Name: "state", Default: "present", Choices: []string{"absent", "present"}},
			{Name: "force", Type: module.Bool}, {Name: "shrink", Type: module.Bool, Default: true}, {Name: "resizefs", Type: module.Bool}, {Name: "active", Type: module.Bool, Default: true},
			{Name: "pvs", Type: module.List, Elements: module.Str},
		}},
		Run: runLvol,
	}
}

func runLvol(ctx context.Context, c *module.Call) (*value.Dict, error) {
	vg, lv := c.Args.String("vg"), c.Args.String("lv")
	result := value.DictOf("vg", vg, "lv", lv)
	fact := "logical volume " + vg + "/" + lv
	size, exists, err := volumeSize(ctx, c, vg, lv)
	if err != nil {
		return nil, err
	}
	id := vg + "/" + lv
	if c.Args.String("state") == "absent" {
		if !exists {
			return result, nil
		}
		if !c.Args.Bool("force") {
			return nil, fmt.Errorf("Sorry, no removal of logical volume %s without force=true.", lv) //nolint:staticcheck,revive // Ansible's words
		}
		return result, carryOut(ctx, c, node.Change{Kind: "logical volume", ID: id, Action: "delete", Impact: node.ImpactDataLoss, Makes: map[string]string{fact: ""}}, "lvremove", "--force", id)
	}
	text := c.Args.String("size")
	if text == "" && !exists {
		return nil, errors.New("No size given.") //nolint:staticcheck,revive // Ansible's words
	}
	if text == "" {
		return result, nil
	}
	flag, bytes, err := askedSize(ctx, c, vg, text, size)
	if err != nil {
		return nil, err
	}
	words, err := module.SplitWords(c.Args.String("opts"))
	if err != nil {
		return nil, err
	}
	makes := map[string]string{fact: strconv.FormatInt(bytes, 10)}
	if !exists {
		argv := slices.Concat([]string{"lvcreate", "-Wy", "--yes", "-n", lv, flag, text}, words, []string{vg}, c.Args.Strings("pvs"))
		if !c.Args.Bool("active") {
			argv = slices.Insert(argv, 1, "-an")
		}
		return result, carryOut(ctx, c, node.Change{Kind: "logical volume", ID: id, Action: "create", Attrs: []node.Attr{{Name: "size", After: text}}, Makes: makes}, argv...)
	}
	return result, resize(ctx, c, id, flag, text, size, bytes, words, makes)
}

// resize gives a volume another size. One that gets smaller loses what is at its end.
func resize(ctx context.Context, c *module.Call, id, flag, text string, size, bytes int64, words []string, makes map[string]string) error {
	change := node.Change{Kind: "logical volume", ID: id, Action: "grow", Attrs: []node.Attr{{Name: "size", Before: strconv.FormatInt(size, 10), After: strconv.FormatInt(bytes, 10)}}, Makes: makes}
	argv := []string{"lvextend"}
	switch {
	case bytes == size || bytes < size && !c.Args.Bool("shrink"):
		return nil
	case bytes < size && !c.Args.Bool("force"):
		return fmt.Errorf("Sorry, no shrinking of %s without force=true.", id) //nolint:staticcheck,revive // Ansible's words
	case bytes < size:
		argv, change.Action, change.Impact = []string{"lvreduce", "--force"}, "shrink", node.ImpactDataLoss
	}
	if c.Args.Bool("resizefs") {
		argv = append(argv, "--resizefs")
	}
	return carryOut(ctx, c, change, slices.Concat(argv, []string{flag, text}, words, []string{id}, c.Args.Strings("pvs"))...)
}

// volumeSize is the size of a volume, if it is there.
func volumeSize(ctx context.Context, c *module.Call, vg, lv string) (int64, bool, error) {
	if planned, ok := c.System.Foreseen("logical volume " + vg + "/" + lv); ok {
		n, _ := strconv.ParseInt(planned, 10, 64)
		return n, planned != "", nil
	}
	if planned, ok := c.System.Foreseen("volume group " + vg); ok && planned != "" {
		return 0, false, nil // the plan makes it, so nothing is in it
	}
	rows, err := table(ctx, c, "lvs", "lv_name,lv_size", "--units", "b", "--nosuffix", vg)
	if err != nil {
		return 0, false, fmt.Errorf("Volume group %s does not exist: %w", vg, err) //nolint:staticcheck // Ansible's words
	}
	for _, r := range rows {
		if strings.Trim(r[0], "[]") == lv {
			n, err := strconv.ParseInt(r[1], 10, 64)
			return n, true, err
		}
	}
	return 0, false, nil
}

// units are those of sizes: a small letter counts in powers of 1024, as LVM's own.
const units = "bskmgtpe"

// askedSize is the option for a size, and the size in whole extents; -1 for one that depends on a group that is only planned.
func askedSize(ctx context.Context, c *module.Call, vg, text string, now int64) (flag string, bytes int64, err error) {
	wrong := fmt.Errorf("invalid size %q: want a number with a unit of %s, or a share such as 50%%VG, 100%%FREE", text, units)
	_, planned := c.System.Foreseen("volume group " + vg)
	if planned {
		now = -1
	}
	share, of, percent := strings.Cut(text, "%")
	if !percent {
		number, unit := strings.TrimRight(text, units+strings.ToUpper(units)), ""
		unit = strings.ToLower(text[len(number):])
		n, err := strconv.ParseFloat(number, 64)
		if err != nil || len(unit) > 1 || n <= 0 {
			return "", 0, wrong
		}
		scale := map[string]float64{"": 1 << 20, "b": 1, "s": 512, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40, "p": 1 << 50, "e": 1 << 60}[unit]
		if planned {
			return "-L", int64(n * scale), nil
		}
		extent, _, _, err := groupSizes(ctx, c, vg)
		return "-L", int64(math.Ceil(n*scale/float64(extent))) * extent, err
	}
	n, err := strconv.Atoi(share)
	if err != nil || n < 1 || n > 100 || !slices.Contains([]string{"VG", "PVS", "FREE"}, of) {
		return "", 0, wrong
	}
	if planned {
		return "-l", now, nil
	}
	extent, whole, free, err := groupSizes(ctx, c, vg)
	total := map[string]int64{"VG": whole, "PVS": whole, "FREE": free + max(now, 0)}[of]
	return "-l", int64(n) * (total / extent) / 100 * extent, err
}

// groupSizes are the size of an extent of a volume group, and of all and the free extents together.
func groupSizes(ctx context.Context, c *module.Call, vg string) (extent, whole, free int64, err error) {
	rows, err := table(ctx, c, "vgs", "vg_extent_size,vg_size,vg_free", "--units", "b", "--nosuffix", vg)
	if err != nil {
		return 1, 0, 0, err
	}
	if len(rows) != 1 || len(rows[0]) != 3 {
		return 1, 0, 0, fmt.Errorf("volume group %q not found on this node", vg)
	}
	for i, to := range []*int64{&extent, &whole, &free} {
		if *to, err = strconv.ParseInt(rows[0][i], 10, 64); err != nil {
			return 1, 0, 0, err
		}
	}
	if extent < 1 {
		return 1, 0, 0, fmt.Errorf("volume group %q has extents of %d bytes", vg, extent)
	}
	return extent, whole, free, nil
}
