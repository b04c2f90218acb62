// Package toml reads TOML into values that keep their order and their places.
package toml

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"

	"pig/internal/diag"
	"pig/internal/value"
)

// Parse reads a document. What text makes of each text is its value: a secret, where the file was encrypted.
func Parse(doc []byte, file string, text func(string) value.Value) (*value.Dict, error) {
	var root map[string]any
	if err := toml.Unmarshal(doc, &root); err != nil {
		return nil, wrong(err, file)
	}
	k, err := keysOf(doc, file)
	if err != nil {
		return nil, wrong(err, file)
	}
	return k.dict(root, "", text), nil
}

func wrong(err error, file string) error {
	pos := diag.Pos{File: file}
	var at *toml.DecodeError
	if errors.As(err, &at) {
		pos.Line, pos.Col = at.Position()
	}
	return diag.Errorf(pos, "invalid TOML: %s", strings.TrimPrefix(err.Error(), "toml: "))
}

// keys are the keys of a document by their path: in which order they come, and where they stand. The decoder knows neither.
type keys struct {
	file   string
	parser *unstable.Parser
	at     map[string]place
	count  map[string]int // items of arrays of tables
}

type place struct {
	rank int
	pos  diag.Pos
}

func keysOf(doc []byte, file string) (*keys, error) {
	k := &keys{file: file, parser: &unstable.Parser{}, at: map[string]place{}, count: map[string]int{}}
	k.parser.Reset(doc)
	table := ""
	for k.parser.NextExpression() {
		e := k.parser.Expression()
		switch e.Kind {
		case unstable.Table:
			table = k.key("", e.Key())
		case unstable.ArrayTable:
			path := k.key("", e.Key())
			k.count[path]++
			table = item(path, k.count[path]-1)
		case unstable.KeyValue:
			k.value(k.key(table, e.Key()), e.Value())
		default: // comments
		}
	}
	return k, k.parser.Error()
}

// key notes each part of a dotted key below a table, and gives its path. A table in an array is the last of those that were begun.
func (k *keys) key(path string, parts unstable.Iterator) string {
	for parts.Next() {
		if n := k.count[path]; n > 0 {
			path = item(path, n-1)
		}
		n := parts.Node()
		path = below(path, string(n.Data))
		if _, known := k.at[path]; !known {
			start := k.parser.Shape(n.Raw).Start
			k.at[path] = place{len(k.at), diag.Pos{File: k.file, Line: start.Line, Col: start.Column}}
		}
	}
	return path
}

func (k *keys) value(path string, n *unstable.Node) {
	switch n.Kind {
	case unstable.InlineTable:
		for it := n.Children(); it.Next(); {
			kv := it.Node()
			k.value(k.key(path, kv.Key()), kv.Value())
		}
	case unstable.Array:
		i := 0
		for it := n.Children(); it.Next(); i++ {
			k.value(item(path, i), it.Node())
		}
	default: // nothing is below it
	}
}

// Paths need a separator that no key has: keys cannot hold control characters unless they are escaped, and these are not met in practice.
func below(path, key string) string  { return path + "\x00" + key }
func item(path string, i int) string { return path + "\x01" + strconv.Itoa(i) }

func (k *keys) dict(m map[string]any, path string, text func(string) value.Value) *value.Dict {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return k.at[below(path, a)].rank - k.at[below(path, b)].rank })
	d := value.NewDictFor(len(names))
	for _, name := range names {
		at := below(path, name)
		d.SetAt(name, k.convert(m[name], at, text), k.at[at].pos, k.at[at].pos)
	}
	return d
}

func (k *keys) convert(v any, path string, text func(string) value.Value) value.Value {
	switch v := v.(type) {
	case string:
		return text(v)
	case map[string]any:
		return k.dict(v, path, text)
	case []any:
		l := value.NewList()
		for i, one := range v {
			l.Append(k.convert(one, item(path, i), text))
		}
		return l
	case toml.LocalDate:
		return value.Date{Year: v.Year, Month: time.Month(v.Month), Day: v.Day}
	case toml.LocalDateTime:
		return v.AsTime(time.UTC)
	case toml.LocalTime:
		return v.String()
	}
	return v // int64, float64, bool, time.Time
}
