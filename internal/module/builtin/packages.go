package builtin

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

func packageModule() module.Module {
	return module.Module{
		Name: "package",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "name", Type: module.List, Elements: module.Str, Required: true, Aliases: []string{"pkg"}},
			{Name: "state", Default: "present", Choices: []string{"present", "installed", "latest", "absent", "removed"}},
			{Name: "use", Only: "auto"},
			{Name: "update_cache", Type: module.Bool}, {Name: "cache_valid_time", Type: module.Int},
		}},
		Run: runPackages,
	}
}

func aptModule() module.Module {
	return module.Module{
		Name: "apt",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "name", Type: module.List, Elements: module.Str, Aliases: []string{"package", "pkg"}},
			{Name: "state", Default: "present", Choices: []string{"absent", "latest", "present"}},
			{Name: "deb", Type: module.Path},
			{Name: "update_cache", Type: module.Bool, Aliases: []string{"update-cache"}},
			{Name: "cache_valid_time", Type: module.Int},
			{Name: "purge", Type: module.Bool}, {Name: "autoremove", Type: module.Bool, Aliases: []string{"autoclean"}},
			{Name: "install_recommends", Type: module.Bool, Aliases: []string{"install-recommends"}},
			{Name: "default_release", Aliases: []string{"default-release"}},
			{Name: "force", Type: module.Bool}, {Name: "allow_unauthenticated", Type: module.Bool, Aliases: []string{"allow-unauthenticated"}},
			{Name: "allow_downgrade", Type: module.Bool}, {Name: "allow_change_held_packages", Type: module.Bool},
			{Name: "only_upgrade", Type: module.Bool}, {Name: "force_apt_get", Type: module.Bool, Only: true},
			{Name: "policy_rc_d", Type: module.Int, Only: int64(101)},
		}},
		Run: runPackages,
	}
}

func runPackages(ctx context.Context, c *module.Call) (*value.Dict, error) {
	result := value.NewDict()
	if err := refresh(ctx, c, result); err != nil {
		return nil, err
	}
	if deb := c.Args.String("deb"); deb != "" {
		if state := c.Args.String("state"); state != "present" {
			return nil, fmt.Errorf("deb is for state present, not %s: give the package's name", state)
		}
		return result, installDeb(ctx, c, deb)
	}
	specs := module.PackageNames(c.Args.Strings("name"))
	if len(specs) == 0 {
		if c.Args.Bool("autoremove") || c.Args.Bool("purge") {
			return nil, fmt.Errorf("autoremove and purge need the names of packages")
		}
		return result, nil
	}
	switch c.Args.String("state") {
	case "absent", "removed":
		return result, removePackages(ctx, c, specs)
	case "latest":
		return result, latest(ctx, c, specs)
	}
	missing, err := module.MissingPackages(ctx, c, specs)
	if err != nil || len(missing) == 0 {
		return result, err
	}
	return result, c.System.Packages().Install(ctx, missing, installOptions(c))
}

// refresh fetches the package lists if that is asked for and they are older than allowed.
func refresh(ctx context.Context, c *module.Call, result *value.Dict) error {
	if !c.Args.Bool("update_cache") && c.Args.Int("cache_valid_time") == 0 {
		return nil
	}
	p := c.System.Packages()
	if valid := c.Args.Int("cache_valid_time"); valid > 0 && time.Since(p.Refreshed()) < time.Duration(valid)*time.Second {
		result.Set("cache_updated", false)
		return nil
	}
	result.Set("cache_updated", true)
	return p.Refresh(ctx)
}

func installOptions(c *module.Call) node.InstallOptions {
	o := node.InstallOptions{
		AllowDowngrade: c.Args.Bool("allow_downgrade") || c.Args.Bool("force"), AllowUnsigned: c.Args.Bool("allow_unauthenticated") || c.Args.Bool("force"),
		Force: c.Args.Bool("allow_change_held_packages"), OnlyUpgrade: c.Args.Bool("only_upgrade"), Release: c.Args.String("default_release"),
	}
	o.NoStart = c.Args.Has("policy_rc_d") && c.Args.Int("policy_rc_d") == 101
	if c.Args.Has("install_recommends") {
		on := c.Args.Bool("install_recommends")
		o.Recommends = &on
	}
	return o
}

func latest(ctx context.Context, c *module.Call, specs []string) error {
	for _, s := range specs {
		if strings.Contains(s, "=") {
			return fmt.Errorf("cannot upgrade %q to the latest version: the name has a version", s)
		}
	}
	p := c.System.Packages()
	installed, err := p.Installed(ctx, specs)
	if err != nil {
		return err
	}
	candidates, err := p.Candidates(ctx, specs)
	if err != nil && !errors.Is(err, node.ErrUnknown) {
		return err
	}
	var wanted []string
	for _, s := range specs {
		have, ok := installed[s]
		if cand, known := candidates[s]; !ok || known && cand != have {
			wanted = append(wanted, s)
		}
	}
	if len(wanted) > 0 {
		if err := p.Install(ctx, wanted, installOptions(c)); err != nil {
			return err
		}
	}
	if len(wanted) < len(specs) {
		return err // unknown: what is installed may not be the latest
	}
	return nil
}

// removePackages removes what is installed; of a spec with a version, only that version.
func removePackages(ctx context.Context, c *module.Call, specs []string) error {
	names, versions := make([]string, len(specs)), make([]string, len(specs))
	for i, s := range specs {
		names[i], versions[i], _ = strings.Cut(s, "=")
		if strings.ContainsAny(names[i], ":/") { // dpkg's database is read without architectures
			return fmt.Errorf("cannot remove %q: want the name of a package, or name=version", s)
		}
	}
	installed, err := c.System.Packages().Installed(ctx, names)
	if err != nil {
		return err
	}
	var there []string
	for i, name := range names {
		if have, ok := installed[name]; ok && (versions[i] == "" || module.VersionMatches(versions[i], have)) {
			there = append(there, name)
		}
	}
	if len(there) == 0 {
		return nil
	}
	return c.System.Packages().Remove(ctx, there, c.Args.Bool("purge"), c.Args.Bool("autoremove"))
}

func installDeb(ctx context.Context, c *module.Call, deb string) error {
	out, err := c.System.Exec(ctx, node.Cmd{Argv: []string{"dpkg-deb", "-f", deb, "Package", "Version"}, ReadOnly: true})
	if err != nil {
		return err
	}
	if out.RC != 0 {
		return fmt.Errorf("cannot read %s: %s", deb, strings.TrimSpace(string(out.Stderr)))
	}
	var name, version string
	for line := range strings.SplitSeq(string(out.Stdout), "\n") {
		if v, ok := strings.CutPrefix(line, "Package: "); ok {
			name = v
		} else if v, ok := strings.CutPrefix(line, "Version: "); ok {
			version = v
		}
	}
	installed, err := c.System.Packages().Installed(ctx, []string{name})
	if err != nil || installed[name] == version {
		return err
	}
	return c.System.Packages().Install(ctx, []string{deb}, installOptions(c))
}
