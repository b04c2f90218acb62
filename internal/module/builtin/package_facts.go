package builtin

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// packageFacts tells which packages are installed.
func packageFacts() module.Module {
	return module.Module{
		Name: "package_facts",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "manager", Type: module.List, Elements: module.Str, Default: value.NewList("auto"), Choices: []string{"auto", "apt", "rpm", "dnf", "dnf5", "yum"}},
			{Name: "strategy", Default: "first", Choices: []string{"first", "all"}},
		}},
		Run: runPackageFacts,
	}
}

func runPackageFacts(ctx context.Context, c *module.Call) (*value.Dict, error) {
	asked := c.Args.Strings("manager")
	kinds := map[string]func(context.Context, *module.Call) (*value.Dict, error){"apt": debs, "rpm": rpms}
	found := value.NewDict()
	for _, kind := range managers(asked) {
		packages, err := kinds[kind](ctx, c)
		if errors.Is(err, exec.ErrNotFound) {
			if !slices.Contains(asked, "auto") {
				c.Facts.Warn("Requested package manager %s was not usable by this module: %v", kind, err)
			}
			continue
		}
		if err != nil {
			return nil, err
		}
		found.Update(packages)
		if c.Args.String("strategy") == "first" && packages.Len() > 0 {
			break
		}
	}
	if found.Len() == 0 {
		return nil, fmt.Errorf("Could not detect a supported package manager from the following list: %s, or the required Python library is not installed. Check warnings for details.", value.Display(value.Strings(asked))) //nolint:staticcheck // Ansible's words
	}
	return value.DictOf("ansible_facts", value.DictOf("packages", found), "changed", false), nil
}

// managers are the databases of packages that are meant, each once.
func managers(asked []string) (kinds []string) {
	for _, name := range asked {
		names := []string{"apt", "rpm"}
		switch name {
		case "apt":
			names = names[:1]
		case "rpm", "dnf", "dnf5", "yum":
			names = names[1:]
		}
		for _, n := range names {
			if !slices.Contains(kinds, n) {
				kinds = append(kinds, n)
			}
		}
	}
	return kinds
}

// installed runs a command that lists packages: a plan that brings or removes one cannot know what it will say.
func installed(ctx context.Context, c *module.Call, argv ...string) (string, error) {
	out, err := c.System.Exec(ctx, node.Cmd{Argv: argv, Env: plainWords, ReadOnly: true, Brought: node.AnyPackage})
	if err == nil && out.RC != 0 {
		err = &node.CommandError{Argv: argv, Output: out}
	}
	return string(out.Stdout), err
}

// debs are the packages that dpkg has, and who publishes them as apt knows it.
func debs(ctx context.Context, c *module.Call) (*value.Dict, error) {
	text, err := installed(ctx, c, "dpkg-query", "-W", "-f", "${db:Status-Status}\t${binary:Package}\t${Version}\t${Architecture}\t${Section}\n")
	if err != nil {
		return nil, err
	}
	var rows [][]string
	var names []string
	for line := range strings.Lines(text) {
		if f := strings.Split(strings.TrimSuffix(line, "\n"), "\t"); len(f) == 5 && f[0] == "installed" {
			rows, names = append(rows, f), append(names, f[1])
		}
	}
	origins, err := originsOf(ctx, c, names)
	if err != nil {
		return nil, err
	}
	packages := value.NewDict()
	for _, f := range rows {
		name, _, _ := strings.Cut(f[1], ":")
		one := value.DictOf("name", name, "version", f[2], "arch", f[3], "category", f[4], "origin", origins[f[1]], "source", "apt")
		if l, ok := packages.At(name).(*value.List); ok {
			l.Append(one)
			continue
		}
		packages.Set(name, value.NewList(one))
	}
	return packages, nil
}

// originsOf tells who publishes the installed version of each package, "" where no repository has it.
func originsOf(ctx context.Context, c *module.Call, names []string) (map[string]string, error) {
	sources, err := learned(ctx, c, "apt-cache", "policy")
	if errors.Is(err, exec.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	publishers, place := map[string]string{}, ""
	for line := range strings.Lines(sources) {
		line = strings.TrimSpace(line)
		if facts, ok := strings.CutPrefix(line, "release "); ok {
			for fact := range strings.SplitSeq(facts, ",") {
				if who, ok := strings.CutPrefix(fact, "o="); ok {
					publishers[place] = who
				}
			}
		} else if _, after, ok := strings.Cut(line, " "); ok {
			place = after
		}
	}
	versions, err := learned(ctx, c, append([]string{"apt-cache", "policy"}, names...)...)
	if err != nil {
		return nil, err
	}
	return publishersOf(versions, publishers), nil
}

// publishersOf reads the tables of versions that apt-cache policy prints.
func publishersOf(versions string, publishers map[string]string) map[string]string {
	origins, name, here := map[string]string{}, "", false
	for line := range strings.Lines(versions) {
		text := strings.TrimSpace(line)
		switch {
		case !strings.HasPrefix(line, " "):
			name, here = strings.TrimSuffix(text, ":"), false
		case strings.HasPrefix(line, " ***"):
			here = true
		case strings.HasPrefix(line, "     ") && !strings.HasPrefix(line, "        "):
			here = false // another version
		case here:
			if _, place, ok := strings.Cut(text, " "); ok && origins[name] == "" {
				origins[name] = publishers[place]
			}
		}
	}
	return origins
}

// rpms are the packages that rpm has.
func rpms(ctx context.Context, c *module.Call) (*value.Dict, error) {
	text, err := installed(ctx, c, "rpm", "-qa", "--qf", `%{NAME}\t%{VERSION}\t%{RELEASE}\t%|EPOCH?{%{EPOCH}}:{}|\t%{ARCH}\n`)
	if err != nil {
		return nil, err
	}
	packages := value.NewDict()
	for line := range strings.Lines(text) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(f) != 5 {
			continue
		}
		one := value.DictOf("name", f[0], "version", f[1], "release", f[2], "epoch", nil, "arch", f[4], "source", "rpm")
		if f[3] != "" {
			one.Set("epoch", int64(module.Number(f[3])))
		}
		if f[4] == "(none)" { // a key
			one.Set("arch", nil)
		}
		if l, ok := packages.At(f[0]).(*value.List); ok {
			l.Append(one)
			continue
		}
		packages.Set(f[0], value.NewList(one))
	}
	return packages, nil
}
