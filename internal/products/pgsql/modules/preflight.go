package modules

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	pgsql "pig/internal/products/pgsql/model"
	"pig/internal/value"
)

// postgresPreflight finds out before anything is changed whether a node can become what it is declared to be: whether its
// repositories have the packages, whether it has the network interface, and, once packages are there, whether they brought the
// extensions and libraries. It tells everything that is missing at once, and changes nothing.
//
// It returns interface (that of vip_interface, or the one that carries address) and unsure: packages that repositories which
// are only planned may have. Where the content of such a repository can be read, a second call takes the path of its index.
func postgresPreflight() module.Module {
	return module.Module{
		Name: "postgres_preflight",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "packages", Type: module.List, Elements: module.Str},
			{Name: "index", Type: module.Path},
			{Name: "vip_interface"}, {Name: "address"},
			{Name: "extensions", Type: module.List, Elements: module.Str},
			{Name: "libs"},
			{Name: "loads", Type: module.List, Elements: module.Str},             // libraries of settings other than shared_preload_libraries, as files
			{Name: "home", Type: module.Path, Default: "/usr/lib/postgresql/17"}, // of the server
			{Name: "locales", Type: module.List, Elements: module.Str},
		}},
		Run: runPostgresPreflight,
	}
}

func runPostgresPreflight(ctx context.Context, c *module.Call) (*value.Dict, error) {
	var errs []error
	result := value.DictOf("interface", "", "unsure", value.NewList())
	if specs := module.PackageNames(c.Args.Strings("packages")); len(specs) > 0 {
		absent, unsure, err := offered(ctx, c, specs)
		if err != nil {
			return nil, err
		}
		result.Set("unsure", value.Strings(unsure))
		if len(absent) > 0 {
			errs = append(errs, fmt.Errorf("no repository of this node has %s: add the package first (repo_upstream with repo_extra_packages, or pig repo add), or remove the reference to it (pg_packages, pg_extensions, extensions of pg_databases)", strings.Join(module.WithNearest(ctx, c, absent), ", ")))
		}
	}
	if c.Args.Has("address") {
		name, err := networkInterface(ctx, c)
		if err != nil {
			errs = append(errs, err)
		}
		result.Set("interface", name)
	}
	if err := provided(c); err != nil {
		errs = append(errs, err)
	}
	if err := localesThere(ctx, c); err != nil {
		errs = append(errs, err)
	}
	return result, errors.Join(errs...)
}

// offered divides packages that are not installed into those that nobody has, and those of which a plan cannot know.
func offered(ctx context.Context, c *module.Call, specs []string) (absent, unsure []string, err error) {
	if index := c.Args.String("index"); index != "" {
		text, there, err := c.Present(index)
		if err != nil {
			return nil, nil, err
		}
		if !there {
			return nil, specs, nil
		}
		return slices.DeleteFunc(specs, func(s string) bool { return inIndex(text, s) }), nil, nil
	}
	missing, err := module.MissingPackages(ctx, c, specs)
	if err != nil || len(missing) == 0 {
		return nil, nil, err
	}
	have, err := c.System.Packages().Candidates(ctx, missing)
	lacking := slices.DeleteFunc(missing, func(s string) bool { _, ok := have[s]; return ok || strings.Contains(s, "=") })
	if errors.Is(err, node.ErrUnknown) {
		return nil, lacking, nil
	}
	return lacking, nil, err
}

func inIndex(text []byte, name string) bool {
	return bytes.HasPrefix(text, []byte("Package: "+name+"\n")) || bytes.Contains(text, []byte("\nPackage: "+name+"\n"))
}

