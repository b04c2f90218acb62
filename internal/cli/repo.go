package cli

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/spf13/cobra"

	"pig/internal/product"
	"pig/internal/value"
)

func (a *app) repo() *cobra.Command {
	c := &cobra.Command{
		Use:   "repo",
		Short: "Manage the package repository of the environment",
		Long: `Manage the package repository that all hosts install from.

  pig repo build                 build on the infra hosts, from repo_upstream
  pig repo add citus.deb         add packages of your own
  pig repo list                  packages of the repository, and files that the index does not have
  pig repo bundle pigsty.tgz     copy the repository into one file
  pig repo verify pigsty.tgz     verify that file
  pig repo load pigsty.tgz       load on the infra hosts, from that file: for hosts without internet

` + exitHelp,
	}
	c.AddCommand(a.repoBuild(), a.repoAdd(), a.repoList(), a.repoBundle(), a.repoVerify(), a.repoLoad())
	return c
}

func (a *app) repoBuild() *cobra.Command {
	o := &runOptions{}
	c := &cobra.Command{
		Use: "build", Short: "Build the repository from the upstream repositories", Args: cobra.NoArgs,
		Long: "Download the packages of repo_packages and repo_extra_packages, and their dependencies, from the repositories of\nrepo_upstream that repo_modules selects. Packages that are up to date stay.\n\n  pig repo build\n\n" + exitHelp,
		RunE: func(c *cobra.Command, _ []string) error {
			o.extraVars = append(o.extraVars, `{"repo_build": true}`)
			if len(o.tags) == 0 {
				o.tags = []string{"repo"}
			}
			return a.onRepositoryHosts(c.Context(), o, buildRepository)
		},
	}
	o.AddFlags(c.Flags())
	return c
}

func (a *app) repoBundle() *cobra.Command {
	o := &runOptions{}
	c := &cobra.Command{
		Use: "bundle FILE", Short: "Copy the repository into one file", Args: cobra.ExactArgs(1),
		Long: "Pack the repository of the first infra host into one file on this machine, and verify the file.\n\n  pig repo bundle pigsty-debian13.tgz\n\n" + exitHelp,
		RunE: func(c *cobra.Command, args []string) error { return a.bundle(c.Context(), o, args[0]) },
	}
	o.AddFlags(c.Flags())
	return c
}

func (a *app) bundle(ctx context.Context, o *runOptions, file string) error {
	full, err := filepath.Abs(file)
	if err != nil {
		return err
	}
	o.extraVars = append(o.extraVars, string(value.PlainJSON(value.DictOf("repo_bundle", full))))
	if err := a.onRepositoryHosts(ctx, o, bundleRepository); err != nil || o.check {
		return err
	}
	return a.verifyBundle(full, "")
}

func buildRepository(p product.RepositoryPlaybooks) string { return p.Build }

func bundleRepository(p product.RepositoryPlaybooks) string { return p.Bundle }

func addToRepository(p product.RepositoryPlaybooks) string { return p.Add }

// onRepositoryHosts runs a playbook on the hosts with the repository that -l leaves.
func (a *app) onRepositoryHosts(ctx context.Context, o *runOptions, playbook func(product.RepositoryPlaybooks) string) error {
	r, err := a.openRepository(ctx, o)
	if err != nil {
		return err
	}
	defer r.close()
	_, err = r.runPlaybook(ctx, r.packager.Name(), playbook(r.packager.RepositoryPlaybooks()), r.hosts)
	return err
}

// repositorySession is a session with the hosts that have the repository.
type repositorySession struct {
	*session
	env      *product.Environment
	packager product.Packager
	hosts    []string // that -l leaves
}

func (a *app) openRepository(ctx context.Context, o *runOptions) (*repositorySession, error) {
	packager := product.PackagerOf(a.Products)
	if packager == nil {
		return nil, errors.New("this build of pig has no product with a package repository")
	}
	s, env, err := a.openEnvironment(ctx, o)
	if err != nil {
		return nil, err
	}
	hosts, err := product.ModuleHosts(&work{session: s, env: env}, packager.Name())
	if err != nil {
		s.close()
		return nil, err
	}
	return &repositorySession{s, env, packager, hosts}, nil
}

func (a *app) repoLoad() *cobra.Command {
	o := &runOptions{}
	by := ""
	c := &cobra.Command{
		Use: "load FILE", Short: "Load the repository from a file", Args: cobra.ExactArgs(1),
		Long: "Verify a bundle, copy it to the infra hosts, and create their repository from the bundle.\n\n  pig repo load pigsty-debian13.tgz\n\n" + exitHelp,
		RunE: func(c *cobra.Command, args []string) error {
			if err := a.verifyBundle(args[0], by); err != nil {
				return err
			}
			full, err := filepath.Abs(args[0])
			if err != nil {
				return err
			}
			o.extraVars = append(o.extraVars, string(value.PlainJSON(value.DictOf("repo_bundle", full, "repo_build", true))))
			if len(o.tags) == 0 {
				o.tags = []string{"ca", "repo"}
			}
			return a.onRepositoryHosts(c.Context(), o, buildRepository)
		},
	}
	o.AddFlags(c.Flags())
	signedByFlag(c, &by)
	return c
}
