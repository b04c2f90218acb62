package node

import (
	"bytes"
	"fmt"
)

// maxCaptured bounds what is kept of a command's output; the command itself runs on.
const maxCaptured = 8 << 20

// captured keeps the beginning of what is written to it, and says at its end how much was cut.
type captured struct {
	buf bytes.Buffer
	cut int64
}

func (c *captured) Write(p []byte) (int, error) {
	keep := min(len(p), maxCaptured-c.buf.Len())
	c.buf.Write(p[:keep])
	c.cut += int64(len(p) - keep)
	return len(p), nil
}

// Bytes is what was kept.
func (c *captured) Bytes() []byte {
	if c.cut > 0 {
		return fmt.Appendf(c.buf.Bytes(), "\n[pig: the output was cut here: %d bytes more]\n", c.cut)
	}
	return c.buf.Bytes()
}
