//go:build linux

package node

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// apt is the package manager of Debian and its kin.
type apt struct{ *liveSystem }

const (
	dpkgDatabase = "/var/lib/dpkg/status"
	aptLists     = "/var/lib/apt/lists"
)

// dpkgStatus is dpkg's database as read last. Reading it is far cheaper than asking dpkg-query.
type dpkgStatus struct {
	mu        sync.Mutex
	stamp     time.Time
	size      int64
	installed map[string]string
	provides  map[string]string
}

func (d *dpkgStatus) read() (installed, provides map[string]string, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	fi, err := os.Stat(dpkgDatabase)
	if err != nil {
		return nil, nil, fmt.Errorf("cannot read the packages of this node: %w", err)
	}
	if d.installed != nil && fi.ModTime().Equal(d.stamp) && fi.Size() == d.size {
		return d.installed, d.provides, nil
	}
	text, err := os.ReadFile(dpkgDatabase)
	if err != nil {
		return nil, nil, fmt.Errorf("cannot read the packages of this node: %w", err)
	}
	d.installed, d.provides = parseStatus(text)
	d.stamp, d.size = fi.ModTime(), fi.Size()
	return d.installed, d.provides, nil
}

func parseStatus(text []byte) (installed, provides map[string]string) {
	installed, provides = map[string]string{}, map[string]string{}
	for para := range bytes.SplitSeq(text, []byte("\n\n")) {
		var name, status, version, virtual string
		for line := range bytes.SplitSeq(para, []byte("\n")) {
			key, val, ok := bytes.Cut(line, []byte(": "))
			if !ok {
				continue
			}
			switch string(key) {
			case "Package":
				name = string(val)
			case "Status":
				status = string(val)
			case "Version":
				version = string(val)
			case "Provides":
				virtual = string(val)
			}
		}
		if name == "" || !strings.HasSuffix(status, " installed") {
			continue
		}
		installed[name] = version
		for v := range strings.SplitSeq(virtual, ",") {
			if v, _, _ = strings.Cut(strings.TrimSpace(v), " "); v != "" {
				provides[v] = name
			}
		}
	}
	return installed, provides
}

func (a apt) Installed(_ context.Context, names []string) (map[string]string, error) {
	installed, provides, err := a.live.dpkg.read()
	if err != nil {
		return nil, err
	}
	found := map[string]string{}
	for _, n := range names {
		if v, ok := installed[n]; ok {
			found[n] = v
		} else if real, ok := provides[n]; ok {
			found[n] = installed[real]
		}
	}
	return found, nil
}

func (a apt) Candidates(ctx context.Context, names []string) (map[string]string, error) {
	found := map[string]string{}
	if len(names) == 0 {
		return found, nil
	}
	out, err := a.run(ctx, Cmd{Argv: append([]string{"apt-cache", "policy"}, names...), Env: map[string]string{"LC_ALL": "C"}})
	if err != nil {
		return nil, err
	}
	name := ""
	for line := range strings.SplitSeq(string(out.Stdout), "\n") {
		if n, ok := strings.CutSuffix(line, ":"); ok && !strings.HasPrefix(line, " ") {
			name = n
		} else if v, ok := strings.CutPrefix(line, "  Candidate: "); ok && v != "(none)" {
			found[name] = v
		}
	}
	return found, nil
}

func (a apt) Refreshed() time.Time {
	var latest time.Time
	if lists, err := filepath.Glob(filepath.Join(aptLists, "*_*Release")); err != nil || len(lists) == 0 {
		return latest // an image brings the directory, without lists
	}
	for _, path := range []string{"/var/lib/apt/periodic/update-success-stamp", aptLists, filepath.Join(aptLists, "partial")} {
		if fi, err := os.Stat(path); err == nil && fi.ModTime().After(latest) {
			latest = fi.ModTime()
		}
	}
	return latest
}

func (a apt) Refresh(ctx context.Context) error {
	a.live.packages.Lock()
	defer a.live.packages.Unlock()
	return a.aptGet(ctx, "update")
}

func (a apt) Install(ctx context.Context, specs []string, o InstallOptions) error {
	a.live.packages.Lock()
	defer a.live.packages.Unlock()
	names := BareNames(specs)
	before, err := a.Installed(ctx, names)
	if err != nil {
		return err
	}
	if o.NoStart {
		undo, err := forbidStarts()
		if err != nil {
			return err
		}
		defer undo()
	}
	if err := a.aptGet(ctx, installArgs(specs, o)...); err != nil {
		return err
	}
	after, err := a.Installed(ctx, names)
	if err != nil {
		return err
	}
	for _, n := range names {
		if before[n] != after[n] {
			a.record(InstallChange(n, before[n], after[n]))
		}
	}
	return nil
}

// policyFile is what Debian's maintainer scripts ask before they start a service.
const policyFile = "/usr/sbin/policy-rc.d"

// forbidStarts makes Debian's maintainer scripts start nothing until undo is called. A policy that is there is left alone:
// somebody else answers for it.
func forbidStarts() (undo func(), err error) {
	file, err := os.OpenFile(policyFile, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o755)
	if errors.Is(err, os.ErrExist) {
		return func() {}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot prevent services from starting: %w", err)
	}
	_, err = file.WriteString("#!/bin/sh\nexit 101\n")
	err = errors.Join(err, file.Close())
	return func() { _ = os.Remove(policyFile) }, err
}

func installArgs(specs []string, o InstallOptions) []string {
	args := []string{"install"}
	if o.Recommends != nil {
		if *o.Recommends {
			args = append(args, "--install-recommends")
		} else {
			args = append(args, "--no-install-recommends")
		}
	}
	for _, f := range []struct {
		on   bool
		flag string
	}{
		{o.AllowDowngrade, "--allow-downgrades"},
		{o.AllowUnsigned, "--allow-unauthenticated"},
		{o.Force, "--allow-change-held-packages"},
		{o.OnlyUpgrade, "--only-upgrade"},
	} {
		if f.on {
			args = append(args, f.flag)
		}
	}
	if o.Release != "" {
		args = append(args, "-t", o.Release)
	}
	return append(args, specs...)
}

func (a apt) Remove(ctx context.Context, names []string, purge, autoremove bool) error {
	a.live.packages.Lock()
	defer a.live.packages.Unlock()
	before, err := a.Installed(ctx, names)
	if err != nil {
		return err
	}
	verb := "remove"
	if purge {
		verb = "purge"
	}
	args := []string{verb}
	if autoremove {
		args = append(args, "--auto-remove")
	}
	if err := a.aptGet(ctx, append(args, names...)...); err != nil {
		return err
	}
	for _, n := range names {
		if v, ok := before[n]; ok {
			a.record(RemovePackageChange(n, v))
		}
	}
	return nil
}

// aptGet never asks and keeps configuration files that were changed. Another package manager that is at work is waited for.
func (a apt) aptGet(ctx context.Context, args ...string) error {
	argv := append([]string{
		"apt-get", "-y", "-q", "-o", "Dpkg::Use-Pty=0",
		"-o", "Dpkg::Options::=--force-confdef", "-o", "Dpkg::Options::=--force-confold", "-o", "DPkg::Lock::Timeout=120",
	}, args...)
	return a.must(ctx, Cmd{Argv: argv, Env: map[string]string{"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C", "NEEDRESTART_MODE": "l"}})
}
