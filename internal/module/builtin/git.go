package builtin

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"strconv"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// gitModule keeps a clone of a repository at a version.
func gitModule() module.Module {
	return module.Module{
		Name: "git",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "repo", Required: true, Aliases: []string{"name"}}, {Name: "dest", Type: module.Path, Required: true}, {Name: "version", Default: "HEAD"}, {Name: "remote", Default: "origin"},
			{Name: "clone", Type: module.Bool, Default: true}, {Name: "update", Type: module.Bool, Default: true}, {Name: "force", Type: module.Bool},
			{Name: "depth", Type: module.Int}, {Name: "single_branch", Type: module.Bool}, {Name: "recursive", Type: module.Bool, Default: true}, {Name: "bare", Type: module.Bool}, {Name: "refspec"},
			{Name: "executable", Type: module.Path}, {Name: "umask", Type: module.Mode}, {Name: "reference", Type: module.Path}, {Name: "separate_git_dir", Type: module.Path},
			{Name: "key_file", Type: module.Path}, {Name: "ssh_opts"}, {Name: "accept_hostkey", Type: module.Bool}, {Name: "accept_newhostkey", Type: module.Bool},
			{Name: "verify_commit", Type: module.Bool, Only: false}, {Name: "track_submodules", Type: module.Bool, Only: false},
		}, Exclusive: [][]string{{"separate_git_dir", "bare"}, {"accept_hostkey", "accept_newhostkey"}}},
		Run: runGit,
	}
}

// clone is one on its way.
type clone struct {
	*module.Call
	ctx           context.Context //nolint:containedctx // it lives as long as the call
	repo          string
	dest, version string
	env           map[string]string
	umask         int
}

func runGit(ctx context.Context, c *module.Call) (*value.Dict, error) {
	g := &clone{Call: c, ctx: ctx, dest: c.Args.String("dest"), version: c.Args.String("version"), env: maps.Clone(plainWords)}
	if err := g.prepare(); err != nil {
		return nil, err
	}
	before, err := g.head()
	if err != nil {
		return nil, err
	}
	result := value.DictOf("before", nil, "after", nil)
	if before != "" {
		result = value.DictOf("before", before, "after", before)
	}
	if before != "" && !c.Args.Bool("update") || before == "" && !c.Args.Bool("clone") && !c.Args.Bool("update") {
		return result, nil
	}
	wanted, err := g.remote()
	if err != nil {
		return nil, err
	}
	if before == "" {
		if !c.Args.Bool("clone") {
			result.Set("after", wanted)
			result.Set("changed", true)
			return result, nil
		}
		result.Set("after", wanted)
		return result, g.change("create", g.cloneSteps(), result)
	}
	dirty, err := g.tidy()
	if err != nil {
		return nil, err
	}
	moved, err := g.url()
	if err != nil {
		return nil, err
	}
	if moved != "" {
		result.Set("remote_url_changed", true)
	}
	if !dirty && moved == "" && (wanted == before || wanted == "" && strings.HasPrefix(before, g.version)) {
		return result, nil
	}
	if wanted != "" {
		result.Set("after", wanted)
	}
	return result, g.change("update", g.updateSteps(dirty, moved), result)
}

// prepare reads how git is to be called.
func (g *clone) prepare() error {
	if g.repo = g.Args.String("repo"); strings.HasPrefix(g.repo, "/") {
		g.repo = "file://" + g.repo // a path would be linked to, whatever depth says
	}
	if g.Args.Has("umask") {
		mode, err := ParseMode(g.Args.Get("umask"), node.Info{})
		if err != nil {
			return fmt.Errorf("umask: %w", err)
		}
		g.umask = int(mode)
	}
	ssh := "ssh -o BatchMode=yes"
	switch {
	case g.Args.Bool("accept_hostkey"):
		ssh += " -o StrictHostKeyChecking=no"
	case g.Args.Bool("accept_newhostkey"):
		ssh += " -o StrictHostKeyChecking=accept-new"
	}
	if opts := g.Args.String("ssh_opts"); opts != "" {
		ssh += " " + opts
	}
	if key := g.Args.String("key_file"); key != "" {
		if strings.ContainsAny(key, " '\"\\$`") {
			return fmt.Errorf("invalid key_file %q: want a path without spaces and quotes", key)
		}
		ssh += " -i " + key + " -o IdentitiesOnly=yes"
	}
	g.env["GIT_SSH_COMMAND"], g.env["GIT_TERMINAL_PROMPT"] = ssh, "0"
	return nil
}

