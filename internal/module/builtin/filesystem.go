package builtin

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// filesystem makes a file system on a device, grows it, or takes it away.
func filesystem() module.Module {
	return module.Module{
		Name: "filesystem",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "dev", Type: module.Path, Required: true, Aliases: []string{"device"}}, {Name: "state", Default: "present", Choices: []string{"absent", "present"}},
			{Name: "fstype", Aliases: []string{"type"}, Choices: []string{"btrfs", "ext2", "ext3", "ext4", "f2fs", "lvm", "swap", "vfat", "xfs"}},
			{Name: "force", Type: module.Bool}, {Name: "opts"}, {Name: "resizefs", Type: module.Bool},
		}},
		Run: runFilesystem,
	}
}

// makers are the programs that make file systems, with the option that overwrites what is there.
var makers = map[string]struct{ program, force string }{
	"btrfs": {"mkfs.btrfs", "-f"}, "ext2": {"mkfs.ext2", "-F"}, "ext3": {"mkfs.ext3", "-F"}, "ext4": {"mkfs.ext4", "-F"}, "f2fs": {"mkfs.f2fs", "-f"},
	"lvm": {"pvcreate", "-f"}, "swap": {"mkswap", "-f"}, "vfat": {"mkfs.vfat", "-I"}, "xfs": {"mkfs.xfs", "-f"},
}

func runFilesystem(ctx context.Context, c *module.Call) (*value.Dict, error) {
	dev, wanted, present := c.Args.String("dev"), c.Args.String("fstype"), c.Args.String("state") == "present"
	if present && wanted == "" {
		return nil, fmt.Errorf("state is present but all of the following are missing: fstype")
	}
	i, err := c.System.Files().Stat(dev, true)
	if err != nil {
		return nil, err
	}
	if !i.Exists() {
		if i.Assumed {
			return nil, fmt.Errorf("contents of %s: %w", dev, node.ErrUnknown)
		}
		if !present {
			return value.DictOf("msg", fmt.Sprintf("Device %s not found.", dev)), nil
		}
		return nil, fmt.Errorf("Device %s not found.", dev) //nolint:staticcheck,revive // Ansible's words
	}
	now, err := signature(ctx, c, dev)
	if err != nil {
		return nil, err
	}
	fact := "file system on " + dev
	switch {
	case !present && now == "":
		return value.NewDict(), nil
	case !present:
		return value.NewDict(), carryOut(ctx, c, node.Change{Kind: "file system", ID: dev, Action: "delete", Impact: node.ImpactDataLoss, Makes: map[string]string{fact: ""}}, "wipefs", "--all", dev)
	case now == wanted && c.Args.Bool("resizefs"):
		return value.NewDict(), grow(ctx, c, dev, wanted)
	case now == wanted:
		return value.NewDict(), nil
	case now != "" && !c.Args.Bool("force"):
		return nil, fmt.Errorf("'%s' is already used as %s, use force=true to overwrite", dev, now)
	}
	words, err := module.SplitWords(c.Args.String("opts"))
	if err != nil {
		return nil, err
	}
	argv := []string{makers[wanted].program}
	if c.Args.Bool("force") || wanted == "ext2" || wanted == "ext3" || wanted == "ext4" { // mke2fs asks about a device without partitions
		argv = append(argv, makers[wanted].force)
	}
	if wanted == "lvm" {
		argv = append(argv, "-y")
	}
	change := node.Change{Kind: "file system", ID: dev, Action: "create", Attrs: []node.Attr{{Name: "type", Before: now, After: wanted}}, Makes: map[string]string{fact: wanted}}
	if now != "" {
		change.Impact = node.ImpactDataLoss
	}
	return value.NewDict(), carryOut(ctx, c, change, append(append(argv, words...), dev)...)
}

// signature is the kind of file system on a device, "" if there is none.
func signature(ctx context.Context, c *module.Call, dev string) (string, error) {
	if planned, ok := c.System.Foreseen("file system on " + dev); ok {
		return planned, nil
	}
	out, err := inquire(ctx, c, "blkid", "-c", "/dev/null", "-o", "value", "-s", "TYPE", dev)
	if err != nil {
		return "", err
	}
	kind := strings.TrimSpace(string(out.Stdout))
	if kind == "LVM2_member" {
		kind = "lvm"
	}
	return kind, nil
}

// grow makes a file system as large as its device.
func grow(ctx context.Context, c *module.Call, dev, kind string) error {
	whole, err := sizeOfDevice(ctx, c, dev)
	if err != nil {
		return err
	}
	var have int
	var argv []string
	switch {
	case slices.Contains([]string{"ext2", "ext3", "ext4"}, kind):
		text, err := learned(ctx, c, "dumpe2fs", "-h", dev)
		if err != nil {
			return err
		}
		have, argv = numberAfter(text, "Block count:")*numberAfter(text, "Block size:"), []string{"resize2fs", dev}
	case kind == "xfs":
		point, err := learned(ctx, c, "findmnt", "-n", "-o", "TARGET", "--source", dev)
		if err != nil {
			return fmt.Errorf("%s is not mounted: xfs can be grown only while it is mounted: %w", dev, err)
		}
		point, _, _ = strings.Cut(strings.TrimSpace(point), "\n")
		text, err := learned(ctx, c, "xfs_info", point)
		if err != nil {
			return err
		}
		_, data, _ := strings.Cut(text, "\ndata ")
		have, argv = numberAfter(data, "blocks=")*numberAfter(data, "bsize="), []string{"xfs_growfs", point}
	default:
		return fmt.Errorf("module does not support resizing %s filesystem yet", kind)
	}
	if have >= whole-whole%4096 {
		return nil
	}
	return carryOut(ctx, c, node.Change{Kind: "file system", ID: dev, Action: "grow", Attrs: []node.Attr{{Name: "size", Before: fmt.Sprint(have), After: fmt.Sprint(whole)}}}, argv...)
}

// sizeOfDevice is the size of a device, or of a file that stands for one.
func sizeOfDevice(ctx context.Context, c *module.Call, dev string) (int, error) {
	if i, err := c.System.Files().Stat(dev, true); err != nil || i.Kind == node.File {
		return int(i.Size), err
	}
	size, err := learned(ctx, c, "blockdev", "--getsize64", dev)
	return module.Number(strings.TrimSpace(size)), err
}

// numberAfter is the number that stands behind a word.
func numberAfter(text, word string) int {
	_, rest, _ := strings.Cut(text, word)
	rest = strings.TrimLeft(rest, " \t")
	end := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
	if end < 0 {
		end = len(rest)
	}
	return module.Number(rest[:end])
}
