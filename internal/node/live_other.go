//go:build !linux

package node

import (
	"fmt"
	"runtime"
)

// Live is the machine that this process runs on. It takes no task: pig acts on Linux only, and plans from anywhere.
type Live struct{}

// NewLive is the machine itself.
func NewLive() *Live { return &Live{} }

// For refuses the task.
func (*Live) For(Task) (System, error) {
	return nil, fmt.Errorf("cannot run tasks on this machine: pig acts on Linux, and this is %s", runtime.GOOS)
}
