//go:build linux

package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"
)

// Up makes the sandbox that is asked for, or completes the one that is there: running nodes stay untouched, missing ones
// start, nodes that are no longer wanted stop (their disks stay until Down with purge). Images are built on first use.
func Up(ctx context.Context, c Config) (*Sandbox, error) {
	c = c.withDefaults()
	if err := c.validate(); err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	if err := needTools(os.Geteuid(), "systemd-nspawn", "mmdebstrap", "ip", "nsenter", "unshare", "setsid"); err != nil {
		return nil, err
	}
	s, err := locate(c.Name)
	if err != nil {
		return nil, err
	}
	lock, err := s.lock(ctx)
	if err != nil {
		return nil, err
	}
	defer lock.release()

	gone, err := s.adopt(ctx, c)
	if err != nil {
		return nil, err
	}
	raiseLimits(c.Progress)
	if err := controlUp(ctx, s.state.Name, s.state.Control); err != nil {
		return nil, err
	}
	for _, n := range gone {
		c.Progress("stopping " + n.Name)
		if err := s.halt(ctx, n, 0); err != nil {
			return nil, err
		}
	}
	return s, s.startAll(ctx, c.Progress)
}

// adopt works out the new state from what is asked for and what there is, makes each node's disk, and saves it all.
// It returns the nodes that are no longer wanted.
func (s *Sandbox) adopt(ctx context.Context, c Config) (gone []nodeState, err error) {
	old, err := loadState(s.files.state())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	control, err := controlAddrs(c.Nodes, c.ExtraAddrs)
	if err != nil {
		return nil, err
	}
	s.state = state{Version: stateVersion, Name: c.Name, AdminUser: c.AdminUser, Control: control}
	if old.AdminUser != "" && old.AdminUser != c.AdminUser {
		return nil, fmt.Errorf("sandbox %[1]s has the admin user %[2]s, not %[3]s: remove the sandbox first: pig sandbox down --name %[1]s --purge", c.Name, old.AdminUser, c.AdminUser)
	}
	stocks := map[string]stock{}
	for _, want := range c.Nodes {
		if _, ok := stocks[want.OS]; !ok {
			if stocks[want.OS], err = prepareStock(ctx, c, want.OS); err != nil {
				return nil, err
			}
		}
		n, err := s.reconcile(want, stocks[want.OS])
		if err != nil {
			return nil, err
		}
		s.state.Nodes = append(s.state.Nodes, n)
	}
	for _, n := range old.Nodes {
		if _, wanted := s.state.find(n.Machine); !wanted {
			gone = append(gone, n)
		}
	}
	clientKey, err := keyPair(s.files.key(), "pig-sandbox")
	if err != nil {
		return nil, err
	}
	if err := s.sshFiles(); err != nil {
		return nil, err
	}
	for _, n := range s.state.Nodes {
		if err := s.seed(n, clientKey); err != nil {
			return nil, err
		}
	}
	return gone, s.state.save(s.files.state())
}

// stock is what new nodes are made of.
type stock struct {
	image image
	repo  string
}

func prepareStock(ctx context.Context, c Config, system string) (stock, error) {
	m := newImages(CacheDir(), system, c.Progress)
	base, err := m.base(ctx)
	if err != nil {
		return stock{}, err
	}
	out := stock{image: base}
	needRepo := c.Prepared
	for _, n := range c.Nodes {
		needRepo = needRepo || n.Repo && n.OS == system
	}
	if !needRepo {
		return out, nil
	}
	if out.repo, err = m.repo(ctx, base); err != nil {
		return stock{}, err
	}
	if c.Prepared {
		if out.image, err = m.prepared(ctx, base, out.repo); err != nil {
			return stock{}, err
		}
	}
	if len(c.Source) > 0 && out.repo != "" {
		out.repo, err = m.stocked(ctx, out.repo, c.Source)
	}
	return out, err
}

// reconcile describes one node. A node that has a disk keeps the image the disk was made on.
func (s *Sandbox) reconcile(want Node, st stock) (nodeState, error) {
	n := nodeState{Name: want.Name, Addr: want.Addr, Machine: machineName(want.Addr), Disks: want.Disks, Image: st.image}
	if want.Repo {
		n.Repo = st.repo
	}
	dirs := s.files.node(n.Machine)
	_, statErr := os.Stat(dirs.upper())
	if statErr == nil {
		had, err := loadImage(dirs.image())
		if err != nil {
			return n, err
		}
		if had.kind() != st.image.kind() {
			return n, fmt.Errorf("node %s has a disk of image %s, not %s: remove the sandbox first: pig sandbox down --purge", n.Name, had.kind(), st.image.kind())
		}
		n.Image = had
	}
	if err := saveImage(dirs.image(), n.Image); err != nil {
		return n, err
	}
	for _, l := range n.Image.Lower {
		if err := lease(filepath.Dir(l), dirs.dir); err != nil {
			return n, fmt.Errorf("cannot record the use of an image: %w", err)
		}
	}
	if n.Repo != "" {
		if err := lease(n.Repo, dirs.dir); err != nil {
			return n, fmt.Errorf("cannot record the use of the repository: %w", err)
		}
	}
	return n, nil
}

// startAll boots what does not run and waits for all, a few at a time: more at once only makes each of them slower.
func (s *Sandbox) startAll(ctx context.Context, say func(string)) error {
	var g errgroup.Group
	g.SetLimit(2 + runtime.NumCPU())
	errs := make([]error, len(s.state.Nodes))
	for i, n := range s.state.Nodes {
		g.Go(func() error {
			if _, ok := s.running(n); !ok {
				say("starting " + n.Name)
			}
			if errs[i] = s.boot(ctx, n); errs[i] == nil {
				errs[i] = s.awaitReady(ctx, n)
			}
			return nil // one node's failure holds up no other
		})
	}
	_ = g.Wait()
	return errors.Join(errs...)
}

// raiseLimits lifts limits of the whole machine that many booting systems run into. They are raised, never lowered.
func raiseLimits(say func(string)) {
	for path, want := range map[string]int{
		"/proc/sys/fs/inotify/max_user_instances": 65536,
		"/proc/sys/fs/inotify/max_user_watches":   524288,
		"/proc/sys/kernel/keys/root_maxkeys":      1000000,
		"/proc/sys/kernel/keys/maxkeys":           20000,
	} {
		raw, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		if have, err := strconv.Atoi(strings.TrimSpace(string(raw))); err != nil || have >= want {
			continue
		}
		if err := os.WriteFile(path, []byte(strconv.Itoa(want)), 0); err != nil {
			say(fmt.Sprintf("cannot raise %s to %d, which many nodes need: %v", path, want, err))
		}
	}
}
