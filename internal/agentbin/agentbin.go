// Package agentbin holds the agents that pig carries: one small static binary for each architecture of nodes.
package agentbin

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"runtime"
	"sync"
)

//go:embed bin
var embedded embed.FS

// Binary is an agent, and the hash of its content that names it on nodes.
type Binary struct {
	Content []byte
	SHA256  string // hexadecimal
	// Self says that it is pig itself, which serves as an agent when a development build carries none.
	Self bool
}

// Store unpacks agents when they are first asked for. It is safe for concurrent use.
type Store struct {
	mu  sync.Mutex
	all map[string]Binary
}

// NewStore is empty.
func NewStore() *Store { return &Store{all: map[string]Binary{}} }

// For gives the agent for linux on machine, as uname -m names it.
func (s *Store) For(machine string) (Binary, error) {
	arch, ok := map[string]string{"x86_64": "amd64", "aarch64": "arm64"}[machine]
	if !ok {
		return Binary{}, fmt.Errorf("agent for architecture %q not found in pig: pig carries linux/amd64 and linux/arm64", machine)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if b, ok := s.all[arch]; ok {
		return b, nil
	}
	b, err := load(arch)
	if err != nil {
		return Binary{}, err
	}
	sum := sha256.Sum256(b.Content)
	b.SHA256 = hex.EncodeToString(sum[:])
	s.all[arch] = b
	return b, nil
}

func load(arch string) (Binary, error) {
	packed, err := embedded.ReadFile("bin/pig-agent-linux-" + arch + ".gz")
	if err != nil {
		return self(arch)
	}
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return Binary{}, fmt.Errorf("cannot unpack the agent for %s: %w", arch, err)
	}
	content, err := io.ReadAll(r)
	if err != nil {
		return Binary{}, fmt.Errorf("cannot unpack the agent for %s: %w", arch, err)
	}
	return Binary{Content: content}, nil
}

// self is what a build without agents sends: itself.
func self(arch string) (Binary, error) {
	if runtime.GOARCH != arch || runtime.GOOS != "linux" {
		return Binary{}, fmt.Errorf("agent for linux/%s not found in this build of pig: run make build", arch)
	}
	content, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		return Binary{}, fmt.Errorf("cannot read pig itself to serve as the agent: %w", err)
	}
	return Binary{Content: content, Self: true}, nil
}
