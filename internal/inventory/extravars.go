package inventory

import (
	"strings"

	"pig/internal/diag"
	"pig/internal/value"
	"pig/internal/yaml"
)

// ParseExtraVars reads the arguments of -e, the later overriding the earlier. Each is key=value ..., whose values are
// strings as Ansible has it; YAML or JSON in braces; or @file. Positions name the argument by its number.
func ParseExtraVars(args []string, opts Options) (*value.Dict, diag.List, error) {
	all := value.NewDict()
	var warnings diag.List
	for _, arg := range args {
		if strings.TrimSpace(arg) == "" {
			continue
		}
		v, w, err := parseExtra(arg, yaml.Options{Strict: opts.Strict, Vault: opts.Vault})
		warnings = append(warnings, w...)
		if err != nil {
			return nil, warnings, err
		}
		d, ok := v.(*value.Dict)
		if !ok {
			return nil, warnings, diag.Errorf(extraPos, "extra variables must be a mapping, not %s: %s", value.TypeName(v), arg)
		}
		if opts.Merge {
			all = value.Merged(all, d)
			continue
		}
		all.Update(d)
	}
	return all, warnings, nil
}

var extraPos = diag.Pos{File: "-e"}

func parseExtra(arg string, opts yaml.Options) (value.Value, diag.List, error) {
	switch arg[0] {
	case '@':
		return readYAML(arg[1:], opts)
	case '/', '.':
		return nil, nil, diag.Errorf(extraPos, "%s looks like a file", arg).WithHint("write -e @%s to read it", arg)
	case '[', '{':
		return yaml.Parse([]byte(arg), "-e", opts)
	}
	d, err := parsePairs(arg)
	return d, nil, err
}

// parsePairs reads key=value pairs between blanks. A value may be quoted, and blanks inside {{ }} do not end it.
func parsePairs(text string) (*value.Dict, error) {
	d := value.NewDict()
	words, err := splitPairs(text)
	if err != nil {
		return nil, err
	}
	for _, w := range words {
		at := equalsSign(w)
		if at <= 0 {
			return nil, diag.Errorf(extraPos, "invalid extra variable %q: want key=value", w).WithHint(`several variables: -e "a=1 b=2"; a value with blanks: -e "a='x y'"`)
		}
		val := strings.TrimSpace(decodeEscapes(w[at+1:]))
		d.SetAt(strings.TrimSpace(w[:at]), unquote(val), extraPos, extraPos)
	}
	return d, nil
}

// equalsSign is the first = in w that no backslash precedes, or -1.
func equalsSign(w string) int {
	for i := 1; i < len(w); i++ {
		if w[i] == '=' && w[i-1] != '\\' {
			return i
		}
	}
	return -1
}

func unquote(s string) string {
	if len(s) > 1 && s[0] == s[len(s)-1] && (s[0] == '"' || s[0] == '\'') && s[len(s)-2] != '\\' {
		return s[1 : len(s)-1]
	}
	return s
}

// decodeEscapes replaces the escapes of a Python string, as Ansible's parse_kv does; an unknown one stays as it is.
func decodeEscapes(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		text, n := unescape(s[i+1:])
		b.WriteString(text)
		i += n
	}
	return b.String()
}

// splitPairs splits at blanks that are neither in quotes nor in {{ }}, {% %} or {# #}. Quotes stay.
func splitPairs(text string) ([]string, error) {
	var words []string
	start := -1
	var quote byte
	depth := 0
	for i := 0; i < len(text); i++ {
		c := text[i]
		next := byte(0)
		if i+1 < len(text) {
			next = text[i+1]
		}
		switch {
		case quote != 0:
			if c == quote && text[i-1] != '\\' {
				quote = 0
			}
		case (c == '"' || c == '\'') && (i == 0 || text[i-1] != '\\'):
			quote = c
		case c == '{' && (next == '{' || next == '%' || next == '#'):
			depth++
		case depth > 0 && next == '}' && (c == '}' || c == '%' || c == '#'):
			depth--
		case depth == 0 && (c == ' ' || c == '\n'): // a tab is part of the value, as in Ansible
			if start >= 0 {
				words = append(words, text[start:i])
				start = -1
			}
			continue
		}
		if start < 0 {
			start = i
		}
	}
	if quote != 0 || depth > 0 {
		return nil, diag.Errorf(extraPos, "failed at splitting arguments, either an unbalanced jinja2 block or quotes: %s", text)
	}
	if start >= 0 {
		words = append(words, text[start:])
	}
	return words, nil
}
