//go:build linux

package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Sandbox is an existing sandbox. Its methods may be called from several goroutines and several processes.
type Sandbox struct {
	state state
	files layout
	cg    cgroups
}

// Open finds a sandbox that an earlier Up made.
func Open(name string) (*Sandbox, error) {
	s, err := locate(name)
	if err != nil {
		return nil, err
	}
	s.state, err = loadState(s.files.state())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("sandbox %q not found: start it first: pig sandbox up --name %s", name, name)
	}
	return s, err
}

// locate knows where a sandbox is, whether it exists or not.
func locate(name string) (*Sandbox, error) {
	if name == "" {
		name = Config{}.withDefaults().Name
	}
	if !nameRE.MatchString(name) {
		return nil, fmt.Errorf("sandbox name %q: want up to 20 lower-case letters, digits and dashes, a letter first", name)
	}
	cg, err := findCgroups()
	if err != nil {
		return nil, err
	}
	return &Sandbox{state: state{Name: name}, files: layout{filepath.Join(StateDir(), name)}, cg: cg}, nil
}

const lockDir = "/run/lock"

// lock keeps Up and Down of one sandbox apart. The lock lies outside the sandbox's directory, which Down removes.
func (s *Sandbox) lock(ctx context.Context) (*fileLock, error) {
	if err := os.MkdirAll(lockDir, 0o755); err != nil {
		return nil, fmt.Errorf("cannot lock sandbox %s: %w", s.state.Name, err)
	}
	return lockFile(ctx, filepath.Join(lockDir, "pig-sandbox-"+s.state.Name), "sandbox "+s.state.Name)
}

func (s *Sandbox) node(name string) (nodeState, error) {
	if n, ok := s.state.find(name); ok {
		return n, nil
	}
	var have []string
	for _, n := range s.state.Nodes {
		have = append(have, n.Name)
	}
	return nodeState{}, fmt.Errorf("sandbox %s has no node %q; it has %s", s.state.Name, name, strings.Join(have, ", "))
}

// Name is the sandbox's name.
func (s *Sandbox) Name() string { return s.state.Name }

// AdminUser is who may log in to every node with PrivateKey; so may root.
func (s *Sandbox) AdminUser() string { return s.state.AdminUser }

// PrivateKey is the path of the ssh client key that every node accepts.
func (s *Sandbox) PrivateKey() string { return s.files.key() }

// KnownHosts is the path of a known_hosts file with every node's key, under its address, name and machine name.
func (s *Sandbox) KnownHosts() string { return s.files.knownHosts() }

// SSHConfig is the path of an ssh_config for people: nsenter --net=CONTROL ssh -F SSHCONFIG ADDRESS.
func (s *Sandbox) SSHConfig() string { return s.files.sshConfig() }

// ControlNamespace is the path of the control network namespace.
func (s *Sandbox) ControlNamespace() string { return nsPath(controlNS(s.state.Name)) }

// ControlAddrs are the control namespace's own addresses, one for each network that has nodes.
func (s *Sandbox) ControlAddrs() []netip.Prefix { return s.state.Control }

// Console is the path of a node's console log.
func (s *Sandbox) Console(node string) (string, error) {
	n, err := s.node(node)
	return s.files.node(n.Machine).console(), err
}

// Kill ends a node as a power loss does. Its disk stays.
func (s *Sandbox) Kill(ctx context.Context, node string) error {
	n, err := s.node(node)
	if err != nil {
		return err
	}
	return s.halt(ctx, n, 0)
}

// Stop shuts a node down in an orderly way; one that takes longer than half a minute loses its power.
func (s *Sandbox) Stop(ctx context.Context, node string) error {
	n, err := s.node(node)
	if err != nil {
		return err
	}
	return s.halt(ctx, n, 30*time.Second)
}

// Start boots a node again and waits until it is ready. A node that runs is left alone.
func (s *Sandbox) Start(ctx context.Context, node string) error {
	n, err := s.node(node)
	if err != nil {
		return err
	}
	if err := s.boot(ctx, n); err != nil {
		return err
	}
	return s.awaitReady(ctx, n)
}

// Partition pulls a node's network cable, or plugs it in again. A restart plugs it in too.
func (s *Sandbox) Partition(ctx context.Context, node string, cut bool) error {
	n, err := s.node(node)
	if err != nil {
		return err
	}
	if err := setCable(ctx, s.state.Name, n.Addr, !cut); err != nil {
		return fmt.Errorf("cannot partition %s: %w", n.Name, err)
	}
	return nil
}

// Freeze makes every process of a node stand still, or go on: a node that hangs without being dead.
func (s *Sandbox) Freeze(_ context.Context, node string, on bool) error {
	n, err := s.node(node)
	if err != nil {
		return err
	}
	if err := s.cg.freeze(s.state.Name, n.Machine, on); err != nil {
		return fmt.Errorf("cannot freeze %s: %w", n.Name, err)
	}
	return nil
}

// List names the sandboxes of this machine that have a state directory.
func List() ([]string, error) {
	entries, err := os.ReadDir(StateDir())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot list sandboxes: %w", err)
	}
	var out []string
	for _, e := range entries {
		if e.IsDir() && nameRE.MatchString(e.Name()) {
			out = append(out, e.Name())
		}
	}
	return out, nil
}
