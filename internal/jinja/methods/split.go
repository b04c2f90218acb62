package methods

import (
	"fmt"
	"strings"

	"pig/internal/jinja/plugin"
	"pig/internal/jinja/python"
	"pig/internal/value"
)

func splitMethods(t plugin.Table) {
	stringMethod(t, "split", "sep maxsplit", Split)
	stringMethod(t, "rsplit", "sep maxsplit", func(s string, c *plugin.Call) (value.Value, error) {
		return splitBy(s, c, python.SplitRight, python.FieldsRight)
	})
	stringMethod(t, "splitlines", "keepends", func(s string, c *plugin.Call) (value.Value, error) {
		keep, err := c.Bool(0, false)
		return value.Strings(python.SplitLines(s, keep)), err
	})
	stringMethod(t, "partition", "sep", func(s string, c *plugin.Call) (value.Value, error) {
		sep, err := c.NeedStr(0)
		if sep == "" && err == nil {
			err = fmt.Errorf("empty separator")
		}
		before, after, found := strings.Cut(s, sep)
		if !found {
			return value.Tuple{s, "", ""}, err
		}
		return value.Tuple{before, sep, after}, err
	})
	stringMethod(t, "rpartition", "sep", func(s string, c *plugin.Call) (value.Value, error) {
		sep, err := c.NeedStr(0)
		if sep == "" && err == nil {
			err = fmt.Errorf("empty separator")
		}
		i := strings.LastIndex(s, sep)
		if i < 0 || err != nil {
			return value.Tuple{"", "", s}, err
		}
		return value.Tuple{s[:i], sep, s[i+len(sep):]}, nil
	})
}

// Split is str.split(sep, maxsplit).
func Split(s string, c *plugin.Call) (value.Value, error) {
	return splitBy(s, c, python.SplitLeft, python.FieldsLeft)
}

// splitBy splits at the separator that the call gives with fn, or without one at white space with fields.
func splitBy(s string, c *plugin.Call, fn func(s, sep string, n int) []string, fields func(s string, n int) []string) (value.Value, error) {
	n, err := c.Int(1, -1)
	if err != nil {
		return nil, err
	}
	if c.Val(0, nil) == nil {
		return value.Strings(fields(s, int(n))), nil
	}
	sep, err := c.Str(0, "")
	if err != nil {
		return nil, err
	}
	if sep == "" {
		return nil, fmt.Errorf("empty separator")
	}
	return value.Strings(fn(s, sep, int(n))), nil
}
