package filters

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"pig/internal/jinja/plugin"
	"pig/internal/jinja/python"
	"pig/internal/value"
)

// resultTests are those of registered results.
func resultTests() plugin.Table {
	t := plugin.Table{}
	add := func(spec string, fn func(r result) value.Value) {
		t.Add(spec, "", plugin.Structural|plugin.IsTest, func(c *plugin.Call) (value.Value, error) {
			d, err := mappingOf(c.In)
			if err != nil {
				return nil, fmt.Errorf("The '%s' test expects a dictionary", c.Plugin.Name)
			}
			return fn(result{d}), nil
		})
	}
	not := func(v value.Value) value.Value {
		if b, ok := v.(bool); ok {
			return !b
		}
		return v
	}
	add("failed failure", func(r result) value.Value { return r.is("failed") })
	add("success succeeded successful", func(r result) value.Value { return not(r.is("failed")) })
	add("changed change", func(r result) value.Value {
		if !r.d.Has("changed") {
			return r.anyItem("changed")
		}
		return r.is("changed")
	})
	add("skipped skip", func(r result) value.Value { return r.is("skipped") })
	add("unreachable", func(r result) value.Value { return r.is("unreachable") })
	add("reachable", func(r result) value.Value { return not(r.is("unreachable")) })
	add("finished", func(r result) value.Value {
		if !r.d.Has("finished") {
			return true
		}
		return r.is("finished")
	})
	add("started", func(r result) value.Value {
		if !r.d.Has("started") {
			return true
		}
		return r.is("started")
	})
	add("timedout", func(r result) value.Value {
		v, _ := r.d.Get("timedout")
		if v, err := python.Force(v); err == nil {
			if d, ok := v.(*value.Dict); ok {
				return result{d}.is("period")
			}
			if u, ok := v.(value.Unknown); ok {
				return u
			}
		}
		return false
	})
	return t
}

type result struct{ d *value.Dict }

// is the truth of an entry; false if there is none.
func (r result) is(key string) value.Value {
	v, ok := r.d.Get(key)
	if !ok {
		return false
	}
	v, err := python.Force(v)
	if err != nil {
		return false
	}
	t, err := python.Truth(v)
	if err != nil {
		return false
	}
	return t
}

// anyItem tells whether one of the results of a loop has key.
func (r result) anyItem(key string) value.Value {
	v, _ := r.d.Get("results")
	v, err := python.Force(v)
	if err != nil {
		return false
	}
	list, ok := v.(*value.List)
	if !ok {
		return false
	}
	for _, item := range list.Items {
		if item, err = python.Force(item); err != nil {
			continue
		}
		if d, ok := item.(*value.Dict); ok {
			if t := (result{d}).is(key); t != false {
				return t
			}
		}
	}
	return false
}

// vaultHead begins what Ansible Vault has encrypted.
const vaultHead = "$ANSIBLE_VAULT;"

// fileTests look at the controller's file system.
func fileTests() plugin.Table {
	t := plugin.Table{}
	mode := func(spec string, fn func(path string) bool) {
		t.Test(spec, "", 0, func(c *plugin.Call) (bool, error) {
			if err := c.Env.Permit(c.Text(), c.Text()); err != nil {
				return false, err
			}
			return fn(c.Text()), nil
		})
	}
	stat := func(path string) os.FileMode {
		if st, err := os.Stat(path); err == nil {
			return st.Mode() | 1<<14 // not zero for any file
		}
		return 0
	}
	mode("exists", func(p string) bool { return stat(p) != 0 })
	mode("directory is_dir", func(p string) bool { return stat(p).IsDir() })
	mode("file is_file", func(p string) bool { m := stat(p); return m != 0 && m.IsRegular() })
	mode("link is_link", func(p string) bool {
		st, err := os.Lstat(p)
		return err == nil && st.Mode()&os.ModeSymlink != 0
	})
	mode("link_exists", func(p string) bool { _, err := os.Lstat(p); return err == nil })
	t.Test("vaulted_file", "", 0, func(c *plugin.Call) (bool, error) {
		if err := c.Env.Permit(c.Text(), c.Text()); err != nil {
			return false, err
		}
		f, err := os.Open(c.Text())
		if err != nil {
			return false, err
		}
		defer f.Close()
		head := make([]byte, len(vaultHead))
		_, err = io.ReadFull(f, head)
		return err == nil && string(head) == vaultHead, nil
	})
	t.Test("abs is_abs", "", 0, func(c *plugin.Call) (bool, error) { return strings.HasPrefix(c.Text(), "/"), nil })
	mode("mount is_mount", func(p string) bool {
		own, err1 := device(p)
		parent, err2 := device(filepath.Join(p, ".."))
		return err1 == nil && err2 == nil && own != parent || filepath.Clean(p) == "/"
	})
	t.Test("same_file is_same_file", "other", 0, func(c *plugin.Call) (bool, error) {
		other, err := c.NeedStr(0)
		if err != nil {
			return false, err
		}
		for _, p := range []string{c.Text(), other} {
			if err := c.Env.Permit(p, p); err != nil {
				return false, err
			}
		}
		a, err := os.Stat(c.Text())
		if err != nil {
			return false, err
		}
		b, err := os.Stat(other)
		return err == nil && os.SameFile(a, b), err
	})
	return t
}
