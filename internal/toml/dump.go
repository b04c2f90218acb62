package toml

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"pig/internal/secret"
	"pig/internal/value"
)

// Dump writes a mapping as a document: mappings in it are tables, those in lists stand inline.
func Dump(d *value.Dict) (string, error) {
	var b strings.Builder
	err := table(&b, d, "")
	return strings.TrimPrefix(b.String(), "\n"), err
}

// table writes the plain values of a mapping, then the mappings in it as tables of their own.
func table(b *strings.Builder, d *value.Dict, path string) error {
	for k, v := range d.All() {
		if _, ok := v.(*value.Dict); ok {
			continue
		}
		text, err := inline(v)
		if err != nil {
			return fmt.Errorf("%s: %w", dotted(path, k), err)
		}
		fmt.Fprintf(b, "%s = %s\n", key(k), text)
	}
	for k, v := range d.All() {
		below, ok := v.(*value.Dict)
		if !ok {
			continue
		}
		if head := dotted(path, k); below.Len() == 0 || hasPlain(below) {
			fmt.Fprintf(b, "\n[%s]\n", head)
		}
		if err := table(b, below, dotted(path, k)); err != nil {
			return err
		}
	}
	return nil
}

func hasPlain(d *value.Dict) bool {
	for _, v := range d.All() {
		if _, ok := v.(*value.Dict); !ok {
			return true
		}
	}
	return false
}

func dotted(path string, k value.Value) string {
	if path == "" {
		return key(k)
	}
	return path + "." + key(k)
}

func key(k value.Value) string {
	name := value.KeyText(k)
	plain := name != "" && strings.IndexFunc(name, func(r rune) bool {
		return r != '_' && r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}) < 0
	if plain {
		return name
	}
	return quoted(name)
}

func inline(v value.Value) (string, error) {
	switch v := v.(type) {
	case nil:
		return "", fmt.Errorf("TOML has no null")
	case bool:
		return strconv.FormatBool(v), nil
	case int64, float64:
		return value.Str(v), nil
	case time.Time:
		return v.Format(time.RFC3339Nano), nil
	case value.Date:
		return v.String(), nil
	case secret.Text:
		return quoted(v.Plain()), nil
	case *value.List:
		parts := make([]string, len(v.Items))
		for i, item := range v.Items {
			text, err := inline(item)
			if err != nil {
				return "", err
			}
			parts[i] = text
		}
		return "[" + strings.Join(parts, ", ") + "]", nil
	case *value.Dict:
		var parts []string
		for k, item := range v.All() {
			text, err := inline(item)
			if err != nil {
				return "", err
			}
			parts = append(parts, key(k)+" = "+text)
		}
		return "{ " + strings.Join(parts, ", ") + " }", nil
	}
	return quoted(value.Str(v)), nil
}

// quoted is a basic string.
func quoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteString(`\` + string(r))
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
