package builtin

import (
	"context"
	"path/filepath"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// step is a command of git, in a directory; optional ones may fail.
type step struct {
	dir      string
	words    []string
	optional bool
}

// cloneSteps make the clone.
func (g *clone) cloneSteps() []step {
	words := append([]string{"clone"}, g.depth()...)
	remote := g.Args.String("remote")
	switch branch := g.version != "HEAD" && !commitID.MatchString(g.version); {
	case g.Args.Bool("bare"):
		words = append(words, "--bare")
	default:
		words = append(words, "--origin", remote)
		if branch && (len(g.depth()) > 0 || g.Args.Bool("single_branch")) {
			words = append(words, "--branch", g.version)
		}
	}
	if g.Args.Bool("single_branch") {
		words = append(words, "--single-branch")
	}
	if from := g.Args.String("reference"); from != "" {
		words = append(words, "--reference", from)
	}
	if dir := g.Args.String("separate_git_dir"); dir != "" {
		words = append(words, "--separate-git-dir="+dir)
	}
	steps := []step{{words: append(words, g.repo, g.dest)}}
	if spec := g.Args.String("refspec"); spec != "" {
		steps = append(steps, step{dir: g.dest, words: append(append([]string{"fetch"}, g.depth()...), remote, spec)})
	}
	return append(steps, g.checkout()...)
}

// updateSteps bring the clone to the version.
func (g *clone) updateSteps(dirty bool, moved string) (steps []step) {
	remote := g.Args.String("remote")
	if dirty {
		steps = append(steps, step{dir: g.dest, words: []string{"reset", "--hard", "HEAD"}})
	}
	if moved != "" {
		steps = append(steps, step{dir: g.dest, words: []string{"remote", "add", remote, moved}, optional: true}, step{dir: g.dest, words: []string{"remote", "set-url", remote, moved}})
	}
	fetch := append(append([]string{"fetch"}, g.depth()...), "--tags", "--force", remote)
	switch {
	case g.Args.Bool("bare"):
		fetch = append(fetch, "+refs/heads/*:refs/heads/*")
	case commitID.MatchString(g.version) && len(g.depth()) > 0:
		fetch = append(fetch, g.version)
	default:
		fetch = append(fetch, "+refs/heads/*:refs/remotes/"+remote+"/*")
	}
	if spec := g.Args.String("refspec"); spec != "" {
		fetch = append(fetch, spec)
	}
	return append(append(steps, step{dir: g.dest, words: fetch}), g.checkout()...)
}

// checkout brings the files to the version: of a branch, to where it is in the repository.
func (g *clone) checkout() []step {
	if g.Args.Bool("bare") {
		return nil
	}
	remote, in := g.Args.String("remote"), func(words ...string) step { return step{dir: g.dest, words: words} }
	var steps []step
	switch {
	case g.version == "HEAD":
		steps = append(steps, step{dir: g.dest, words: []string{"remote", "set-head", remote, "--auto"}, optional: true}, in("reset", "--hard", remote+"/HEAD", "--"))
	case commitID.MatchString(g.version):
		steps = append(steps, in("checkout", "--force", g.version))
	default:
		steps = append(steps, in("checkout", "--force", g.version), step{dir: g.dest, words: []string{"reset", "--hard", remote + "/" + g.version, "--"}, optional: true})
	}
	if g.Args.Bool("recursive") {
		steps = append(steps, in("submodule", "sync", "--recursive"), in("submodule", "update", "--init", "--recursive"))
	}
	return steps
}

// change takes the steps. A plan takes none, and says what it cannot look into any more.
func (g *clone) change(action string, steps []step, result *value.Dict) error {
	after := value.Str(result.At("after"))
	change := node.Change{Kind: "git", ID: g.dest, Action: action, Makes: map[string]string{"commit of " + g.dest: after}}
	if before := result.At("before"); before != nil {
		change.Attrs = []node.Attr{{Name: "commit", Before: value.Str(before), After: after}}
	}
	if err := mkdirAll(g.Call, filepath.Dir(g.dest), node.Attrs{}); err != nil {
		return err
	}
	for _, s := range steps {
		out, err := g.Scratch.Exec(g.ctx, node.Cmd{Argv: g.argv(s.words...), Dir: s.dir, Env: g.env, Umask: g.umask})
		if isUnknown(err) { // what is planned
			break
		}
		if err != nil {
			return err
		}
		if out.RC != 0 && !s.optional {
			return &module.Failure{Msg: "git " + s.words[0] + ": " + strings.TrimSpace(string(out.Stderr)), Values: outputOf(out)}
		}
	}
	return g.System.Do(g.ctx, change, func(context.Context) error {
		now, err := g.headNow()
		result.Set("after", now)
		return err
	})
}

// headNow is what was checked out.
func (g *clone) headNow() (string, error) {
	out, err := g.ask(g.dest, "rev-parse", "HEAD")
	return strings.TrimSpace(string(out.Stdout)), err
}
