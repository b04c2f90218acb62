package filters

import (
	"fmt"
	"os"
	"os/user"
	"path"
	"path/filepath"
	"strings"

	"pig/internal/jinja/plugin"
	"pig/internal/jinja/python"
	"pig/internal/value"
)

func pathFilters(src Sources) plugin.Table {
	t := plugin.Table{}
	pure := func(name string, fn func(string) value.Value) {
		textFilter(t, name, "", func(s string, _ *plugin.Call) (value.Value, error) { return fn(s), nil })
	}
	pure("basename", func(s string) value.Value { return s[strings.LastIndexByte(s, '/')+1:] })
	pure("dirname", func(s string) value.Value { return dirname(s) })
	pure("splitext", func(s string) value.Value {
		ext := extension(s)
		return value.Tuple{s[:len(s)-len(ext)], ext}
	})
	pure("normpath", func(s string) value.Value { return path.Clean(s) })
	pure("expanduser", func(s string) value.Value { return expandUser(s) })
	textFilter(t, "realpath", "", func(s string, c *plugin.Call) (value.Value, error) {
		abs, err := filepath.Abs(s)
		if err != nil {
			return s, nil //nolint:nilerr // without a working directory a path stays as it is
		}
		if err := c.Env.Permit(s, abs); err != nil {
			return nil, err
		}
		if real, err := filepath.EvalSymlinks(abs); err == nil {
			return real, nil
		}
		return abs, nil
	})
	t.Merge(windowsPathFilters())
	t.Merge(pathListFilters())
	textFilter(t, "expandvars", "", func(s string, _ *plugin.Call) (value.Value, error) {
		return os.Expand(s, func(name string) string {
			if v, ok := src.Getenv(name); ok {
				return v
			}
			return "$" + name
		}), nil
	})
	textFilter(t, "relpath", "start", func(s string, c *plugin.Call) (value.Value, error) {
		start, err := c.Str(0, ".")
		if err != nil {
			return nil, err
		}
		from, err := filepath.Abs(start)
		if err != nil {
			return nil, err
		}
		to, err := filepath.Abs(s)
		if err != nil {
			return nil, err
		}
		return filepath.Rel(from, to)
	})
	textFilter(t, "fileglob", "", func(s string, c *plugin.Call) (value.Value, error) {
		if err := c.Env.Permit(s, s); err != nil {
			return nil, err
		}
		found, err := filepath.Glob(s)
		files := []string{}
		for _, f := range found {
			if st, err := os.Stat(f); err == nil && st.Mode().IsRegular() {
				files = append(files, f)
			}
		}
		return value.Strings(files), err
	})
	return t
}

func windowsPathFilters() plugin.Table {
	t := plugin.Table{}
	pure := func(name string, fn func(string) value.Value) {
		textFilter(t, name, "", func(s string, _ *plugin.Call) (value.Value, error) { return fn(s), nil })
	}
	pure("win_basename", func(s string) value.Value { return s[strings.LastIndexAny(s, `/\`)+1:] })
	pure("win_dirname", func(s string) value.Value {
		i := strings.LastIndexAny(s, `/\`)
		if head := strings.TrimRight(s[:i+1], `/\`); head != "" && !strings.HasSuffix(head, ":") {
			return head
		}
		return s[:i+1]
	})
	pure("win_splitdrive", func(s string) value.Value {
		if len(s) > 1 && s[1] == ':' {
			return value.Tuple{s[:2], s[2:]}
		}
		return value.Tuple{"", s}
	})
	return t
}

func pathListFilters() plugin.Table {
	t := plugin.Table{}
	t.Add("path_join", "", 0, func(c *plugin.Call) (value.Value, error) {
		if text, ok := value.Plain(c.In); ok {
			return text, nil
		}
		parts, err := texts(c)
		return python.JoinPath(parts), err
	})
	t.Add("commonpath", "", 0, func(c *plugin.Call) (value.Value, error) {
		parts, err := texts(c)
		if err != nil {
			return nil, err
		}
		return commonPath(parts)
	})
	return t
}

func dirname(s string) string {
	i := strings.LastIndexByte(s, '/') + 1
	if head := strings.TrimRight(s[:i], "/"); head != "" {
		return head
	}
	return s[:i]
}

// extension is the last suffix of a name, with its dot; leading dots start no suffix.
func extension(s string) string {
	base := s[strings.LastIndexByte(s, '/')+1:]
	name := strings.TrimLeft(base, ".")
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		return name[i:]
	}
	return ""
}

func expandUser(s string) string {
	if !strings.HasPrefix(s, "~") {
		return s
	}
	name, rest := s[1:], ""
	if i := strings.IndexByte(s, '/'); i >= 0 {
		name, rest = s[1:i], s[i:]
	}
	if name == "" {
		if home, err := os.UserHomeDir(); err == nil {
			return strings.TrimRight(home, "/") + rest
		}
		return s
	}
	if u, err := user.Lookup(name); err == nil {
		return u.HomeDir + rest
	}
	return s
}

// texts are the elements of the input, all strings.
func texts(c *plugin.Call) ([]string, error) {
	list, err := python.Items(c.In)
	if err != nil {
		return nil, err
	}
	out := make([]string, len(list))
	for i, v := range list {
		text, ok := value.Plain(v)
		if !ok {
			return nil, fmt.Errorf("expected str, not %s", python.TypeName(v))
		}
		out[i] = text
	}
	return out, nil
}

func commonPath(paths []string) (value.Value, error) {
	if len(paths) == 0 {
		return nil, fmt.Errorf("commonpath() arg is an empty sequence")
	}
	var common []string
	abs := strings.HasPrefix(paths[0], "/")
	for i, p := range paths {
		if strings.HasPrefix(p, "/") != abs {
			return nil, fmt.Errorf("Can't mix absolute and relative paths")
		}
		parts := strings.FieldsFunc(p, func(r rune) bool { return r == '/' })
		if i == 0 {
			common = parts
			continue
		}
		n := 0
		for n < len(common) && n < len(parts) && common[n] == parts[n] {
			n++
		}
		common = common[:n]
	}
	out := strings.Join(common, "/")
	if abs {
		out = "/" + out
	}
	return out, nil
}
