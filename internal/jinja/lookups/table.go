package lookups

import (
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"pig/internal/jinja/runtime"
	"pig/internal/value"
)

// options are those of a term in the old form, "key name=value name=value", on top of keywords.
func options(term string, kw *value.Dict) (key string, opts map[string]string) {
	opts = map[string]string{}
	for k, v := range kw.All() {
		opts[value.KeyText(k)] = value.Str(v)
	}
	var words []string
	for word := range strings.FieldsSeq(term) {
		if name, val, ok := strings.Cut(word, "="); ok && name != "" {
			opts[name] = val
			continue
		}
		words = append(words, word)
	}
	return strings.Join(words, " "), opts
}

func or(text, absent string) string {
	if text == "" {
		return absent
	}
	return text
}

// found reads a file of the playbook.
func contentOf(s *runtime.Scope, name string) (string, error) {
	list, err := lookupFile(s, []value.Value{name}, value.DictOf("rstrip", false))
	if err != nil || len(list.Items) == 0 {
		return "", err
	}
	return value.Str(list.Items[0]), nil
}

// lookupCSV gives a column of the row whose first column is the key.
func lookupCSV(s *runtime.Scope, args []value.Value, kw *value.Dict) (*value.List, error) {
	all := value.NewList()
	for _, a := range args {
		key, o := options(value.Str(a), kw)
		text, err := contentOf(s, or(o["file"], "ansible.csv"))
		if err != nil {
			return nil, err
		}
		r := csv.NewReader(strings.NewReader(text))
		r.FieldsPerRecord, r.LazyQuotes = -1, true
		if d := or(o["delimiter"], "TAB"); d == "TAB" || d == "t" || d == "\\t" {
			r.Comma = '\t'
		} else {
			r.Comma = []rune(d)[0]
		}
		rows, err := r.ReadAll()
		if err != nil {
			return nil, fmt.Errorf("csvfile: %w", err)
		}
		col, err := strconv.Atoi(or(o["col"], "1"))
		if err != nil || col < 0 {
			return nil, fmt.Errorf("invalid col %q: want a number", o["col"])
		}
		row := rowOf(rows, key)
		switch {
		case col < len(row):
			all.Append(row[col])
		case o["default"] != "":
			all.Append(o["default"])
		}
	}
	return all, nil
}

func rowOf(rows [][]string, key string) []string {
	for _, row := range rows {
		if len(row) > 0 && row[0] == key {
			return row
		}
	}
	return nil
}

// ini gives the value of a key in a section of an INI file.
func (src Sources) ini(s *runtime.Scope, args []value.Value, kw *value.Dict) (*value.List, error) {
	all := value.NewList()
	for _, a := range args {
		key, o := options(value.Str(a), kw)
		text, err := contentOf(s, or(o["file"], "ansible.ini"))
		if err != nil {
			return nil, err
		}
		section := or(o["section"], "global")
		if o["type"] == "properties" {
			section = ""
		}
		named, err := src.iniKeys(key, o)
		if err != nil {
			return nil, err
		}
		found := iniValues(text, section, named)
		switch {
		case len(found) > 0 && yes(o["re"]):
			all.Append(value.Strings(found).Items...)
		case len(found) > 0:
			all.Append(found[0])
		case kw.Has("default") || o["default"] != "":
			all.Append(o["default"])
		default:
			all.Append("")
		}
	}
	return all, nil
}

// iniKeys tells which keys a term means: that of its name, or with re those that a regular expression matches from their beginning.
func (src Sources) iniKeys(key string, o map[string]string) (func(name string) bool, error) {
	if !yes(o["re"]) {
		return func(name string) bool { return strings.EqualFold(name, key) }, nil
	}
	re, err := src.Regexps.Compile("^(?:"+key+")", 0)
	if err != nil {
		return nil, err
	}
	return func(name string) bool {
		m, err := re.Search(strings.ToLower(name))
		return err == nil && m != nil
	}, nil
}

func yes(text string) bool {
	return slices.Contains([]string{"true", "yes", "on", "1"}, strings.ToLower(text))
}

// iniValues are the values of the keys in a section that are meant, in the order of the file.
func iniValues(text, section string, meant func(name string) bool) (all []string) {
	in := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' || line[0] == ';' {
			continue
		}
		if line[0] == '[' {
			in = strings.Trim(line, "[]")
			continue
		}
		if i := strings.IndexAny(line, "=:"); i > 0 && in == section && meant(strings.TrimSpace(line[:i])) {
			all = append(all, strings.TrimSpace(line[i+1:]))
		}
	}
	return all
}
