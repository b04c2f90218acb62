package python

import (
	"fmt"
	"strconv"
	"strings"

	"pig/internal/value"
)

// members gives attributes and elements of values, as a template sees them.
type members interface {
	Attr(obj value.Value, name string) (value.Value, error)
	Item(obj, key value.Value) (value.Value, error)
}

// Braces is Python's str.format.
type Braces struct {
	Env  members
	Args []value.Value
	KW   *value.Dict
	auto int // the next automatic number; -1 once numbers were written out
}

// Format fills the fields of s. depth is 0 but for fields inside of fields.
func (b *Braces) Format(s string, depth int) (string, error) {
	if depth > 2 {
		return "", fmt.Errorf("Max string recursion exceeded")
	}
	var out strings.Builder
	for s != "" {
		i := strings.IndexAny(s, "{}")
		if i < 0 {
			out.WriteString(s)
			break
		}
		out.WriteString(s[:i])
		c := s[i]
		s = s[i+1:]
		if s != "" && s[0] == c {
			out.WriteByte(c)
			s = s[1:]
			continue
		}
		if c == '}' {
			return "", fmt.Errorf("Single '}' encountered in format string")
		}
		end := closingBrace(s)
		if end < 0 {
			return "", fmt.Errorf("expected '}' before end of string")
		}
		text, err := b.field(s[:end], depth)
		if err != nil {
			return "", err
		}
		out.WriteString(text)
		s = s[end+1:]
		if out.Len() > MaxText {
			return "", fmt.Errorf("the text is longer than %d bytes", MaxText)
		}
	}
	return out.String(), nil
}

func closingBrace(s string) int {
	depth := 0
	for i := range len(s) {
		switch s[i] {
		case '{':
			depth++
		case '}':
			if depth == 0 {
				return i
			}
			depth--
		}
	}
	return -1
}

// field is what stands between braces: name!conversion:spec.
func (b *Braces) field(s string, depth int) (string, error) {
	name, spec, conv := s, "", ""
	bracket := 0
scan:
	for i := range len(s) {
		switch s[i] {
		case '[':
			bracket++
		case ']':
			bracket--
		case ':', '!':
			if bracket > 0 {
				continue
			}
			name, spec = s[:i], s[i+1:]
			if s[i] == '!' {
				conv, spec, _ = strings.Cut(spec, ":")
			}
			break scan
		}
	}
	v, err := b.lookup(name)
	if err != nil {
		return "", err
	}
	switch conv {
	case "":
	case "s":
		v = Str(v)
	case "r", "a":
		v = value.Repr(v)
	default:
		return "", fmt.Errorf("Unknown conversion specifier '%s'", conv)
	}
	if strings.ContainsAny(spec, "{}") {
		if spec, err = b.Format(spec, depth+1); err != nil {
			return "", err
		}
	}
	parsed, err := parseSpec(spec)
	if err != nil {
		return "", err
	}
	return parsed.apply(v)
}

// lookup finds a field by its name, like 0, name, name.attr or 0[key].
func (b *Braces) lookup(name string) (value.Value, error) {
	end := strings.IndexAny(name, ".[")
	if end < 0 {
		end = len(name)
	}
	v, err := b.first(name[:end])
	for rest := name[end:]; rest != "" && err == nil; {
		if rest[0] == '.' {
			end := strings.IndexAny(rest[1:], ".[")
			if end < 0 {
				end = len(rest) - 1
			}
			v, err = b.Env.Attr(v, rest[1:1+end])
			rest = rest[1+end:]
		} else {
			end := strings.IndexByte(rest, ']')
			if end < 0 {
				return nil, fmt.Errorf("Missing ']' in format string")
			}
			var key value.Value = rest[1:end]
			if n, e := strconv.ParseInt(rest[1:end], 10, 64); e == nil {
				key = n
			}
			v, err = b.Env.Item(v, key)
			rest = rest[end+1:]
		}
		if u, ok := v.(value.Undefined); ok {
			return nil, UsedUndefined(u)
		}
	}
	return v, err
}

func (b *Braces) first(name string) (value.Value, error) {
	n, err := strconv.Atoi(name)
	switch {
	case name == "":
		if b.auto < 0 {
			return nil, fmt.Errorf("cannot switch from manual field specification to automatic field numbering")
		}
		n = b.auto
		b.auto++
	case err == nil && b.auto > 0:
		return nil, fmt.Errorf("cannot switch from automatic field numbering to manual field specification")
	case err == nil:
		b.auto = -1
	default:
		if b.KW != nil {
			if v, ok := b.KW.Get(name); ok {
				return v, nil
			}
		}
		return nil, fmt.Errorf("KeyError: %s", value.Repr(name))
	}
	if n < 0 || n >= len(b.Args) {
		return nil, fmt.Errorf("Replacement index %d out of range for positional args tuple", n)
	}
	return b.Args[n], nil
}
