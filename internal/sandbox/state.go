//go:build linux

package sandbox

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
)

// stateVersion changes when an older pig's sandbox can no longer be understood.
const stateVersion = 1

// state is what a sandbox remembers on disk: what was asked for and what each node was made of.
type state struct {
	Version   int            `json:"version"`
	Name      string         `json:"name"`
	AdminUser string         `json:"admin_user"`
	Control   []netip.Prefix `json:"control"`
	Nodes     []nodeState    `json:"nodes"`
}

// nodeState describes one node. The image is pinned: an overlay's upper directory fits no other image.
type nodeState struct {
	Name    string     `json:"name"`
	Addr    netip.Addr `json:"addr"`
	Machine string     `json:"machine"`
	Disks   []string   `json:"disks,omitempty"`
	Image   image      `json:"image"`
	Repo    string     `json:"repo,omitempty"` // directory on this machine
}

func (s state) find(node string) (nodeState, bool) {
	for _, n := range s.Nodes {
		if node == n.Name || node == n.Machine || node == n.Addr.String() {
			return n, true
		}
	}
	return nodeState{}, false
}

// loadState returns fs.ErrNotExist (wrapped) when there is no such sandbox.
func loadState(path string) (state, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return state{}, fmt.Errorf("cannot read sandbox state: %w", err)
	}
	return parseState(raw)
}

func parseState(raw []byte) (state, error) {
	var s state
	if err := json.Unmarshal(raw, &s); err != nil {
		return state{}, fmt.Errorf("cannot parse sandbox state: %w", err)
	}
	if s.Version != stateVersion {
		return state{}, fmt.Errorf("sandbox state has version %d, but this pig requires %d: run pig sandbox down, then pig sandbox up", s.Version, stateVersion)
	}
	return s, nil
}

func (s state) save(path string) error {
	raw, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return fmt.Errorf("cannot encode sandbox state: %w", err)
	}
	if err := writeFile(path, append(raw, '\n'), 0o644); err != nil {
		return fmt.Errorf("cannot save sandbox state: %w", err)
	}
	return nil
}

// writeFile replaces a file whole, so that a crash leaves the old one or the new one.
func writeFile(path string, data []byte, mode fs.FileMode) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	tmp := path + ".new"
	if err := os.WriteFile(tmp, data, mode); err != nil {
		return err
	}
	if err := os.Chmod(tmp, mode); err != nil {
		return err
	}
	return os.Rename(tmp, path)
}
