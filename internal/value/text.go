package value

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"pig/internal/secret"
)

// Str is Python's str(v). The text of a secret is its plain text: what shows text to people uses Display.
func Str(v Value) string {
	switch v := v.(type) {
	case string:
		return v
	case Unsafe:
		return string(v)
	case secret.Text:
		return v.Plain()
	case Date:
		return v.String()
	case time.Time:
		return timeText(v)
	}
	return Repr(v)
}

// Repr is Python's repr(v).
func Repr(v Value) string {
	var b strings.Builder
	writeRepr(&b, v, false)
	return b.String()
}

// Display is Repr with secrets masked, for people.
func Display(v Value) string {
	switch s := v.(type) {
	case string:
		return s
	case Unsafe:
		return string(s)
	}
	var b strings.Builder
	writeRepr(&b, v, true)
	return b.String()
}

func writeRepr(b *strings.Builder, v Value, mask bool) {
	switch v := v.(type) {
	case nil:
		b.WriteString("None")
	case bool:
		if v {
			b.WriteString("True")
		} else {
			b.WriteString("False")
		}
	case int64:
		b.WriteString(strconv.FormatInt(v, 10))
	case *big.Int:
		b.WriteString(v.String())
	case float64:
		b.WriteString(FloatText(v))
	case string:
		quote(b, v)
	case Unsafe:
		quote(b, string(v))
	case secret.Text:
		if mask {
			b.WriteString(secret.Mask)
		} else {
			quote(b, v.Plain())
		}
	case Bytes:
		b.WriteString("b")
		quoteBytes(b, v)
	case Date:
		fmt.Fprintf(b, "datetime.date(%d, %d, %d)", v.Year, v.Month, v.Day)
	case time.Time:
		fmt.Fprintf(b, "datetime.datetime(%d, %d, %d, %d, %d)", v.Year(), v.Month(), v.Day(), v.Hour(), v.Minute())
	case *List:
		writeItems(b, v.Items, "[", "]", mask)
	case Tuple:
		if len(v) == 1 {
			writeItems(b, v, "(", ",)", mask)
		} else {
			writeItems(b, v, "(", ")", mask)
		}
	case *Dict:
		writeDict(b, v, mask)
	case Undefined:
		b.WriteString("Undefined")
	case Unknown:
		b.WriteString(UnknownText)
	case fmt.Stringer:
		b.WriteString(v.String())
	default:
		fmt.Fprintf(b, "<%s>", TypeName(v))
	}
}

func writeItems(b *strings.Builder, items []Value, open, end string, mask bool) {
	b.WriteString(open)
	for i, item := range items {
		if i > 0 {
			b.WriteString(", ")
		}
		writeRepr(b, item, mask)
	}
	b.WriteString(end)
}

func writeDict(b *strings.Builder, d *Dict, mask bool) {
	b.WriteByte('{')
	first := true
	for k, item := range d.All() {
		if !first {
			b.WriteString(", ")
		}
		first = false
		writeRepr(b, k, mask)
		b.WriteString(": ")
		writeRepr(b, item, mask)
	}
	b.WriteByte('}')
}

// FloatText is Python's repr of a float: the shortest text that reads back as the same number.
func FloatText(f float64) string {
	switch {
	case math.IsNaN(f):
		return "nan"
	case math.IsInf(f, 1):
		return "inf"
	case math.IsInf(f, -1):
		return "-inf"
	}
	if a := math.Abs(f); a != 0 && (a < 1e-4 || a >= 1e16) {
		return strconv.FormatFloat(f, 'e', -1, 64)
	}
	s := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

func timeText(t time.Time) string {
	s := t.Format("2006-01-02 15:04:05")
	if us := t.Nanosecond() / 1000; us != 0 {
		s += fmt.Sprintf(".%06d", us)
	}
	if t.Location() != time.UTC || t.Location().String() != "UTC" {
		s += t.Format("-07:00")
	}
	return s
}

// quote writes s as Python does: in single quotes, unless it holds one and no double quote.
func quote(b *strings.Builder, s string) {
	q := byte('\'')
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		q = '"'
	}
	b.WriteByte(q)
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			fmt.Fprintf(b, `\udc%02x`, s[i])
		} else {
			quoteRune(b, r, q)
		}
		i += n
	}
	b.WriteByte(q)
}

func quoteRune(b *strings.Builder, r rune, q byte) {
	switch {
	case r == rune(q) || r == '\\':
		b.WriteByte('\\')
		b.WriteRune(r)
	case r == '\n':
		b.WriteString(`\n`)
	case r == '\r':
		b.WriteString(`\r`)
	case r == '\t':
		b.WriteString(`\t`)
	case r == ' ' || unicode.IsPrint(r):
		b.WriteRune(r)
	case r < 0x100:
		fmt.Fprintf(b, `\x%02x`, r)
	case r < 0x10000:
		fmt.Fprintf(b, `\u%04x`, r)
	default:
		fmt.Fprintf(b, `\U%08x`, r)
	}
}

func quoteBytes(b *strings.Builder, s []byte) {
	b.WriteByte('\'')
	for _, c := range s {
		if c < 0x80 {
			quoteRune(b, rune(c), '\'')
		} else {
			fmt.Fprintf(b, `\x%02x`, c)
		}
	}
	b.WriteByte('\'')
}
