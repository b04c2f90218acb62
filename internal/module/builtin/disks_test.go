package builtin_test

import (
	"slices"
	"strings"
	"testing"

	"pig/internal/imitation"
	"pig/internal/module/fake"
	"pig/internal/node"
	"pig/internal/value"
)

// disks are the programs that make file systems, and what is on each device.
func disks(on map[string]string, ran *[]string) map[string]imitation.Command {
	makes := func(kind string) imitation.Command {
		return func(c *imitation.Invocation) int {
			*ran = append(*ran, strings.Join(c.Argv, " "))
			on[c.Argv[len(c.Argv)-1]] = kind
			return 0
		}
	}
	return map[string]imitation.Command{
		"blkid":     func(c *imitation.Invocation) int { c.Say("%s\n", on[c.Argv[len(c.Argv)-1]]); return 0 },
		"mkfs.ext4": makes("ext4"), "mkfs.xfs": makes("xfs"), "pvcreate": makes("LVM2_member"), "wipefs": makes(""), "mkswap": makes("swap"),
		"dumpe2fs":  says(map[string]string{"-h /dev/small": "Block count:              10\nBlock size:               4096\n", "-h /dev/full": "Block count: 20\nBlock size: 4096\n"}),
		"findmnt":   says(map[string]string{"-n -o TARGET --source /dev/x": "/data\n/again\n"}),
		"xfs_info":  says(map[string]string{"/data": "meta-data=x\n         =                       sectsz=512\ndata     =                       bsize=4096   blocks=10, imaxpct=25\n"}),
		"resize2fs": func(c *imitation.Invocation) int { *ran = append(*ran, strings.Join(c.Argv, " ")); return 0 },
		"xfs_growfs": func(c *imitation.Invocation) int {
			*ran = append(*ran, strings.Join(c.Argv, " "))
			return 0
		},
	}
}

func TestFileSystemsOnDevices(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		dev, there string
		args       *value.Dict
		ran        string
		makes      string
		failed     string
	}{
		{"/dev/b", "", args("fstype", "ext4", "opts", "-L 'my data'"), "mkfs.ext4 -F -L my data /dev/b", "create", ""},
		{"/dev/b", "", args("type", "xfs"), "mkfs.xfs /dev/b", "create", ""},
		{"/dev/b", "xfs", args("fstype", "xfs"), "", "", ""},
		{"/dev/b", "xfs", args("fstype", "ext4"), "", "", "'/dev/b' is already used as xfs, use force=true to overwrite"},
		{"/dev/b", "xfs", args("fstype", "lvm", "force", true), "pvcreate -f -y /dev/b", "create", ""},
		{"/dev/b", "LVM2_member", args("fstype", "lvm"), "", "", ""},
		{"/dev/b", "xfs", args("state", "absent"), "wipefs --all /dev/b", "delete", ""},
		{"/dev/b", "", args("state", "absent"), "", "", ""},
		{"/dev/small", "ext4", args("fstype", "ext4", "resizefs", true), "resize2fs /dev/small", "grow", ""},
		{"/dev/full", "ext4", args("fstype", "ext4", "resizefs", true), "", "", ""},
		{"/dev/x", "xfs", args("fstype", "xfs", "resizefs", true), "xfs_growfs /data", "grow", ""},
		{"/dev/b", "swap", args("fstype", "swap", "resizefs", true), "", "", "module does not support resizing swap filesystem yet"},
		{"/dev/none", "", args("fstype", "xfs"), "", "", "Device /dev/none not found."},
		{"/dev/none", "", args("state", "absent"), "", "", ""},
		{"/dev/b", "", args("fstype", "ufs"), "", "", "must be one of btrfs"},
		{"/dev/b", "", args(), "", "", "state is present but all of the following are missing: fstype"},
		{"/dev/b", "", args("fstype", "xfs", "uuid", "random"), "", "", `has no argument "uuid"`},
	} {
		var ran []string
		m := newMachine(with(disks(map[string]string{c.dev: c.there}, &ran)))
		if c.dev != "/dev/none" {
			m.Put(imitation.Laid{Path: c.dev, Content: strings.Repeat("x", 20*4096)})
		}
		c.args.Set("dev", c.dev)
		d := deed{module: "filesystem", args: c.args, failed: c.failed, repeats: c.makes == "grow"}
		if c.makes != "" {
			d.makes = "file system " + c.dev + " " + c.makes
		}
		on(t, m, d)
		if strings.Join(ran[:min(len(ran), 1)], "") != c.ran {
			t.Errorf("%s ran %q, want %q", value.Display(c.args), ran, c.ran)
		}
	}
	m := newMachine(with(disks(map[string]string{"/dev/b": "xfs"}, &[]string{})))
	m.Put(imitation.Laid{Path: "/dev/b"})
	if r := run(t, node.NewShadow(m), "filesystem", args("dev", "/dev/b", "state", "absent")); len(r.Changes) != 1 || r.Changes[0].Impact != node.ImpactDataLoss {
		t.Errorf("what is lost: %+v", r.Changes)
	}
}

