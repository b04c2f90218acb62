package params

import (
	"fmt"
	"math/big"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"pig/internal/secret"
	"pig/internal/value"
)

// Type is the type of a parameter: a scalar kind or an object, one of it, a list of it or a mapping to it.
type Type struct {
	Kind   string      // bool, int, string, port ...; "" for an object
	Object *ObjectType // nil for a scalar
	List   bool
	Map    bool
}

func (t Type) String() string {
	name := t.Kind
	if t.Object != nil {
		name = t.Object.Name
	}
	switch {
	case t.List:
		return name + "[]"
	case t.Map:
		return "{" + name + "}"
	}
	return name
}

// kinds are the scalar kinds with what they are called to a user.
var kinds = map[string]string{
	"bool": "true or false", "int": "a whole number", "float": "a number", "string": "text", "enum": "one of its values", "port": "a port, 1 to 65535",
	"path": "a path", "ip": "an IP address", "cidr": "an address with a mask, such as 10.10.10.2/24", "csv": "text with commas",
	"size": "a size, such as 64MB", "dict": "a mapping",
	"auto_int": "auto or a whole number", "jmespath": "a JMESPath expression", "dest": "default, postgres, pgbouncer or a port", "hba_addr": "an address of an HBA rule",
	"hba_auth": "a method of an HBA rule", "ratio": "a part, from 0 to less than 1",
}

func (c *Catalog) parseType(text string) (Type, error) {
	name := strings.TrimSuffix(strings.Trim(text, "{}"), "[]")
	t := Type{List: strings.HasSuffix(text, "[]"), Map: strings.HasPrefix(text, "{"), Object: c.Objects[name]}
	if t.Object == nil {
		t.Kind = name
		if _, ok := forms()[name]; !ok && kinds[name] == "" {
			return t, fmt.Errorf("unknown type %q: the kinds are in internal/params, types.go and forms.go", text)
		}
	}
	return t, nil
}

// IsTemplate tells whether v is a text that only a run can render, so that nothing can be said about it.
func IsTemplate(v value.Value) bool {
	s, ok := value.Plain(v)
	return ok && (strings.Contains(s, "{{") || strings.Contains(s, "{%"))
}

// hasPlaceholder tells whether v holds ${...}, which stands for something else.
func hasPlaceholder(v value.Value) bool {
	s, ok := value.Plain(v)
	return ok && strings.Contains(s, "${")
}

var (
	sizeForm = regexp.MustCompile(`(?i)^\d+(?:[kmgtp]i?)?b?$`) // fallocate and pgBackRest take neither fractions nor blanks
)

// checkScalar tells what is wrong with val as a value of p, or "". Ansible's leniency holds: texts that read as a number or a
// boolean are taken for one.
func (v *Validator) checkScalar(p *Param, val value.Value) string {
	if val == nil || IsTemplate(val) {
		return ""
	}
	kind := p.Type.Kind
	s, isText := value.Plain(val)
	ok := true
	if s, isText := value.Plain(val); isText && !manyLines(p) && !oneLine(s) {
		return "must be one line"
	}
	switch kind {
	case "bool":
		ok = isBool(val)
	case "int", "auto_int":
		ok = isInt(val) || kind == "auto_int" && s == "auto"
		if n, number := ToInt(val); number && ok {
			if wrong := outside(p, n); wrong != "" {
				return wrong
			}
		}
	case "float":
		ok = isNumber(val)
	case "port":
		n, isNumber := ToInt(val)
		ok = isNumber && n >= 1 && n <= 65535
		if ok && p.Min != nil && n < *p.Min {
			return fmt.Sprintf("must be a port from %d to 65535, because only root can use lower ports, not %d", *p.Min, n)
		}
	case "dict":
		_, ok = val.(*value.Dict)
	case "enum":
		return checkEnum(p, val)
	case "ip":
		ok = s == "" && isText || hasPlaceholder(val) || IsAddress(s)
	case "cidr":
		ok = hasPlaceholder(val) || isPrefix(s)
	case "size":
		ok = sizeForm.MatchString(value.Str(val))
	case "dest":
		n, isPort := ToInt(val) // a port in quotes is one, too
		ok = isPort && n >= 1 && n <= 65535 || slices.Contains([]string{"default", "postgres", "pgbouncer"}, s)
	case "jmespath", "hba_addr", "hba_auth":
		if !isText {
			ok = false
			break
		}
		if judge := v.kinds[kind]; judge != nil {
			if err := judge(s); err != nil {
				return err.Error()
			}
		}
	case "ratio":
		n, err := strconv.ParseFloat(value.Str(val), 64)
		ok = err == nil && n >= 0 && n < 1
	default: // texts of all sorts: a number is fine where a text is meant
		ok = isText || isNumber(val)
		if _, boolean := val.(bool); boolean {
			return fmt.Sprintf("must be %s, not %s", called(kind), shown(p, val))
		}
		if _, date := val.(value.Date); date {
			ok = true
		}
		if f, formed := forms()[kind]; formed && ok && !hasPlaceholder(val) && !f.is(value.Str(val)) {
			return fmt.Sprintf("must be %s, not %s", f.called, shown(p, val))
		}
	}
	if !ok {
		return fmt.Sprintf("must be %s, not %s", called(kind), shown(p, val))
	}
	return ""
}

