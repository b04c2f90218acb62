// Package private writes files that only their owner may read.
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
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*") // mode 0600, and no file of somebody else's
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if err = errors.Join(err, file.Sync(), file.Close()); err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		_ = os.Remove(file.Name())
	}
	return err
}
