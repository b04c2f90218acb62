//go:build linux

package sandbox

import (
	"os"
	"path/filepath"
)

// Where things are; both roots may be moved by an environment variable.
const (
	defaultCache = "/var/cache/pig-sandbox" // images, shared by all sandboxes; PIG_SANDBOX_CACHE
	defaultState = "/var/lib/pig-sandbox"   // one directory per sandbox; PIG_SANDBOX_STATE
)

// CacheDir is where images are built and kept.
func CacheDir() string { return envOr("PIG_SANDBOX_CACHE", defaultCache) }

// StateDir is where sandboxes keep their state and disks.
func StateDir() string { return envOr("PIG_SANDBOX_STATE", defaultState) }

func envOr(key, fallback string) string {
	if v := os.Getenv(key); v != "" {
		return filepath.Clean(v)
	}
	return fallback
}

// layout names the files of one sandbox.
type layout struct{ dir string }

func (l layout) state() string                { return filepath.Join(l.dir, "state.json") }
func (l layout) key() string                  { return filepath.Join(l.dir, "ssh", "id_ed25519") }
func (l layout) knownHosts() string           { return filepath.Join(l.dir, "ssh", "known_hosts") }
func (l layout) sshConfig() string            { return filepath.Join(l.dir, "ssh", "config") }
func (l layout) nodes() string                { return filepath.Join(l.dir, "nodes") }
func (l layout) node(machine string) nodeDirs { return nodeDirs{filepath.Join(l.nodes(), machine)} }

// nodeDirs names the files of one node.
type nodeDirs struct{ dir string }

func (d nodeDirs) pid() string     { return filepath.Join(d.dir, "pid") }
func (d nodeDirs) console() string { return filepath.Join(d.dir, "console.log") }
func (d nodeDirs) root() string    { return filepath.Join(d.dir, "root") } // the mount point; mounted only for the node itself
func (d nodeDirs) upper() string   { return filepath.Join(d.dir, "upper") }
func (d nodeDirs) work() string    { return filepath.Join(d.dir, "work") }
func (d nodeDirs) repo() string    { return filepath.Join(d.dir, "repo") } // what the node changed in its package repository
func (d nodeDirs) disks() string   { return filepath.Join(d.dir, "disks") }
func (d nodeDirs) hostKey() string { return filepath.Join(d.dir, "ssh_host_ed25519_key") }
func (d nodeDirs) image() string   { return filepath.Join(d.dir, "image.json") } // what the disk is a layer over
func (d nodeDirs) lock() string    { return filepath.Join(d.dir, "lock") }
