package python

import (
	"fmt"
	"math/big"
	"strings"
	"time"
	"unicode/utf8"

	"pig/internal/secret"
	"pig/internal/value"
)

// JSONWriter writes JSON as Python's json.dumps does.
type JSONWriter struct {
	b        strings.Builder
	Indent   int // blanks per level; less than 0: all on one line
	Item     string
	Key      string
	SortKeys bool
	ASCII    bool
	depth    int
}

// NewJSONWriter makes a writer with the defaults of json.dumps.
func NewJSONWriter() *JSONWriter {
	return &JSONWriter{Indent: -1, Item: ", ", Key: ": ", ASCII: true}
}

// Write writes a finished value.
func (w *JSONWriter) Write(v value.Value) error {
	if w.b.Len() > MaxText {
		return fmt.Errorf("the text is longer than %d bytes", MaxText)
	}
	switch x := v.(type) {
	case nil:
		w.b.WriteString("null")
	case bool:
		fmt.Fprint(&w.b, x)
	case int64, *big.Int:
		w.b.WriteString(value.Str(v))
	case float64:
		w.b.WriteString(jsonFloat(x))
	case string:
		w.quote(x)
	case secret.Text:
		w.quote(x.Plain())
	case value.Bytes:
		w.quote(string(x))
	case value.Date, value.Unsafe:
		w.quote(value.Str(v))
	case time.Time:
		w.quote(strings.Replace(value.Str(x), " ", "T", 1))
	case *value.List:
		return w.list(x.Items)
	case *value.Dict:
		return w.dict(x)
	default:
		return fmt.Errorf("Object of type %s is not JSON serializable", TypeName(v))
	}
	return nil
}

func jsonFloat(f float64) string {
	switch s := value.FloatText(f); s {
	case "nan":
		return "NaN"
	case "inf":
		return "Infinity"
	case "-inf":
		return "-Infinity"
	default:
		return s
	}
}

func (w *JSONWriter) newline() {
	if w.Indent >= 0 {
		w.b.WriteByte('\n')
		w.b.WriteString(strings.Repeat(" ", w.Indent*w.depth))
	}
}

func (w *JSONWriter) list(items []value.Value) error {
	if len(items) == 0 {
		w.b.WriteString("[]")
		return nil
	}
	w.b.WriteByte('[')
	w.depth++
	for i, item := range items {
		if i > 0 {
			w.b.WriteString(w.Item)
		}
		w.newline()
		if err := w.Write(item); err != nil {
			return err
		}
	}
	w.depth--
	w.newline()
	w.b.WriteByte(']')
	return nil
}

func (w *JSONWriter) dict(d *value.Dict) error {
	if d.Len() == 0 {
		w.b.WriteString("{}")
		return nil
	}
	keys := d.Keys()
	if w.SortKeys {
		var err error
		if keys, err = SortValues(keys, nil, false); err != nil {
			return err
		}
	}
	w.b.WriteByte('{')
	w.depth++
	for i, k := range keys {
		if i > 0 {
			w.b.WriteString(w.Item)
		}
		w.newline()
		name, err := jsonKey(k)
		if err != nil {
			return err
		}
		w.quote(name)
		w.b.WriteString(w.Key)
		v, _ := d.Get(k)
		if err := w.Write(v); err != nil {
			return err
		}
	}
	w.depth--
	w.newline()
	w.b.WriteByte('}')
	return nil
}

func jsonKey(k value.Value) (string, error) {
	switch x := k.(type) {
	case nil:
		return "null", nil
	case bool:
		return fmt.Sprint(x), nil
	case float64:
		return jsonFloat(x), nil
	case int64, *big.Int:
		return value.Str(k), nil
	}
	if text, ok := value.Plain(k); ok {
		return text, nil
	}
	return "", fmt.Errorf("keys must be str, int, float, bool or None, not %s", TypeName(k))
}

func (w *JSONWriter) quote(s string) {
	w.b.WriteByte('"')
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&w.b, `\udc%02x`, s[i])
		case r == '"' || r == '\\':
			w.b.WriteByte('\\')
			w.b.WriteRune(r)
		case r == '\n':
			w.b.WriteString(`\n`)
		case r == '\r':
			w.b.WriteString(`\r`)
		case r == '\t':
			w.b.WriteString(`\t`)
		case r == '\b':
			w.b.WriteString(`\b`)
		case r == '\f':
			w.b.WriteString(`\f`)
		case r < ' ' || w.ASCII && r >= 0x7f && r < 0x10000:
			if r == 0x7f {
				w.b.WriteRune(r)
			} else {
				fmt.Fprintf(&w.b, `\u%04x`, r)
			}
		case w.ASCII && r >= 0x10000:
			r -= 0x10000
			fmt.Fprintf(&w.b, `\u%04x\u%04x`, 0xd800+(r>>10), 0xdc00+(r&0x3ff))
		default:
			w.b.WriteString(s[i : i+n])
		}
		i += n
	}
	w.b.WriteByte('"')
}

// String is what was written.
func (w *JSONWriter) String() string { return w.b.String() }