func (g *clone) argv(words ...string) []string {
	program := g.Args.String("executable")
	if program == "" {
		program = "git"
	}
	return append([]string{program}, words...)
}

// ask runs a command of git that changes nothing, in the clone if there is one.
func (g *clone) ask(dir string, words ...string) (node.Output, error) {
	return g.System.Exec(g.ctx, node.Cmd{Argv: g.argv(words...), Dir: dir, Env: g.env, ReadOnly: true})
}

// head is the commit that is checked out, "" if there is no clone.
func (g *clone) head() (string, error) {
	if planned, ok := g.System.Foreseen("commit of " + g.dest); ok {
		return planned, nil
	}
	at := g.dest + "/.git"
	if g.Args.Bool("bare") {
		at = g.dest + "/HEAD"
	}
	i, err := g.System.Files().Stat(at, true)
	if err != nil {
		return "", err
	}
	if !i.Exists() {
		return "", nil
	}
	out, err := g.ask(g.dest, "rev-parse", "HEAD")
	if err == nil && out.RC != 0 {
		err = &node.CommandError{Argv: []string{"git rev-parse"}, Output: out}
	}
	return strings.TrimSpace(string(out.Stdout)), err
}

// commitID is a whole name of a commit.
var commitID = regexp.MustCompile(`^[0-9a-f]{40}$`)

// remote is the commit that the version is in the repository, "" for an abbreviated one.
func (g *clone) remote() (string, error) {
	if commitID.MatchString(g.version) {
		return g.version, nil
	}
	out, err := g.ask("", "ls-remote", g.repo)
	if err != nil {
		return "", err
	}
	if out.RC != 0 {
		return "", &module.Failure{Msg: "Failed to download remote objects and refs: " + strings.TrimSpace(string(out.Stderr)), Values: outputOf(out)}
	}
	refs := map[string]string{}
	for line := range strings.Lines(string(out.Stdout)) {
		if f := strings.Fields(line); len(f) == 2 {
			refs[f[1]] = f[0]
		}
	}
	for _, name := range []string{"refs/heads/" + g.version, "refs/tags/" + g.version + "^{}", "refs/tags/" + g.version, g.version} {
		if id := refs[name]; id != "" {
			return id, nil
		}
	}
	if regexp.MustCompile(`^[0-9a-f]{6,39}$`).MatchString(g.version) {
		return "", nil
	}
	return "", fmt.Errorf("Could not determine remote revision for %s", g.version) //nolint:staticcheck // Ansible's words
}

// tidy tells whether files of the clone were changed, which only force may undo.
func (g *clone) tidy() (dirty bool, err error) {
	if _, planned := g.System.Foreseen("commit of " + g.dest); planned || g.Args.Bool("bare") {
		return false, nil
	}
	out, err := g.ask(g.dest, "status", "--porcelain", "--untracked-files=no")
	if err != nil {
		return false, err
	}
	if dirty = strings.TrimSpace(string(out.Stdout)) != ""; dirty && !g.Args.Bool("force") {
		return true, fmt.Errorf("Local modifications exist in the destination: %s (force=no).", g.dest) //nolint:staticcheck,revive // Ansible's words
	}
	return dirty, nil
}

// url is the repository that the clone is to come from, "" if it does already.
func (g *clone) url() (string, error) {
	if _, planned := g.System.Foreseen("commit of " + g.dest); planned {
		return "", nil
	}
	out, err := g.ask(g.dest, "config", "--get", "remote."+g.Args.String("remote")+".url")
	if err != nil || strings.TrimSpace(string(out.Stdout)) == g.repo {
		return "", err
	}
	return g.repo, nil
}

func (g *clone) depth() []string {
	if n := g.Args.Int("depth"); n > 0 {
		return []string{"--depth", strconv.Itoa(n)}
	}
	return nil
}
