package cli

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"pig/internal/repository"
	"pig/internal/value"
)

func (a *app) repo() *cobra.Command {
	c := &cobra.Command{
		Use:   "repo",
		Short: "The environment's package repository",
		Long: `The package repository that all nodes install from.

  pig repo build                 on the infra nodes, from the upstream repositories of repo_upstream
  pig repo bundle pigsty.tgz     bring it here as one file
  pig repo verify pigsty.tgz     is the file whole?
  pig repo load pigsty.tgz       on the infra nodes, from that file: an installation without a network

` + exitHelp,
	}
	c.AddCommand(a.repoBuild(), a.repoBundle(), a.repoVerify(), a.repoLoad())
	return c
}

func (a *app) repoBuild() *cobra.Command {
	o := &runOptions{}
	c := &cobra.Command{
		Use: "build", Short: "Build the repository from upstream", Args: cobra.NoArgs,
		Long: "Fetch the packages of repo_packages and repo_extra_packages, and all that they need, from the upstream repositories that\nrepo_upstream declares for repo_modules. What is there in its newest version stays.\n\n  pig repo build\n\n" + exitHelp,
		RunE: func(c *cobra.Command, _ []string) error {
			o.extraVars = append(o.extraVars, `{"repo_build": true}`)
			if len(o.tags) == 0 {
				o.tags = []string{"repo"}
			}
			return a.module(c.Context(), o, "infra", "infra-base")
		},
	}
	o.AddFlags(c.Flags())
	return c
}

func (a *app) repoBundle() *cobra.Command {
	o := &runOptions{}
	c := &cobra.Command{
		Use: "bundle FILE", Short: "Bring the repository here as one file", Args: cobra.ExactArgs(1),
		Long: "Pack the repository of the first infra node into one file on this machine, and verify it.\n\n  pig repo bundle pigsty-debian13.tgz\n\n" + exitHelp,
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
	if err := a.module(ctx, o, "infra", "repo-bundle"); err != nil || o.check {
		return err
	}
	return a.verifyBundle(full)
}

func (a *app) repoLoad() *cobra.Command {
	o := &runOptions{}
	c := &cobra.Command{
		Use: "load FILE", Short: "Fill the repository from a file", Args: cobra.ExactArgs(1),
		Long: "Verify a bundle, copy it to the infra nodes, and make their repository of it.\n\n  pig repo load pigsty-debian13.tgz\n\n" + exitHelp,
		RunE: func(c *cobra.Command, args []string) error {
			if err := a.verifyBundle(args[0]); err != nil {
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
			return a.module(c.Context(), o, "infra", "infra-base")
		},
	}
	o.AddFlags(c.Flags())
	return c
}

func (a *app) repoVerify() *cobra.Command {
	return &cobra.Command{
		Use: "verify FILE", Short: "Tell whether a bundle is whole", Args: cobra.ExactArgs(1),
		Long: "Hold every package of a bundle against the bundle's index. No node is asked.\n\n  pig repo verify pigsty-debian13.tgz\n\n" + exitHelp,
		RunE: func(_ *cobra.Command, args []string) error { return a.verifyBundle(args[0]) },
	}
}

func (a *app) verifyBundle(file string) error {
	index, files, err := readBundle(file)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if wrong := repository.Verify(index, files); len(wrong) > 0 {
		return fmt.Errorf("%s is not whole:\n  %s", file, strings.Join(wrong, "\n  "))
	}
	var bytes int64
	for _, e := range index {
		bytes += e.Size
	}
	_, err = fmt.Fprintf(a.out, "%s: %d packages, %d MB, as its index says\n", file, len(index), bytes>>20)
	return err
}

// readBundle reads a bundle once: its index, and what its files really are.
func readBundle(file string) ([]repository.Entry, map[string]repository.File, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, nil, fmt.Errorf("it is no bundle: %w", err)
	}
	var index string
	files := map[string]repository.File{}
	for t := tar.NewReader(z); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, err
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		name := path.Base(h.Name)
		sum := sha256.New()
		var w io.Writer = sum
		var text strings.Builder
		if name == "Packages" {
			w = &text
		}
		n, err := io.Copy(w, t) //nolint:gosec // a bundle is as large as it is; nothing of it is kept in memory but the index
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", name, err)
		}
		if name == "Packages" {
			index = text.String()
		}
		files[name] = repository.File{Size: n, SHA256: hex.EncodeToString(sum.Sum(nil))}
	}
	if index == "" {
		return nil, nil, errors.New("it is no bundle: it has no index")
	}
	entries, err := repository.Parse(index)
	return entries, files, err
}
