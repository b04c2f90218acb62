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
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"pig/internal/openpgp"
	"pig/internal/product"
	"pig/internal/repository"
	"pig/internal/value"
)

func (a *app) repo() *cobra.Command {
	c := &cobra.Command{
		Use:   "repo",
		Short: "Manage the package repository of the environment",
		Long: `Manage the package repository that all hosts install from.

  pig repo build                 build on the infra hosts, from repo_upstream
  pig repo bundle pigsty.tgz     copy the repository into one file
  pig repo verify pigsty.tgz     verify that file
  pig repo load pigsty.tgz       load on the infra hosts, from that file: for hosts without internet

` + exitHelp,
	}
	c.AddCommand(a.repoBuild(), a.repoBundle(), a.repoVerify(), a.repoLoad())
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
	return a.verifyBundle(full)
}

func buildRepository(p product.Packager) string {
	build, _ := p.RepositoryPlaybooks()
	return build
}

func bundleRepository(p product.Packager) string {
	_, bundle := p.RepositoryPlaybooks()
	return bundle
}

// onRepositoryHosts runs a playbook on the hosts with the repository that -l leaves.
func (a *app) onRepositoryHosts(ctx context.Context, o *runOptions, playbook func(product.Packager) string) error {
	packager := product.PackagerOf(a.Products)
	if packager == nil {
		return errors.New("this build of pig has no product with a package repository")
	}
	s, env, err := a.openEnvironment(ctx, o)
	if err != nil {
		return err
	}
	defer s.close()
	hosts, err := product.ModuleHosts(&work{session: s, env: env}, packager.Name())
	if err != nil {
		return err
	}
	return s.runPlaybook(ctx, packager.Name(), playbook(packager), hosts)
}

func (a *app) repoLoad() *cobra.Command {
	o := &runOptions{}
	c := &cobra.Command{
		Use: "load FILE", Short: "Load the repository from a file", Args: cobra.ExactArgs(1),
		Long: "Verify a bundle, copy it to the infra hosts, and create their repository from the bundle.\n\n  pig repo load pigsty-debian13.tgz\n\n" + exitHelp,
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
			return a.onRepositoryHosts(c.Context(), o, buildRepository)
		},
	}
	o.AddFlags(c.Flags())
	return c
}

func (a *app) repoVerify() *cobra.Command {
	return &cobra.Command{
		Use: "verify FILE", Short: "Verify a bundle of packages", Args: cobra.ExactArgs(1),
		Long: "Compare every package of a bundle with the index of the bundle. No host is asked.\n\n  pig repo verify pigsty-debian13.tgz\n\n" + exitHelp,
		RunE: func(_ *cobra.Command, args []string) error { return a.verifyBundle(args[0]) },
	}
}

func (a *app) verifyBundle(file string) error {
	b, err := readBundle(file)
	if err != nil {
		return err
	}
	index, err := repository.Parse(b.texts["Packages"])
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	signer, err := b.signer()
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if wrong := repository.Verify(index, b.files); len(wrong) > 0 {
		return fmt.Errorf("invalid bundle %q:\n  %s", file, strings.Join(wrong, "\n  "))
	}
	var bytes int64
	for _, e := range index {
		bytes += e.Size
	}
	_, err = fmt.Fprintf(a.out, "%s: %d packages, %d MB, as listed in the index; %s\n", file, len(index), bytes>>20, signer)
	return err
}

// bundle is what a file of packages holds.
type bundle struct {
	files map[string]repository.File
	texts map[string]string // the index and its signature
}

// bundleTexts are the files of a bundle that are read whole.
var bundleTexts = []string{"Packages", "InRelease", "key.asc"}

// signer tells by whose key the index is signed; a signature that does not fit is an error. Whether the key is the right one, its fingerprint says.
func (b bundle) signer() (string, error) {
	message, armored := b.texts["InRelease"], b.texts["key.asc"]
	if message == "" || armored == "" {
		return "not signed", nil
	}
	pub, err := openpgp.ParsePublicKey(armored)
	if err != nil {
		return "", fmt.Errorf("key.asc: %w", err)
	}
	release, err := openpgp.Verify(pub, message)
	if err != nil {
		return "", fmt.Errorf("InRelease: %w", err)
	}
	if !repository.Lists(release, "Packages", []byte(b.texts["Packages"])) {
		return "", errors.New("the signature is not for this index")
	}
	return "signed by " + openpgp.Fingerprint(pub), nil
}

// readBundle reads a bundle once: its index, and what its files really are.
func readBundle(file string) (bundle, error) {
	b := bundle{map[string]repository.File{}, map[string]string{}}
	f, err := os.Open(file)
	if errors.Is(err, os.ErrNotExist) {
		return b, fmt.Errorf("bundle %s not found", file)
	}
	if err != nil {
		return b, fmt.Errorf("cannot read the bundle: %w", err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	switch {
	case errors.Is(err, io.EOF):
		return b, fmt.Errorf("invalid bundle %q: the file is empty", file)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return b, fmt.Errorf("invalid bundle %q: the file was cut off", file)
	case err != nil:
		return b, fmt.Errorf("invalid bundle %q: not a gzip file: pig repo bundle writes one", file)
	}
	for t := tar.NewReader(z); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return b, fmt.Errorf("invalid bundle %q: the file was cut off", file)
		}
		if err != nil {
			return b, fmt.Errorf("invalid bundle %q: %w", file, err)
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		name := path.Base(h.Name)
		sum := sha256.New()
		var w io.Writer = sum
		var text strings.Builder
		if slices.Contains(bundleTexts, name) {
			w = &text
		}
		n, err := io.Copy(w, t) //nolint:gosec // a bundle is as large as it is; nothing of it is kept in memory but the index
		if err != nil {
			return b, fmt.Errorf("invalid bundle %q: %s: %w", file, name, err)
		}
		if w != sum {
			b.texts[name] = text.String()
		}
		b.files[name] = repository.File{Size: n, SHA256: hex.EncodeToString(sum.Sum(nil))}
	}
	if b.texts["Packages"] == "" {
		return b, fmt.Errorf("invalid bundle %q: no file Packages in it", file)
	}
	return b, nil
}
