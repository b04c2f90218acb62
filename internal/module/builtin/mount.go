package builtin

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// mount keeps a file system in fstab, and mounted.
func mount() module.Module {
	return module.Module{
		Name: "mount",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "path", Type: module.Path, Required: true, Aliases: []string{"name"}}, {Name: "src", Type: module.Path}, {Name: "fstype"}, {Name: "opts"},
			{Name: "dump", Default: "0"}, {Name: "passno", Default: "0"}, {Name: "fstab", Type: module.Path}, {Name: "boot", Type: module.Bool, Default: true},
			{Name: "state", Required: true, Choices: []string{"absent", "absent_from_fstab", "mounted", "present", "unmounted", "remounted", "ephemeral"}},
			{Name: "backup", Type: module.Bool}, {Name: "opts_no_log", Type: module.Bool, Only: false},
		}},
		Run: runMount,
	}
}

// mounting is one call of it.
type mounting struct {
	*module.Call
	ctx   context.Context //nolint:containedctx // it lives as long as the call
	path  string
	opts  string
	fstab string
}

func runMount(ctx context.Context, c *module.Call) (*value.Dict, error) {
	m := &mounting{Call: c, ctx: ctx, path: c.Args.String("path"), opts: mountOptions(c), fstab: c.Args.String("fstab")}
	state := c.Args.String("state")
	if slices.Contains([]string{"mounted", "present", "ephemeral"}, state) {
		if missing := missingOf(c, "src", "fstype"); missing != "" {
			return nil, fmt.Errorf("state is %s but all of the following are missing: %s", state, missing)
		}
	}
	if m.fstab == "" {
		m.fstab = "/etc/fstab"
	}
	result := value.DictOf("name", m.path, "dump", c.Args.Get("dump"), "passno", c.Args.Get("passno"), "fstab", m.fstab, "boot", map[bool]string{true: "yes", false: "no"}[c.Args.Bool("boot")], "opts", m.opts, "backup_file", "")
	for _, arg := range []string{"src", "fstype"} {
		if c.Args.Has(arg) {
			result.Set(arg, c.Args.Get(arg))
		}
	}
	if err := m.settle(state, result); err != nil {
		return nil, err
	}
	return result, nil
}

// missingOf names the arguments that are not given.
func missingOf(c *module.Call, names ...string) string {
	return strings.Join(slices.DeleteFunc(names, c.Args.Has), ", ")
}

// mountOptions are those of the line in fstab.
func mountOptions(c *module.Call) string {
	opts := c.Args.String("opts")
	if opts == "" {
		opts = "defaults"
	}
	if !c.Args.Bool("boot") { // Ansible says it twice if opts does
		opts += ",noauto"
	}
	return opts
}

func (m *mounting) settle(state string, result *value.Dict) error {
	mounted, err := m.mounted()
	if err != nil {
		return err
	}
	switch state {
	case "present", "absent_from_fstab":
		_, err = m.write(state == "present", result)
	case "absent":
		var changed bool
		if changed, err = m.write(false, result); err != nil || !changed {
			return err
		}
		if mounted {
			err = m.run("unmount", "", "umount", m.path)
		}
		if err == nil {
			err = m.removePoint()
		}
	case "unmounted":
		if mounted {
			err = m.run("unmount", "", "umount", m.path)
		}
	case "remounted":
		err = m.run("remount", "yes", m.remount()...)
	case "mounted", "ephemeral":
		err = m.mount(state, mounted, result)
	}
	return err
}

func (m *mounting) mount(state string, mounted bool, result *value.Dict) error {
	if state == "ephemeral" && mounted {
		source, kind := m.of()
		if source != m.Args.String("src") || kind != m.Args.String("fstype") {
			return fmt.Errorf("Ephemeral mount point is already mounted with a different source: %s (%s)", source, kind) //nolint:staticcheck // Ansible's words
		}
		return m.run("remount", "yes", m.remount()...)
	}
	if err := mkdirAll(m.Call, m.path, node.Attrs{}); err != nil {
		return err
	}
	changed := false
	if state == "mounted" {
		var err error
		if changed, err = m.write(true, result); err != nil {
			return err
		}
	}
	switch {
	case mounted && changed:
		return m.run("remount", "yes", m.remount()...)
	case mounted:
		return nil
	}
	if state == "ephemeral" {
		return m.run("mount", "yes", "mount", "-t", m.Args.String("fstype"), "-o", m.opts, m.Args.String("src"), m.path)
	}
	return m.run("mount", "yes", m.mountCommand()...)
}

// mountCommand reads the line of fstab; another file than the system's is named.
func (m *mounting) mountCommand() []string {
	if m.fstab != "/etc/fstab" {
		return []string{"mount", "-T", m.fstab, m.path}
	}
	return []string{"mount", m.path}
}

func (m *mounting) remount() []string {
	argv := []string{"mount", "-o", "remount"}
	if m.Args.Has("opts") {
		argv[2] += "," + m.opts
	}
	if m.fstab != "/etc/fstab" {
		argv = append(argv, "-T", m.fstab)
	}
	return append(argv, m.path)
}

func (m *mounting) run(action, makes string, argv ...string) error {
	return carryOut(m.ctx, m.Call, node.Change{Kind: "mount", ID: m.path, Action: action, Makes: map[string]string{"mount " + m.path: makes}}, argv...)
}

// removePoint removes the directory on which something was mounted.
func (m *mounting) removePoint() error {
	i, err := m.System.Files().Stat(m.path, false)
	if err != nil || !i.Exists() {
		return err
	}
	names, err := m.System.Files().List(m.path)
	if err == nil && len(names) > 0 {
		if _, planned := m.System.Foreseen("mount " + m.path); !planned { // a plan still sees what is mounted there
			return fmt.Errorf("Error rmdir %s: the directory is not empty", m.path) //nolint:staticcheck // Ansible's words
		}
	}
	if err != nil {
		return err
	}
	return m.System.Files().Remove(m.path)
}

// mounted tells whether something is mounted at the path.
func (m *mounting) mounted() (bool, error) {
	if planned, ok := m.System.Foreseen("mount " + m.path); ok {
		return planned != "", nil
	}
	point, _, _, err := m.lookup()
	return point != "", err
}

func (m *mounting) of() (source, kind string) {
	_, source, kind, _ = m.lookup()
	return source, kind
}

// lookup finds the path among the mount points of the kernel.
func (m *mounting) lookup() (point, source, kind string, err error) {
	text, err := m.System.Files().Read("/proc/self/mounts")
	if err != nil {
		return "", "", "", err
	}
	for line := range strings.Lines(string(text)) {
		f := strings.Fields(line)
		if len(f) >= 3 && plainField(f[1]) == filepath.Clean(m.path) {
			point, source, kind = plainField(f[1]), plainField(f[0]), f[2]
		}
	}
	return point, source, kind, nil
}
