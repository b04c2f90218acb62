package builtin

import (
	"crypto/sha256"
	"encoding/hex"
	"sync"
)

// programs are modules that the controller sent, by the digests of their texts: a loop, or the next task with the same module, sends none again.
type programs struct {
	mu   sync.Mutex
	all  map[string]string
	size int
}

// mostPrograms bounds what is kept in memory.
const mostPrograms = 64 << 20

// take is the program of that digest: content, or what was sent before; false if there is none.
func (p *programs) take(digest, content string) (string, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if content == "" {
		kept, ok := p.all[digest]
		return kept, ok
	}
	sum := sha256.Sum256([]byte(content))
	if hex.EncodeToString(sum[:]) != digest || p.size+len(content) > mostPrograms {
		return content, true
	}
	if _, ok := p.all[digest]; !ok {
		if p.all == nil {
			p.all = map[string]string{}
		}
		p.all[digest] = content
		p.size += len(content)
	}
	return content, true
}
