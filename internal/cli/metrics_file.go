package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// writeMetrics makes a file for the textfile collector, which reads it at any time: it appears whole. Others may read it.
func writeMetrics(path, text string) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".pig-*")
	if err != nil {
		return fmt.Errorf("cannot write the metrics: %w", err)
	}
	_, err = f.WriteString(text)
	err = errors.Join(err, f.Chmod(0o644), f.Close()) //nolint:gosec // another account's exporter reads it
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return fmt.Errorf("cannot write the metrics: %w", err)
	}
	return nil
}
