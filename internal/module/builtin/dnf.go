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

// dnf installs, upgrades and removes packages of RPM.
func dnf() module.Module { return module.Module{Name: "dnf", Spec: dnfSpec(), Run: runDnf} }

// yum is the older name of dnf.
func yum() module.Module { return module.Module{Name: "yum", Spec: dnfSpec(), Run: runDnf} }

func dnfSpec() module.Spec {
	list := func(name string) module.Arg { return module.Arg{Name: name, Type: module.List, Elements: module.Str} }
	flag := func(name string) module.Arg { return module.Arg{Name: name, Type: module.Bool} }
	return module.Spec{Args: []module.Arg{
		{Name: "name", Type: module.List, Elements: module.Str, Aliases: []string{"pkg"}}, {Name: "state", Choices: []string{"absent", "present", "installed", "removed", "latest"}},
		flag("allowerasing"), flag("autoremove"), flag("best"), flag("nobest"), flag("bugfix"), flag("security"), flag("cacheonly"), flag("disable_gpg_check"), flag("download_only"), flag("skip_broken"), flag("update_only"),
		{Name: "allow_downgrade", Type: module.Bool, Only: true}, // dnf does
		{Name: "update_cache", Type: module.Bool, Aliases: []string{"expire-cache"}}, {Name: "conf_file"}, {Name: "disable_excludes"}, {Name: "download_dir"}, {Name: "installroot", Default: "/"}, {Name: "releasever"},
		list("disable_plugin"), list("enable_plugin"), list("disablerepo"), list("enablerepo"), list("exclude"),
		{Name: "install_weak_deps", Type: module.Bool, Default: true}, {Name: "sslverify", Type: module.Bool, Default: true}, {Name: "validate_certs", Type: module.Bool, Default: true},
		{Name: "lock_timeout", Type: module.Int, Only: int64(30)}, {Name: "install_repoquery", Type: module.Bool, Only: true}, {Name: "use_backend", Default: "auto", Choices: []string{"auto", "dnf", "dnf4", "dnf5", "yum", "yum4"}},
	}, Exclusive: [][]string{{"best", "nobest"}}}
}

func runDnf(ctx context.Context, c *module.Call) (*value.Dict, error) {
	names, state := module.PackageNames(c.Args.Strings("name")), c.Args.String("state")
	removes := state == "absent" || state == "removed"
	if c.Args.Bool("autoremove") && state != "" && !removes {
		return nil, fmt.Errorf("Autoremove should be used alone or with state=absent") //nolint:staticcheck // Ansible's words
	}
	if len(names) == 0 && !c.Args.Bool("autoremove") {
		if c.Args.Bool("update_cache") {
			return value.DictOf("msg", "Cache updated", "changed", false, "results", value.NewList(), "rc", int64(0)), runCache(ctx, c)
		}
		return value.DictOf("msg", "Nothing to do", "rc", int64(0), "results", value.NewList()), nil
	}
	if c.Args.Bool("update_cache") {
		if err := runCache(ctx, c); err != nil {
			return nil, err
		}
	}
	verb, action, wanted, err := dnfWanted(ctx, c, names, state, removes)
	if err != nil {
		return nil, err
	}
	if len(wanted) == 0 {
		return value.DictOf("msg", "Nothing to do", "rc", int64(0), "results", value.NewList()), nil
	}
	results := value.NewList()
	for i, name := range wanted {
		change := node.Change{Kind: "package", ID: name, Action: action, Makes: map[string]string{"package " + name: action}}
		err := c.System.Do(ctx, change, func(context.Context) error {
			if i > 0 {
				return nil // all of them are one transaction
			}
			return transaction(ctx, c, verb, wanted)
		})
		if err != nil {
			return nil, err
		}
		results.Append(map[string]string{"install": "Installed: ", "upgrade": "Installed: ", "delete": "Removed: "}[action] + name)
	}
	return value.DictOf("msg", "", "rc", int64(0), "results", results), nil
}

// dnfWanted is what dnf has to do, and with which packages.
func dnfWanted(ctx context.Context, c *module.Call, names []string, state string, removes bool) (verb, action string, wanted []string, err error) {
	switch {
	case len(names) == 0:
		return "autoremove", "delete", []string{"(unneeded)"}, nil
	case removes:
		wanted, err = sieve(ctx, c, names, true)
		return "remove", "delete", wanted, err
	case state == "latest":
		wanted, err = outdated(ctx, c, names)
		verb = "install"
		if names[0] == "*" || c.Args.Bool("update_only") {
			verb = "upgrade"
		}
		return verb, "upgrade", wanted, err
	case c.Args.Bool("update_only"):
		return "upgrade", "upgrade", nil, nil
	}
	wanted, err = sieve(ctx, c, names, false)
	return "install", "install", wanted, err
}