// networkInterface is the declared interface, or that of the node's address.
func networkInterface(ctx context.Context, c *module.Call) (string, error) {
	want := c.Args.String("vip_interface")
	if want != "" && want != "auto" && !strings.Contains(want, "/") {
		if i, err := c.System.Files().Stat("/sys/class/net/"+want, false); err == nil && i.Exists() {
			return want, nil
		}
	}
	out, err := c.System.Exec(ctx, node.Cmd{Argv: []string{"ip", "-o", "-4", "addr", "show"}, ReadOnly: true})
	if errors.Is(err, node.ErrUnknown) {
		return want, nil
	}
	if err != nil || out.RC != 0 {
		return "", fmt.Errorf("cannot list the network interfaces: %s", strings.TrimSpace(string(out.Stderr)))
	}
	var names []string
	for line := range strings.SplitSeq(string(out.Stdout), "\n") {
		f := strings.Fields(line)
		if len(f) < 4 {
			continue
		}
		name, _, _ := strings.Cut(f[1], "@")
		if name == want {
			return name, nil
		}
		if address, _, _ := strings.Cut(f[3], "/"); address == c.Args.String("address") && (want == "" || want == "auto") {
			return name, nil
		}
		if name != "lo" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if want == "" || want == "auto" {
		return "", fmt.Errorf("no network interface of this node has the address %s: name one in pg_vip_interface (it has %s)", c.Args.String("address"), strings.Join(names, ", "))
	}
	return "", fmt.Errorf("network interface %s of pg_vip_interface not found: this node has %s (auto selects the one with the address %s)", want, strings.Join(names, ", "), c.Args.String("address"))
}

// localesThere asks the node for the locales that are declared. Those that every machine has are not asked for.
func localesThere(ctx context.Context, c *module.Call) error {
	wanted := slices.DeleteFunc(c.Args.Strings("locales"), func(l string) bool { return pgsql.PlainLocale(l) || pgsql.HasLocale("C.utf8", l) })
	if len(wanted) == 0 {
		return nil
	}
	out, err := c.System.Exec(ctx, node.Cmd{Argv: []string{"locale", "-a"}, ReadOnly: true, Brought: "locales-all"})
	if errors.Is(err, node.ErrUnknown) {
		return nil
	}
	if err != nil || out.RC != 0 {
		return fmt.Errorf("cannot list the locales of this node: %w", cmp.Or(err, errors.New(strings.TrimSpace(string(out.Stderr)))))
	}
	missing := slices.DeleteFunc(wanted, func(l string) bool { return pgsql.HasLocale(string(out.Stdout), l) })
	if len(missing) == 0 {
		return nil
	}
	return fmt.Errorf("this node has no locale %s: add the package locales-all to node_packages, or choose C or C.UTF-8 (pg_locale, pg_lc_collate, pg_lc_ctype, locale of pg_databases)", strings.Join(missing, ", "))
}

// provided looks for the files of extensions and libraries.
func provided(c *module.Call) error {
	libraries, shared := serverFolders(c.Args.String("home"))
	var missing []string
	look := func(what, name, file string, folders []string) error {
		for _, folder := range folders {
			i, err := c.System.Files().Stat(path.Join(folder, file), true)
			if err != nil || i.Exists() || i.Assumed {
				return err
			}
		}
		missing = append(missing, what+" "+name)
		return nil
	}
	for _, e := range c.Args.Strings("extensions") {
		if err := look("extension", e, path.Join("extension", e+".control"), shared); err != nil {
			return err
		}
	}
	for _, l := range pgsql.Libraries(c.Args.String("libs")) {
		if err := look("library", l, l+".so", libraries); err != nil {
			return err
		}
	}
	for _, l := range c.Args.Strings("loads") {
		folders := libraries
		if path.IsAbs(l) {
			folders = []string{"/"}
		}
		if err := look("library", l, l+".so", folders); err != nil {
			return err
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return fmt.Errorf("no package on this node provides %s: name the package in pg_extensions, or correct the name (extensions of pg_databases, pg_libs, settings such as session_preload_libraries)", strings.Join(missing, ", "))
}

// serverFolders are where a server that is installed in home may have its libraries, and what it shares among machines: PostgreSQL's own build
// puts postgresql behind both unless the home has that name, and Debian keeps the latter below /usr/share.
func serverFolders(home string) (libraries, shared []string) {
	libraries = []string{path.Join(home, "lib"), path.Join(home, "lib/postgresql")}
	shared = []string{path.Join(home, "share"), path.Join(home, "share/postgresql")}
	if rest, ok := strings.CutPrefix(home, "/usr/lib/"); ok {
		shared = append(shared, path.Join("/usr/share", rest))
	}
	return libraries, shared
}
