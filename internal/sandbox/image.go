//go:build linux

package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// image is what a node boots from: directories for the overlay, the uppermost first.
type image struct {
	ID    string   `json:"id"` // such as debian13/base-0123456789ab
	Lower []string `json:"lower"`
}

// kind is the image without its recipe, such as debian13/base.
func (i image) kind() string {
	k, _, _ := strings.Cut(i.ID, "-")
	return k
}

// loadImage and saveImage keep beside each node's disk what the disk was made on. It outlives the list of nodes.
func loadImage(path string) (image, error) {
	var i image
	raw, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(raw, &i)
	}
	if err != nil {
		return i, fmt.Errorf("cannot read the image of a node: %w", err)
	}
	return i, nil
}

func saveImage(path string, i image) error {
	raw, err := json.Marshal(i)
	if err == nil {
		err = writeFile(path, append(raw, '\n'), 0o644)
	}
	if err != nil {
		return fmt.Errorf("cannot record the image of a node: %w", err)
	}
	return nil
}

// images is the cache of one system's images. An image is a directory "<kind>-<recipe>"; it appears by a rename when it
// is complete, and its name says what it was made from, so it is never wrong and never stale.
type images struct {
	system string
	dir    string // <cache>/<system>
	say    func(string)
}

func newImages(cache, system string, say func(string)) images {
	return images{system: system, dir: filepath.Join(cache, system), say: say}
}

// base is the bare system.
func (m images) base(ctx context.Context) (image, error) {
	names, err := packages(m.system, "base")
	if err != nil {
		return image{}, err
	}
	id := "base-" + recipeID(baseScript, append([]string{suite(m.system)}, names...)...)
	err = m.ensure(ctx, id, func(tmp string) error {
		mirror, err := findMirror()
		if err != nil {
			return err
		}
		return m.build(ctx, "base", baseScript, append([]string{tmp, suite(m.system), mirror}, names...))
	})
	return image{ID: m.system + "/" + id, Lower: []string{filepath.Join(m.dir, id, "rootfs")}}, err
}

// repo is a directory of packages with an index, as Pigsty's offline installation has it.
func (m images) repo(ctx context.Context, base image) (string, error) {
	prepared, err := packages(m.system, "prepared")
	if err != nil {
		return "", err
	}
	extra, err := packages(m.system, "repo")
	if err != nil {
		return "", err
	}
	names := append(prepared, extra...)
	id := "repo-" + recipeID(repoScript, append([]string{base.ID}, names...)...)
	err = m.ensure(ctx, id, func(tmp string) error {
		if err := m.build(ctx, "repo", repoScript, append([]string{tmp, base.Lower[0]}, names...)); err != nil {
			return err
		}
		return indexRepo(tmp)
	})
	return filepath.Join(m.dir, id), err
}

// prepared is the base with the stack installed.
func (m images) prepared(ctx context.Context, base image, repo string) (image, error) {
	names, err := packages(m.system, "prepared")
	if err != nil {
		return image{}, err
	}
	id := "prepared-" + recipeID(preparedScript, append([]string{base.ID, filepath.Base(repo)}, names...)...)
	err = m.ensure(ctx, id, func(tmp string) error {
		index, err := os.MkdirTemp(m.dir, "index-*")
		if err != nil {
			return err
		}
		defer os.RemoveAll(index)
		if err := signedIndex(repo, index, time.Now()); err != nil {
			return err
		}
		return m.build(ctx, "prepared", preparedScript, append([]string{tmp, base.Lower[0], repo, index}, names...))
	})
	return image{
		ID:    m.system + "/" + id,
		Lower: append([]string{filepath.Join(m.dir, id, "upper")}, base.Lower...),
	}, err
}

// ensure makes an image unless it is there. One builder works per system; others wait and find it done.
func (m images) ensure(ctx context.Context, id string, make func(tmp string) error) error {
	final := filepath.Join(m.dir, id)
	if _, err := os.Stat(final); err == nil {
		return nil
	}
	if err := os.MkdirAll(m.dir, 0o755); err != nil {
		return fmt.Errorf("cannot create the image cache: %w", err)
	}
	lock, err := lockFile(ctx, filepath.Join(m.dir, ".lock"), "the images of "+m.system)
	if err != nil {
		return err
	}
	defer lock.release()
	if _, err := os.Stat(final); err == nil {
		return nil
	}
	if err := m.sweep(); err != nil {
		return err
	}
	began := time.Now()
	tmp, err := os.MkdirTemp(m.dir, ".tmp-")
	if err != nil {
		return fmt.Errorf("cannot build %s: %w", id, err)
	}
	defer os.RemoveAll(tmp) // after the rename there is nothing left to remove
	if err := os.Chmod(tmp, 0o755); err != nil {
		return fmt.Errorf("cannot build %s: %w", id, err)
	}
	if err := make(tmp); err != nil {
		return fmt.Errorf("cannot build %s/%s: %w", m.system, id, err)
	}
	if err := os.Rename(tmp, final); err != nil {
		return fmt.Errorf("cannot build %s: %w", id, err)
	}
	m.say(fmt.Sprintf("built %s/%s in %s", m.system, id, time.Since(began).Round(time.Second)))
	return m.prune(id)
}

// sweep removes what a builder left that was killed. Nobody else builds: the caller holds the lock.
func (m images) sweep() error {
	left, err := filepath.Glob(filepath.Join(m.dir, ".tmp-*"))
	if err != nil {
		return err
	}
	for _, d := range left {
		if err := os.RemoveAll(d); err != nil {
			return fmt.Errorf("cannot remove an incomplete image: %w", err)
		}
	}
	return nil
}

// prune removes earlier images of the same kind that no node was made from.
func (m images) prune(id string) error {
	kind, _, _ := strings.Cut(id, "-")
	others, err := filepath.Glob(filepath.Join(m.dir, kind+"-*"))
	if err != nil {
		return err
	}
	for _, d := range others {
		if filepath.Base(d) == id || strings.HasSuffix(d, ".log") || inUse(d) {
			continue
		}
		if err := os.RemoveAll(d); err != nil {
			return fmt.Errorf("cannot remove the old image %s: %w", d, err)
		}
	}
	return nil
}

// lease notes that a node's disk is made from an image; it ends when the node's directory goes.
func lease(imageDir, nodeDir string) error {
	users := filepath.Join(imageDir, ".users")
	if err := os.MkdirAll(users, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(users, strings.ReplaceAll(nodeDir, "/", "%")), []byte(nodeDir), 0o644)
}

func inUse(imageDir string) bool {
	notes, _ := filepath.Glob(filepath.Join(imageDir, ".users", "*"))
	for _, n := range notes {
		dir, err := os.ReadFile(n)
		if err != nil {
			return true // cannot tell
		}
		if _, err := os.Stat(string(dir)); err == nil {
			return true
		}
		_ = os.Remove(n)
	}
	return false
}