// sieve gives the names that are installed, or that are not.
func sieve(ctx context.Context, c *module.Call, names []string, there bool) (left []string, err error) {
	for _, name := range names {
		if planned, ok := c.System.Foreseen("package " + name); ok {
			if (planned != "delete") == there {
				left = append(left, name)
			}
			continue
		}
		argv := []string{"rpm", "-q", "--whatprovides", name}
		if root := c.Args.String("installroot"); root != "/" && root != "" {
			argv = append(argv, "--root", root)
		}
		out, err := inquire(ctx, c, argv...)
		if err != nil {
			return nil, err
		}
		if (out.RC == 0) == there {
			left = append(left, name)
		}
	}
	return left, nil
}

// outdated gives the names that are not installed or for which there is something newer.
func outdated(ctx context.Context, c *module.Call, names []string) ([]string, error) {
	ask := []string{"-q", "check-update"}
	if names[0] != "*" {
		ask = append(ask, names...)
	}
	out, err := inquire(ctx, c, append(dnfCommand(c), ask...)...)
	if err != nil {
		return nil, err
	}
	if out.RC != 0 && out.RC != 100 {
		return nil, &node.CommandError{Argv: []string{"dnf check-update"}, Output: out}
	}
	var newer []string
	for line := range strings.Lines(string(out.Stdout)) {
		if f := strings.Fields(line); len(f) == 3 {
			name, _, _ := strings.Cut(f[0], ".")
			newer = append(newer, name)
		}
	}
	if names[0] == "*" {
		return newer, nil
	}
	missing, err := sieve(ctx, c, names, false)
	if c.Args.Bool("update_only") {
		missing = nil
	}
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !slices.Contains(newer, name) && !slices.Contains(missing, name) }), err
}

func runCache(ctx context.Context, c *module.Call) error {
	_, err := learned(ctx, c, append(dnfCommand(c), "makecache")...)
	return err
}

// transaction has dnf do it.
func transaction(ctx context.Context, c *module.Call, verb string, names []string) error {
	words := append(dnfCommand(c), verb)
	if verb != "autoremove" {
		words = append(words, names...)
	}
	if verb == "remove" && c.Args.Bool("autoremove") {
		words = append(words, "--setopt=clean_requirements_on_remove=True")
	}
	out, err := c.Scratch.Exec(ctx, node.Cmd{Argv: words, Env: plainWords})
	if err == nil && out.RC != 0 {
		return &module.Failure{Msg: "Failed to " + verb + " " + strings.Join(names, " ") + ": " + strings.TrimSpace(string(out.Stderr)), Values: outputOf(out)}
	}
	return err
}

// dnfCommand is dnf with the options that a call asks for.
func dnfCommand(c *module.Call) []string {
	words := []string{"dnf", "-y"}
	if c.Args.String("use_backend") == "dnf5" {
		words[0] = "dnf5"
	}
	for _, o := range []struct{ arg, option string }{
		{"allowerasing", "--allowerasing"}, {"best", "--best"}, {"nobest", "--nobest"}, {"bugfix", "--bugfix"}, {"security", "--security"}, {"cacheonly", "--cacheonly"},
		{"disable_gpg_check", "--nogpgcheck"}, {"download_only", "--downloadonly"}, {"skip_broken", "--skip-broken"},
	} {
		if c.Args.Bool(o.arg) {
			words = append(words, o.option)
		}
	}
	for _, o := range []struct{ arg, option string }{
		{"conf_file", "--config="}, {"disable_excludes", "--disableexcludes="}, {"download_dir", "--downloaddir="}, {"releasever", "--releasever="},
	} {
		if v := c.Args.String(o.arg); v != "" {
			words = append(words, o.option+v)
		}
	}
	for _, o := range []struct{ arg, option string }{
		{"disable_plugin", "--disableplugin="}, {"enable_plugin", "--enableplugin="}, {"disablerepo", "--disablerepo="}, {"enablerepo", "--enablerepo="}, {"exclude", "--exclude="},
	} {
		if v := c.Args.Strings(o.arg); len(v) > 0 {
			words = append(words, o.option+strings.Join(v, ","))
		}
	}
	if root := c.Args.String("installroot"); root != "" && root != "/" {
		words = append(words, "--installroot="+root)
	}
	if !c.Args.Bool("install_weak_deps") {
		words = append(words, "--setopt=install_weak_deps=False")
	}
	if !c.Args.Bool("sslverify") || !c.Args.Bool("validate_certs") {
		words = append(words, "--setopt=sslverify=False")
	}
	return words
}
