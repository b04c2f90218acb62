package builtin

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// packageDownload keeps the packages of names, with all that they need, as files in the directory path. It asks the repositories
// that this node has; what is in the directory in the version that they offer stays. It returns packages, how many there are. Which names no
// repository has, package_offers tells.
func packageDownload() module.Module {
	return module.Module{
		Name: "package_download",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "names", Type: module.List, Elements: module.Str, Required: true}, {Name: "path", Type: module.Path, Required: true},
		}},
		Run: runPackageDownload,
	}
}

func runPackageDownload(ctx context.Context, c *module.Call) (*value.Dict, error) {
	names := slices.Compact(slices.Sorted(slices.Values(module.PackageNames(c.Args.Strings("names")))))
	found, err := offeredVersions(ctx, c, names)
	if err != nil {
		return nil, err
	}
	var known, missing []string
	for _, n := range names {
		if found[n] != "" {
			known = append(known, n)
		} else {
			missing = append(missing, n)
		}
	}
	closure, err := dependencies(ctx, c, known)
	if err != nil {
		return nil, err
	}
	wanted, err := offeredVersions(ctx, c, closure)
	if err != nil {
		return nil, err
	}
	dir := c.Args.String("path")
	have, err := c.System.Files().List(dir)
	if err != nil && !errors.Is(err, node.ErrUnknown) {
		return nil, err
	}
	var fetch []string
	for _, p := range closure {
		if v := wanted[p]; v != "" && !slices.ContainsFunc(have, func(f string) bool { return strings.HasPrefix(f, p+"_"+fileVersion(v)+"_") }) {
			fetch = append(fetch, p)
		}
	}
	result := value.DictOf("packages", int64(len(closure)), "missing", value.Strings(missing))
	if len(fetch) == 0 {
		return result, nil
	}
	out, err := c.System.Exec(ctx, node.Cmd{
		Argv: append([]string{"apt-get", "-q", "-o", "APT::Sandbox::User=root", "download"}, fetch...), Dir: dir,
		Change: &node.Change{
			Kind: "packages", ID: path.Base(dir), Action: "download", Attrs: []node.Attr{{Name: "count", After: fmt.Sprint(len(fetch))}}, Makes: map[string]string{packagesIn(dir): "other ones"},
		},
	})
	if err != nil {
		return nil, err
	}
	if out.RC != 0 {
		return nil, fmt.Errorf("apt-get download: %s", module.Clip(strings.TrimSpace(string(out.Stderr)), 600))
	}
	return result, nil
}

// packagesIn is the fact that the packages of a directory are other ones than now.
func packagesIn(dir string) string { return "packages in " + path.Clean(dir) }

// offeredVersions are the newest versions that repositories have of names. What is only installed, as a system's base may be, is
// in none.
func offeredVersions(ctx context.Context, c *module.Call, names []string) (map[string]string, error) {
	if len(names) == 0 {
		return nil, nil
	}
	out, err := c.System.Exec(ctx, node.Cmd{Argv: append([]string{"apt-cache", "madison"}, names...), ReadOnly: true})
	if err != nil {
		return nil, err
	}
	if out.RC != 0 {
		return nil, fmt.Errorf("apt-cache madison: %s", module.Clip(strings.TrimSpace(string(out.Stderr)), 600))
	}
	versions := map[string]string{}
	for line := range strings.Lines(string(out.Stdout)) {
		f := strings.Split(line, "|")
		if name := strings.TrimSpace(f[0]); len(f) == 3 && versions[name] == "" && !strings.HasSuffix(strings.TrimSpace(f[2]), "Sources") {
			versions[name] = strings.TrimSpace(f[1])
		}
	}
	return versions, nil
}

// fileVersion is a version as apt-get download has it in the name of a file.
func fileVersion(v string) string { return strings.ReplaceAll(v, ":", "%3a") }

// dependencies are names with all that they need, also what this node has already: another one may not.
func dependencies(ctx context.Context, c *module.Call, names []string) ([]string, error) {
	if len(names) == 0 {
		return nil, nil
	}
	argv := []string{"apt-cache", "depends", "--recurse", "--no-recommends", "--no-suggests", "--no-conflicts", "--no-breaks", "--no-replaces", "--no-enhances"}
	out, err := c.System.Exec(ctx, node.Cmd{Argv: append(argv, names...), ReadOnly: true})
	if err != nil {
		return nil, err
	}
	if out.RC != 0 {
		return nil, fmt.Errorf("apt-cache depends: %s", module.Clip(strings.TrimSpace(string(out.Stderr)), 600))
	}
	var all []string
	for line := range strings.Lines(string(out.Stdout)) {
		// A package stands at the beginning of its line; <a name> is one that only others provide.
		if name := strings.TrimSpace(line); name != "" && line[0] != ' ' && line[0] != '<' && line[0] != '|' && !strings.Contains(name, ":") {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}
