package lookups

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"pig/internal/diag"
	"pig/internal/jinja/python"
	"pig/internal/jinja/runtime"
	"pig/internal/value"
)

// lookupUnvault gives files as they are: what is encrypted is decrypted by whoever reads files.
func lookupUnvault(s *runtime.Scope, args []value.Value, _ *value.Dict) (*value.List, error) {
	return lookupFile(s, args, value.DictOf("rstrip", false))
}

func lookupFile(s *runtime.Scope, args []value.Value, kw *value.Dict) (*value.List, error) {
	files, err := s.Reader()
	if err != nil {
		return nil, err
	}
	if err := settled(args); err != nil {
		return nil, err
	}
	out := value.NewList()
	for _, a := range args {
		path, err := files.Find("files", python.Str(a), s.From())
		if err != nil {
			return nil, notFound(python.Str(a), err)
		}
		if err := s.Permit(python.Str(a), path); err != nil {
			return nil, err
		}
		data, err := files.Read(path)
		if err != nil {
			return nil, err
		}
		text := string(data)
		if value.Truthy(kw.At("lstrip")) {
			text = python.StripSpace(text, true, false)
		}
		if !kw.Has("rstrip") || value.Truthy(kw.At("rstrip")) {
			text = python.StripSpace(text, false, true)
		}
		out.Append(text)
	}
	return out, nil
}

func lookupTemplate(s *runtime.Scope, args []value.Value, kw *value.Dict) (*value.List, error) {
	if err := settled(args); err != nil {
		return nil, err
	}
	o := runtime.TextOptions{LstripBlocks: value.Truthy(kw.At("lstrip_blocks"))}
	if kw.Has("trim_blocks") {
		o.KeepBlockNewlines = !value.Truthy(kw.At("trim_blocks"))
	}
	for key, to := range map[string]*string{
		"variable_start_string": &o.VariableStart, "variable_end_string": &o.VariableEnd,
		"block_start_string": &o.BlockStart, "block_end_string": &o.BlockEnd,
		"comment_start_string": &o.CommentStart, "comment_end_string": &o.CommentEnd,
	} {
		*to, _ = value.Plain(kw.At(key))
	}
	if vars, ok := kw.At("template_vars").(*value.Dict); ok {
		o.Vars = vars
	}
	out := value.NewList()
	for _, a := range args {
		text, file, err := s.Load(python.Str(a))
		if err != nil {
			return nil, notFound(python.Str(a), err)
		}
		v, err := s.Include(text, diag.Pos{File: file, Line: 1, Col: 1}, o)
		if err != nil {
			return nil, err
		}
		out.Append(v)
	}
	return out, nil
}

func lookupGlob(s *runtime.Scope, args []value.Value, _ *value.Dict) (*value.List, error) {
	files, err := s.Reader()
	if err != nil {
		return nil, err
	}
	if err := settled(args); err != nil {
		return nil, err
	}
	out := value.NewList()
	for _, a := range spread(args).Items {
		found, err := files.Glob(python.Str(a), s.From())
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			if err := s.Permit(python.Str(a), f); err != nil {
				return nil, err
			}
			out.Append(f)
		}
	}
	return out, nil
}

// lookupFirstFound gives the first file that exists. Its terms are names, or mappings with files, paths and skip.
func lookupFirstFound(s *runtime.Scope, args []value.Value, kw *value.Dict) (*value.List, error) {
	files, err := s.Reader()
	if err != nil {
		return nil, err
	}
	if err := settled(args); err != nil {
		return nil, err
	}
	skip := value.Truthy(kw.At("skip"))
	var names []string
	for _, a := range append(spread(args).Items, kw) {
		d, ok := a.(*value.Dict)
		if !ok {
			names = append(names, python.Str(a))
			continue
		}
		skip = skip || value.Truthy(d.At("skip"))
		names = append(names, searched(d)...)
	}
	for _, name := range names {
		for _, kind := range []string{"files", "templates", "vars"} {
			path, err := files.Find(kind, name, s.From())
			if err == nil {
				return value.NewList(path), s.Permit(name, path)
			}
			if !errors.Is(err, fs.ErrNotExist) {
				return nil, err
			}
		}
	}
	if skip {
		return value.NewList(), nil
	}
	return nil, fmt.Errorf("no file was found when using first_found: %s", strings.Join(names, ", "))
}

// searched are the names that a mapping with files and paths stands for.
func searched(d *value.Dict) []string {
	list := func(key string) []string {
		v := d.At(key)
		if text, ok := value.Plain(v); ok {
			return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",;", r) })
		}
		var out []string
		if l, ok := v.(*value.List); ok {
			for _, item := range l.Items {
				out = append(out, python.Str(item))
			}
		}
		return out
	}
	names, paths := list("files"), list("paths")
	if len(paths) == 0 {
		return names
	}
	var out []string
	for _, p := range paths {
		for _, n := range names {
			out = append(out, python.JoinPath([]string{strings.TrimSpace(p), strings.TrimSpace(n)}))
		}
	}
	return out
}
