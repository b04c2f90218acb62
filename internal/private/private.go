// Package private writes files as a whole, most of them for their owner alone, and tells which secrets others can read.
package private

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Write makes path a file of mode 0600 that holds content. A file that was there is replaced as a whole, so that its mode and
// owner do not matter; a link or a device is refused.
func Write(path string, content []byte) error {
	if was, err := os.Lstat(path); err == nil && !was.Mode().IsRegular() {
		return fmt.Errorf("invalid file name %q: not a regular file", path)
	}
	return Replace(path, content, 0o600)
}

// Replace makes path a file of a mode that holds content. Who reads it meanwhile finds the old content or the new one.
func Replace(path string, content []byte, mode os.FileMode) error {
	return whole(path, content, mode, os.Rename)
}

// Create is Replace for a file that is not there yet; one that is there is an fs.ErrExist.
func Create(path string, content []byte, mode os.FileMode) error {
	return whole(path, content, mode, os.Link)
}

// whole writes a file beside path, and puts it there once it is on the disk.
func whole(path string, content []byte, mode os.FileMode, put func(from, to string) error) error {
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*") // mode 0600, and no file of somebody else's
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(file.Name()) }() // renamed, it is there no more
	_, err = file.Write(content)
	if err := errors.Join(err, file.Chmod(mode), file.Sync(), file.Close()); err != nil {
		return err
	}
	return put(file.Name(), path)
}
