package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"pig/internal/repository"
	"pig/internal/value"
)

func (a *app) repoAdd() *cobra.Command {
	o := &runOptions{}
	c := &cobra.Command{
		Use: "add FILE.deb ...", Short: "Add packages of files to the repository", Args: cobra.MinimumNArgs(1),
		Long: `Copy Debian packages from this machine to the repository of the infra hosts, and sign the index again.

  pig repo add postgresql-17-citus_13.2.2-1_amd64.deb
  pig repo add dist/*.deb --check

A file that is not a Debian package, that is for another architecture, or that is in the repository in the same version
with other contents, is refused before anything changes.

` + exitHelp,
		RunE: func(c *cobra.Command, args []string) error { return a.addPackages(c.Context(), o, args) },
	}
	o.AddFlags(c.Flags())
	return c
}

func (a *app) addPackages(ctx context.Context, o *runOptions, names []string) error {
	files := value.NewList()
	seen := map[string]bool{}
	for _, name := range names {
		f, err := readPackage(name)
		if err != nil {
			return err
		}
		if sum := value.Str(f.At("sha256")); !seen[sum] {
			seen[sum] = true
			files.Append(f)
		}
	}
	o.extraVars = append(o.extraVars, string(value.PlainJSON(value.DictOf("incoming_packages", files))))
	return a.onRepositoryHosts(ctx, o, addToRepository)
}

// readPackage is what there is to know of a file before a host has looked at it: path, sha256 and size.
func readPackage(name string) (*value.Dict, error) {
	f, err := os.Open(name)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("package %q not found", name)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read package %q: %w", name, err)
	}
	defer f.Close()
	i, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("cannot read package %q: %w", name, err)
	}
	if !i.Mode().IsRegular() {
		return nil, fmt.Errorf("invalid package %q: want a file", name)
	}
	if err := repository.CheckArchive(f, i.Size()); err != nil {
		return nil, fmt.Errorf("invalid package %q: %w", name, err)
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, io.NewSectionReader(f, 0, i.Size())); err != nil {
		return nil, fmt.Errorf("cannot read package %q: %w", name, err)
	}
	full, err := filepath.Abs(name)
	return value.DictOf("path", full, "sha256", hex.EncodeToString(sum.Sum(nil)), "size", i.Size()), err
}
