package cli

import (
	"archive/tar"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"pig/internal/openpgp"
	"pig/internal/repository"
)

func (a *app) repoVerify() *cobra.Command {
	by := ""
	c := &cobra.Command{
		Use: "verify FILE", Short: "Verify a bundle of packages", Args: cobra.ExactArgs(1),
		Long: "Compare every package of a bundle with the index of the bundle. No host is asked.\n\n  pig repo verify pigsty-debian13.tgz\n  pig repo verify pigsty-debian13.tgz --signed-by FINGERPRINT\n\n" + exitHelp,
		RunE: func(_ *cobra.Command, args []string) error { return a.verifyBundle(args[0], by) },
	}
	signedByFlag(c, &by)
	return c
}

// signedByFlag adds the flag of the key that a bundle has to be signed by.
func signedByFlag(c *cobra.Command, by *string) {
	c.Flags().StringVar(by, "signed-by", "", "fingerprint of the key that the bundle must be signed by")
}

func (a *app) verifyBundle(file, by string) error {
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
	if by = strings.ReplaceAll(by, " ", ""); by != "" && !strings.EqualFold("signed by "+by, signer) {
		return fmt.Errorf("invalid bundle %q: %s: want the key %s", file, signer, by)
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
		if h.Typeflag == tar.TypeDir {
			continue
		}
		name := path.Clean(h.Name)
		if h.Typeflag != tar.TypeReg || strings.Contains(name, "/") {
			return b, fmt.Errorf("invalid bundle %q: %s: want regular files without directories and links", file, h.Name)
		}
		if _, twice := b.files[name]; twice {
			return b, fmt.Errorf("invalid bundle %q: two files %s", file, name)
		}
		sum := sha256.New()
		var w io.Writer = sum
		var text strings.Builder
		if slices.Contains(bundleTexts, name) {
			w = &text
		}
		n, err := io.Copy(w, t) //nolint:gosec // a bundle is as large as it is; nothing of it is kept in memory but the index
		if err != nil {
			if errors.Is(err, io.ErrUnexpectedEOF) {
				return b, fmt.Errorf("invalid bundle %q: the file was cut off", file)
			}
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