// volumes is LVM with two devices in no group, one in another, and the group data with a volume.
func volumes(ran *[]string) map[string]imitation.Command {
	did := func(c *imitation.Invocation) int { *ran = append(*ran, strings.Join(c.Argv, " ")); return 0 }
	lvm := map[string]imitation.Command{
		"pvs": says(map[string]string{"--noheadings": "  /dev/a;data\n  /dev/b;\n  /dev/o;other\n"}),
		"vgs": func(c *imitation.Invocation) int {
			switch name := c.Argv[len(c.Argv)-1]; {
			case slices.Contains(c.Argv, "vg_name,lv_count"):
				c.Say("  %s;%d\n", name, map[string]int{"data": 1}[name])
			default:
				c.Say("  4194304;1073741824;536870912\n")
			}
			return 0
		},
		"lvs": func(c *imitation.Invocation) int {
			if c.Argv[len(c.Argv)-1] == "nosuch" {
				return c.Fail("Volume group \"nosuch\" not found")
			}
			c.Say("  pg;104857600\n")
			return 0
		},
	}
	for _, name := range []string{"pvcreate", "vgcreate", "vgextend", "vgreduce", "vgremove", "lvcreate", "lvextend", "lvreduce", "lvremove"} {
		lvm[name] = did
	}
	return lvm
}

