//go:build linux

package sandbox

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// seeder writes a node's own files into its overlay before the first boot: who it is and who may log in.
type seeder struct {
	upper string
	lower []string
}

// seed makes the upper directory of a new node. It is written under another name first: a half-seeded node would boot.
func (s *Sandbox) seed(n nodeState, clientKey string) error {
	dirs := s.files.node(n.Machine)
	if _, err := os.Stat(dirs.upper()); err == nil {
		return nil
	}
	hostKey, err := os.ReadFile(dirs.hostKey())
	if err != nil {
		return fmt.Errorf("cannot prepare the disk of %s: %w", n.Name, err)
	}
	tmp := dirs.upper() + ".new"
	if err := os.RemoveAll(tmp); err != nil {
		return fmt.Errorf("cannot prepare the disk of %s: %w", n.Name, err)
	}
	sd := seeder{upper: tmp, lower: n.Image.Lower}
	if err := sd.write(n, s.state, string(hostKey), clientKey); err != nil {
		return fmt.Errorf("cannot prepare the disk of %s: %w", n.Name, err)
	}
	for _, d := range []string{dirs.work(), dirs.root()} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			return fmt.Errorf("cannot prepare the disk of %s: %w", n.Name, err)
		}
	}
	if err := os.Rename(tmp, dirs.upper()); err != nil {
		return fmt.Errorf("cannot prepare the disk of %s: %w", n.Name, err)
	}
	return nil
}

func (sd seeder) write(n nodeState, st state, hostKey, clientKey string) error {
	if err := os.Mkdir(sd.upper, 0o755); err != nil {
		return err
	}
	admin := adminAccount(st.AdminUser)
	var errs []error
	put := func(path, content string, mode fs.FileMode, uid int) {
		errs = append(errs, sd.put(path, content, mode, uid))
	}
	put("etc/hostname", n.Machine+"\n", 0o644, 0)
	put("etc/machine-id", machineID(st.Name, n.Machine)+"\n", 0o444, 0)
	put("etc/hosts", fmt.Sprintf("127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n%s %s\n", n.Addr, n.Machine), 0o644, 0)
	put("etc/ssh/ssh_host_ed25519_key", hostKey, 0o600, 0)
	if _, err := sd.read("etc/ca-certificates.conf"); err == nil {
		// A node without a network meets no public CA, and update-ca-certificates starts five processes for each that is listed.
		put("etc/ca-certificates.conf", "# A sandbox has no network: only /usr/local/share/ca-certificates counts.\n", 0o644, 0)
	}

	accounts := map[string]string{}
	for path := range admin.addTo(nil) {
		content, err := sd.read(path)
		if err != nil {
			return err
		}
		accounts[path] = content
	}
	for path, content := range admin.addTo(accounts) {
		put(path, content, 0, 0)
	}
	put("etc/sudoers.d/"+admin.name, admin.name+" ALL=(ALL) NOPASSWD:ALL\n", 0o440, 0)

	errs = append(errs, sd.mkdir("root/.ssh", 0o700, 0))
	put("root/.ssh/authorized_keys", clientKey+" pig-sandbox\n", 0o600, 0)
	home := strings.TrimPrefix(admin.home(), "/")
	errs = append(errs, sd.mkdir(home, 0o755, admin.id), sd.mkdir(home+"/.ssh", 0o700, admin.id))
	for _, f := range []string{".profile", ".bashrc"} {
		if content, err := sd.read("etc/skel/" + f); err == nil {
			put(home+"/"+f, content, 0o644, admin.id)
		}
	}
	put(home+"/.ssh/authorized_keys", clientKey+" pig-sandbox\n", 0o600, admin.id)
	return errors.Join(errs...)
}

// read finds a file in the image.
func (sd seeder) read(path string) (string, error) {
	for _, l := range sd.lower {
		raw, err := os.ReadFile(filepath.Join(l, path))
		if err == nil {
			return string(raw), nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
	}
	return "", fmt.Errorf("%s: %w", path, fs.ErrNotExist)
}

// stat finds what the image says about a path.
func (sd seeder) stat(path string) (fs.FileInfo, bool) {
	for _, l := range sd.lower {
		if fi, err := os.Lstat(filepath.Join(l, path)); err == nil {
			return fi, true
		}
	}
	return nil, false
}

// put writes a file. Mode 0 means: mode and owner as in the image.
func (sd seeder) put(path, content string, mode fs.FileMode, uid int) error {
	if err := sd.parents(path); err != nil {
		return err
	}
	gid := uid
	if mode == 0 {
		fi, ok := sd.stat(path)
		if !ok {
			return fmt.Errorf("%s: %w", path, fs.ErrNotExist)
		}
		mode, uid, gid = ownership(fi)
	}
	full := filepath.Join(sd.upper, path)
	if err := os.WriteFile(full, []byte(content), 0o600); err != nil {
		return err
	}
	return own(full, mode, uid, gid)
}

func (sd seeder) mkdir(path string, mode fs.FileMode, uid int) error {
	if err := sd.parents(path); err != nil {
		return err
	}
	full := filepath.Join(sd.upper, path)
	if err := os.Mkdir(full, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return own(full, mode, uid, uid)
}

// parents copies the directories above a path from the image: in an overlay the upper directory's owner and mode win.
func (sd seeder) parents(path string) error {
	dir := filepath.Dir(path)
	if dir == "." {
		return nil
	}
	if err := sd.parents(dir); err != nil {
		return err
	}
	full := filepath.Join(sd.upper, dir)
	if err := os.Mkdir(full, 0o755); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return nil
		}
		return err
	}
	mode, uid, gid := fs.FileMode(0o755), 0, 0
	if fi, ok := sd.stat(dir); ok {
		mode, uid, gid = ownership(fi)
	}
	return own(full, mode, uid, gid)
}

func ownership(fi fs.FileInfo) (mode fs.FileMode, uid, gid int) {
	st, ok := fi.Sys().(*syscall.Stat_t)
	if !ok {
		return fi.Mode().Perm(), 0, 0
	}
	return fi.Mode() & (fs.ModePerm | fs.ModeSetgid | fs.ModeSticky), int(st.Uid), int(st.Gid)
}

// own sets the owner first: changing it would drop the special bits.
func own(path string, mode fs.FileMode, uid, gid int) error {
	if err := os.Chown(path, uid, gid); err != nil {
		return err
	}
	return os.Chmod(path, mode)
}
