package filters

import (
	"errors"
	"os"
	"syscall"
)

// device is the number of the device that a file is on.
func device(path string) (uint64, error) {
	st, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	sys, ok := st.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, errors.New("the device of a file cannot be told here")
	}
	return uint64(sys.Dev), nil //nolint:unconvert // the number is an int32 on darwin
}