func TestVolumeGroupsAndVolumes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		module string
		args   *value.Dict
		ran    string
		failed string
	}{
		{"lvg", args("vg", "data", "pvs", "/dev/a"), "", ""},
		{"lvg", args("vg", "data", "pvs", list("/dev/a", "/dev/b")), "vgextend data /dev/b", ""},
		{"lvg", args("vg", "data", "pvs", list("/dev/c"), "pv_options", "--metadatacopies 2"), "pvcreate -f -y --metadatacopies 2 /dev/c; vgextend data /dev/c; vgreduce --force data /dev/a", ""},
		{"lvg", args("vg", "data", "pvs", list("/dev/b"), "remove_extra_pvs", false), "vgextend data /dev/b", ""},
		{"lvg", args("vg", "new", "pvs", "/dev/b", "pesize", "16", "vg_options", "-A y"), "vgcreate -A y -s 16 new /dev/b", ""},
		{"lvg", args("vg", "new", "state", "absent"), "", ""},
		{"lvg", args("vg", "data", "state", "absent"), "", "Refuse to remove non-empty volume group data without force=true"},
		{"lvg", args("vg", "data", "state", "absent", "force", true), "vgremove --force data", ""},
		{"lvg", args("vg", "new"), "", "No physical volumes given."},
		{"lvg", args("vg", "new", "pvs", "/dev/o"), "", "Device /dev/o is already in other volume group."},
		{"lvol", args("vg", "data", "lv", "pg", "size", "100m"), "", ""},
		{"lvol", args("vg", "data", "lv", "pg", "size", "200"), "lvextend -L 200 data/pg", ""},
		{"lvol", args("vg", "data", "lv", "pg", "size", "1g", "resizefs", true, "pvs", "/dev/a", "opts", "-i 2"), "lvextend --resizefs -L 1g -i 2 data/pg /dev/a", ""},
		{"lvol", args("vg", "data", "lv", "pg", "size", "100%FREE"), "lvextend -l 100%FREE data/pg", ""},
		{"lvol", args("vg", "data", "lv", "pg", "size", "50m"), "", "Sorry, no shrinking of data/pg without force=true."},
		{"lvol", args("vg", "data", "lv", "pg", "size", "50m", "force", true), "lvreduce --force -L 50m data/pg", ""},
		{"lvol", args("vg", "data", "lv", "pg", "size", "50m", "shrink", false), "", ""},
		{"lvol", args("vg", "data", "lv", "wal", "size", "50%VG", "active", false), "lvcreate -an -Wy --yes -n wal -l 50%VG data", ""},
		{"lvol", args("vg", "data", "lv", "pg"), "", ""},
		{"lvol", args("vg", "data", "lv", "wal"), "", "No size given."},
		{"lvol", args("vg", "data", "lv", "wal", "size", "much"), "", `invalid size "much"`},
		{"lvol", args("vg", "data", "lv", "wal", "size", "200%VG"), "", `invalid size "200%VG"`},
		{"lvol", args("vg", "data", "lv", "pg", "state", "absent"), "", "Sorry, no removal of logical volume pg without force=true."},
		{"lvol", args("vg", "data", "lv", "pg", "state", "absent", "force", true), "lvremove --force data/pg", ""},
		{"lvol", args("vg", "data", "lv", "wal", "state", "absent"), "", ""},
		{"lvol", args("vg", "nosuch", "lv", "x", "size", "1g"), "", "Volume group nosuch does not exist"},
		{"lvol", args("vg", "data", "lv", "x", "snapshot", "s", "size", "1g"), "", `has no argument "snapshot"`},
	} {
		var ran []string
		m := newMachine(with(volumes(&ran)))
		planned := run(t, node.NewShadow(m), c.module, c.args)
		r := run(t, m, c.module, c.args)
		if got := strings.Join(ran, "; "); got != c.ran || fake.Keys(planned.Changes) != fake.Keys(r.Changes) || planned.Failed != r.Failed || !strings.Contains(r.Failed, c.failed) || (r.Failed == "") != (c.failed == "") {
			t.Errorf("%s %s ran %q, planned %q %q, did %q %q, want %q", c.module, value.Display(c.args), got, fake.Keys(planned.Changes), planned.Failed, fake.Keys(r.Changes), r.Failed, c.ran)
		}
	}
	// A plan makes a group and a volume in it, and a file system on that.
	plan := node.NewShadow(newMachine(with(volumes(&[]string{}))))
	for _, step := range []struct {
		module string
		args   *value.Dict
		want   string
	}{
		{"lvg", args("vg", "new", "pvs", "/dev/b"), "volume group new create"},
		{"lvg", args("vg", "new", "pvs", "/dev/b"), ""},
		{"lvol", args("vg", "new", "lv", "x", "size", "100%FREE"), "logical volume new/x create"},
		{"lvol", args("vg", "new", "lv", "x", "size", "100%FREE"), ""},
		{"lvol", args("vg", "new", "lv", "y", "size", "1g"), "logical volume new/y create"},
	} {
		if r := run(t, plan, step.module, step.args); fake.Keys(r.Changes) != step.want || r.Failed != "" {
			t.Errorf("%s %s: planned %q %q, want %q", step.module, value.Display(step.args), fake.Keys(r.Changes), r.Failed, step.want)
		}
	}
}
