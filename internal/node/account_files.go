//go:build linux

package node

import (
	"os"
	"sync"
	"syscall"
	"time"
)

// accountFile is /etc/passwd or one of its kin as it was read last. A walk through a tree asks for the same few names at each
// step, and a look at the file's times is much cheaper than reading it.
type accountFile struct {
	stamp time.Time
	size  int64
	inode uint64
	text  []byte
}

// accountFiles are those of this machine. Account tools put a new file in place of the old one, so that its inode is another.
var accountFiles = struct {
	mu     sync.Mutex
	byPath map[string]accountFile
}{byPath: map[string]accountFile{}}

func readAccountFile(path string) ([]byte, error) {
	i, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	inode := uint64(0)
	if st, ok := i.Sys().(*syscall.Stat_t); ok {
		inode = st.Ino
	}
	accountFiles.mu.Lock()
	defer accountFiles.mu.Unlock()
	if f, ok := accountFiles.byPath[path]; ok && f.stamp.Equal(i.ModTime()) && f.size == i.Size() && f.inode == inode {
		return f.text, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	accountFiles.byPath[path] = accountFile{i.ModTime(), i.Size(), inode, text}
	return text, nil
}