// called is what a scalar kind is called to a user.
func called(kind string) string {
	if f, ok := forms()[kind]; ok {
		return f.called
	}
	return kinds[kind]
}

// shown is v as a message may show it.
func shown(p *Param, v value.Value) string {
	switch v.(type) {
	case *value.List:
		return "a list"
	case *value.Dict:
		return "a mapping"
	}
	_, isSecret := v.(secret.Text)
	if _, text := v.(string); text && p.Type.Object != nil && p.Type.Object.holdsSecrets() {
		return "a text"
	}
	if isSecret || p.Secret {
		return "that"
	}
	return repr(v)
}

// repr is v without the passwords that are inside a text.
func repr(v value.Value) string {
	if s, ok := v.(string); ok {
		return value.Repr(secret.Carrying(s, secret.Inside(s)...).Masked())
	}
	return value.Repr(v)
}

// holdsSecrets tells whether a field of an object may be a secret.
func (o *ObjectType) holdsSecrets() bool {
	return o.Open || slices.ContainsFunc(o.Fields, func(f *Param) bool { return f.Secret || f.Type.Kind == "password" })
}

func checkEnum(p *Param, v value.Value) string {
	texts := make([]string, len(p.Values))
	for i, allowed := range p.Values {
		texts[i] = value.Str(allowed)
		if strings.EqualFold(texts[i], value.Str(v)) {
			return ""
		}
		if b, ok := v.(bool); ok && (b && texts[i] == "on" || !b && (texts[i] == "off" || texts[i] == "none")) {
			return "" // YAML reads on and off as booleans
		}
	}
	return fmt.Sprintf("must be one of %s, not %s", strings.Join(texts, ", "), shown(p, v))
}

func isBool(v value.Value) bool {
	switch v := v.(type) {
	case bool:
		return true
	case int64:
		return v == 0 || v == 1
	}
	s, _ := value.Plain(v)
	switch strings.ToLower(s) {
	case "yes", "no", "true", "false", "on", "off", "1", "0", "y", "n", "t", "f":
		return true
	}
	return false
}

// ToInt reads a whole number, also from a text.
func ToInt(v value.Value) (int64, bool) {
	if n, ok := v.(int64); ok {
		return n, true
	}
	if s, ok := value.Plain(v); ok {
		n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
		return n, err == nil
	}
	return 0, false
}

func isInt(v value.Value) bool {
	_, ok := ToInt(v)
	_, big := v.(*big.Int)
	return ok || big
}

func isNumber(v value.Value) bool {
	if _, ok := v.(float64); ok || isInt(v) {
		return true
	}
	s, ok := value.Plain(v)
	_, err := strconv.ParseFloat(s, 64)
	return ok && err == nil
}

// IsAddress takes a mask too: a virtual address may have one.
func IsAddress(s string) bool {
	_, err := netip.ParseAddr(s)
	return err == nil || isPrefix(s)
}

func isPrefix(s string) bool {
	_, err := netip.ParsePrefix(s)
	return err == nil
}

// outside tells how a number breaks the bounds of p, "" if it keeps them.
func outside(p *Param, n int64) string {
	switch {
	case p.Min != nil && n < *p.Min && p.Max != nil, p.Max != nil && n > *p.Max && p.Min != nil:
		return fmt.Sprintf("must be from %d to %d, not %d", *p.Min, *p.Max, n)
	case p.Min != nil && n < *p.Min:
		return fmt.Sprintf("must be %d or more, not %d", *p.Min, n)
	case p.Max != nil && n > *p.Max:
		return fmt.Sprintf("must be %d or less, not %d", *p.Max, n)
	}
	return ""
}
